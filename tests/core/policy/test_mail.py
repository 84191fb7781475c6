"""Whom channels of kind email write to."""

import pytest

from shared.core.policy.mail import is_address, recipients
from shared.core.policy.model import Channel


@pytest.mark.parametrize(
    "text",
    [
        "ana@contoso.example",
        "Ana.O'Neill+changes@mail.contoso.example",
        "m365_changes@contoso.onmicrosoft.com",
        "a@xn--bcher-kva.example",
        f"{'a' * 64}@contoso.example",
    ],
)
def test_an_address_is_one(text):
    assert is_address(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ana",
        "ana@",
        "@contoso.example",
        "ana@contoso",
        "ana@contoso.example, ben@contoso.example",
        "ana@contoso.example\r\nBcc: eve@evil.example",
        "ana@contoso.example\n",
        "Ana <ana@contoso.example>",
        "ana contoso@contoso.example",
        ".ana@contoso.example",
        "ana..b@contoso.example",
        "ana@-contoso.example",
        "ana@contoso..example",
        "ana@10.0.0.1",
        "ana/../me@contoso.example",
        "anä@contoso.example",
        '"ana"@contoso.example',
        f"{'a' * 65}@contoso.example",
        f"a@{'b' * 60}.{'c' * 60}.{'d' * 60}.{'e' * 60}.{'f' * 20}.example",
    ],
)
def test_what_is_no_address_or_more_than_one_is_none(text):
    assert not is_address(text)


@pytest.mark.parametrize(
    ("kind", "to", "expected"),
    [
        ("email", "ana@x.example", ("ana@x.example",)),
        ("email", ["ana@x.example", "ben@x.example"], ("ana@x.example", "ben@x.example")),
        ("email", ["ana@x.example", "ben@x.example", "ANA@x.example"], ("ana@x.example", "ben@x.example")),
        ("email", None, ()),
        ("teams_workflow", "ana@x.example", ()),
    ],
)
def test_a_channel_of_kind_email_has_recipients_each_once(kind, to, expected):
    assert recipients(Channel(kind=kind, settings={"to": to})) == expected
