"""A tenant's links lead to its own cloud's admin center."""

import pytest

from shared.adapters.policy.file import load
from shared.core.links import post_url


@pytest.mark.parametrize(
    ("cloud", "address"),
    [
        ("worldwide", "https://admin.microsoft.com/#/MessageCenter/:/messages/MC1200001"),
        ("gcc", "https://admin.microsoft.com/#/MessageCenter/:/messages/MC1200001"),
        ("gcch", "https://portal.office365.us/adminportal/home#/MessageCenter/:/messages/MC1200001"),
        ("dod", "https://portal.apps.mil/adminportal/home#/MessageCenter/:/messages/MC1200001"),
        ("china", "https://portal.partner.microsoftonline.cn/adminportal/home#/MessageCenter/:/messages/MC1200001"),
    ],
)
def test_each_cloud_has_its_admin_center(cloud, address):
    assert post_url("MC1200001", cloud) == address


@pytest.mark.parametrize(
    ("tenants", "cloud"),
    [
        ([], "worldwide"),
        (["high"], "gcch"),
        (["high", "home"], "worldwide"),
        (["army", "high"], "dod"),
        (["x"], "worldwide"),
    ],
)
def test_a_post_is_found_in_the_cloud_of_the_tenants_that_show_it(tenants, cloud):
    policy = load(
        "tenants: {high: {cloud: gcch}, army: {cloud: dod}, home: {}}\n"
        "teams: {messaging: {owner: ana@example.com}}\nroutes: {team: messaging}\n",
        "x",
    )

    assert policy.cloud_of(tenants) == cloud
