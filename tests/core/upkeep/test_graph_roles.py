"""Which application roles a policy needs, and the secrets' faults, in tables."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.core.policy.model import Auth, Tenant
from shared.core.policy.planner import PlannerWrites
from shared.core.ports.deployment import SecretState
from shared.core.upkeep.graph_roles import READ_POSTS, READ_TASKS, WRITE_TASKS, has_role, roles_for, roles_of_identity
from shared.core.upkeep.secret_faults import secret_finding
from tests.fakes import a_policy

NOW = datetime(2026, 9, 1, tzinfo=UTC)
FOREIGN = Auth(kind="federated", client_id="app")
KEY = "k1:" + "x" * 24


@pytest.mark.parametrize(
    ("tenants", "mode", "needed"),
    [
        ({"a": Tenant()}, "off", (READ_POSTS,)),
        ({"a": Tenant()}, "live", (READ_POSTS,)),
        ({"a": Tenant(plan="p")}, "off", (READ_POSTS, READ_TASKS)),
        ({"a": Tenant(plan="p")}, "dry_run", (READ_POSTS, READ_TASKS)),
        ({"a": Tenant(plan="p")}, "live", (READ_POSTS, WRITE_TASKS)),
        ({"a": Tenant(auth=FOREIGN)}, "off", ()),
        ({"a": Tenant(), "b": Tenant(auth=FOREIGN, plan="p")}, "off", (READ_POSTS,)),
    ],
)
def test_the_identity_needs_what_the_policy_does_with_it(tenants, mode, needed):
    assert roles_of_identity(a_policy(tenants=tenants, planner=PlannerWrites(mode=mode))) == needed


def test_every_tenant_needs_its_own():
    policy = a_policy(tenants={"a": Tenant(plan="p"), "b": Tenant(auth=FOREIGN)})

    assert roles_for(policy, policy.tenants["a"]) == (READ_POSTS, READ_TASKS)
    assert roles_for(policy, policy.tenants["b"]) == (READ_POSTS,)


@pytest.mark.parametrize(
    ("role", "granted", "expected"),
    [
        (READ_TASKS, {"Tasks.Read.All"}, True),
        (READ_TASKS, {"Tasks.ReadWrite.All"}, True),
        (WRITE_TASKS, {"Tasks.Read.All"}, False),
        (READ_POSTS, {"ServiceHealth.Read.All"}, False),
        (READ_POSTS, set(), False),
    ],
)
def test_a_role_that_includes_another_is_enough(role, granted, expected):
    assert has_role(role, granted) is expected


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("channels.a.settings.url", "x", ""),
        ("channels.a.settings.url", "x\n", "a newline at its end"),
        ("channels.a.settings.url", "\r\nx", "a newline at its beginning"),
        ("channels.a.settings.url", " x\t", "a blank at its beginning and end"),
        ("channels.a.settings.url", "\n", "it is empty"),
        ("answers.key", KEY + "\n", ""),
        ("answers.key", f"{KEY}\nk0:{'y' * 24}\n", ""),
        ("answers.key", "k1:short", "secret S is not good"),
        ("tickets.crb.inbound", "short", "shorter than 24"),
    ],
)
def test_what_is_wrong_with_a_secret_is_said_without_it(path, value, words):
    finding = secret_finding("S", path, SecretState(value), NOW, vault="kv")

    assert finding.condition == ("failing" if words else "ok")
    assert words in finding.words
    assert value.strip() in ("", "x", "short") or value.strip() not in f"{finding}"


def test_an_end_that_is_far_is_told_and_no_fault():
    near, far = (SecretState("x", expires=NOW + timedelta(days=days)) for days in (30 - 1, 31))

    assert secret_finding("S", "channels.a.settings.url", near, NOW).cause == "secret_expired"
    assert "ends on 2026-10-02" in secret_finding("S", "channels.a.settings.url", far, NOW).words


def test_a_secret_shows_its_value_to_nobody():
    assert "x1y2" not in repr(SecretState("x1y2"))
