"""Who may tell us of moved tickets, and which tickets a body names."""

import base64
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shared.core.signing import fault_of, signature
from shared.core.tickets.inbound import authentic, numbers_in

# The example that the Standard Webhooks libraries test themselves with.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
MESSAGE, AT, BODY = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
SIGNED = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
NOW = datetime.fromtimestamp(AT, UTC)
PLAIN = "a secret of 24 characters"


def headers(**over):
    given = {"webhook-id": MESSAGE, "webhook-timestamp": str(AT), "webhook-signature": SIGNED}
    return {name: value for name, value in {**given, **over}.items() if value is not None}


def changed(name, value):
    return headers(**{f"webhook-{name}": value})


def test_a_signature_is_the_one_of_standard_webhooks():
    assert signature(SECRET, MESSAGE, str(AT), BODY) == SIGNED
    assert authentic(SECRET, headers(), BODY, NOW)


@pytest.mark.parametrize(
    ("given", "body", "late"),
    [
        ({}, BODY, 0),
        (headers(), b'{"test": 2432232315}', 0),
        (headers(), BODY, 301),
        (headers(), BODY, -301),
        (changed("id", "msg_other"), BODY, 0),
        (changed("id", None), BODY, 0),
        (changed("timestamp", str(AT + 1)), BODY, 0),
        (changed("timestamp", None), BODY, 0),
        (changed("timestamp", "soon"), BODY, 0),
        (changed("timestamp", f"{AT}.0"), BODY, 0),
        (changed("timestamp", "9" * 5000), BODY, 0),
        (changed("timestamp", "١٦١٤٢٦٥٣٣٠"), BODY, 0),
        (changed("signature", None), BODY, 0),
        (changed("signature", ""), BODY, 0),
        (changed("signature", SIGNED[3:]), BODY, 0),
        (changed("signature", SIGNED.replace("v1,", "v1a,")), BODY, 0),
        (changed("signature", SIGNED[:-2]), BODY, 0),
        (changed("signature", "v1,ünd \ud800"), BODY, 0),
        (changed("id", "\ud800"), BODY, 0),
    ],
)
def test_what_is_not_signed_so_is_refused(given, body, late):
    assert not authentic(SECRET, given, body, NOW + timedelta(seconds=late))


def test_a_full_stop_in_an_id_is_refused_for_it_would_let_a_signed_text_be_parted_elsewhere():
    signed = signature(SECRET, "msg.1614265330", str(AT), BODY)
    parted_elsewhere = {"webhook-id": "msg", "webhook-signature": signed}
    body = b"%d.%b" % (AT, BODY)

    assert signature(SECRET, "msg", "1614265330", body) == signed
    assert not authentic(SECRET, headers(**{"webhook-id": "msg.1614265330", "webhook-signature": signed}), BODY, NOW)
    assert authentic(SECRET, headers(**parted_elsewhere), body, NOW)


@pytest.mark.parametrize("late", [-299, 299])
def test_clocks_may_differ_by_five_minutes(late):
    assert authentic(SECRET, headers(), BODY, NOW + timedelta(seconds=late))


def test_one_of_several_signatures_is_enough_while_a_secret_is_replaced():
    old = signature("whsec_" + base64.b64encode(b"x" * 32).decode(), MESSAGE, str(AT), BODY)

    assert authentic(SECRET, changed("signature", f"v1a,AAAA {old} {SIGNED}"), BODY, NOW)
    assert not authentic(SECRET, changed("signature", f"v1a,AAAA {old}"), BODY, NOW)


def test_a_secret_without_the_prefix_is_the_key_as_it_stands():
    assert authentic(PLAIN, changed("signature", signature(PLAIN, MESSAGE, str(AT), BODY)), BODY, NOW)


@pytest.mark.parametrize("header", ["x-hub-signature", "x-redmine-signature-256"])
def test_the_signatures_of_jiras_and_redmines_own_webhooks_are_taken(header):
    # GitHub's documentation of the scheme that both use.
    secret, body = "It's a Secret to Everybody", b"Hello, World!"
    signed = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"

    assert authentic(secret, {header: signed}, body, NOW)
    assert not authentic(secret, {header: signed}, b"Hello, world!", NOW)
    assert not authentic(secret, {header: signed.removeprefix("sha256=")}, body, NOW)
    assert not authentic(secret, {header: "ü"}, body, NOW)


def basic(text):
    return "Basic " + base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    ("authorization", "taken"),
    [
        (f"Bearer {SECRET}", True),
        (f"bearer  {SECRET} ", True),
        (basic(f"foresignal:{SECRET}"), True),
        (basic(f":{SECRET}"), True),
        (SECRET, False),
        ("Bearer", False),
        ("Bearer ", False),
        ("", False),
        (f"Bearer {SECRET}x", False),
        (f"Bearer {SECRET[:-1]}", False),
        ("Bearer ü\ud800", False),
        (f"Token {SECRET}", False),
        (basic(SECRET), False),
        (basic(f"{SECRET}:"), False),
        ("Basic !!!", False),
        ("Basic gICA", False),
    ],
)
def test_the_secret_itself_is_taken_from_systems_that_cannot_sign(authorization, taken):
    assert authentic(SECRET, {"authorization": authorization}, b"", NOW) is taken


@pytest.mark.parametrize(
    ("secret", "fault"),
    [
        (SECRET, ""),
        (PLAIN, ""),
        ("", "shorter than 24"),
        ("hunter2", "shorter than 24"),
        ("whsec_" + base64.b64encode(b"x" * 23).decode(), "shorter than 24"),
        ("whsec_not base64 at all, though long", "no base64"),
        ("whsec_" + "A" * 33, "no base64"),
    ],
)
def test_a_secret_that_can_be_guessed_opens_nothing(secret, fault):
    assert fault in fault_of(secret)
    assert bool(fault_of(secret)) is bool(fault)


@pytest.mark.parametrize(
    ("body", "numbers"),
    [
        # Our own words.
        ({"number": "CHG0030001"}, ["CHG0030001"]),
        ({"number": 17}, ["17"]),
        ({"numbers": ["CHG0030001", 17, "CHG0030001"]}, ["CHG0030001", "17"]),
        ({"key": " CRB-12 "}, ["CRB-12"]),
        # Jira: an automation's "issue data", and its own webhooks.
        ({"id": 10012, "key": "CRB-12", "fields": {"project": {"id": 1, "key": "CRB"}}}, ["CRB-12"]),
        ({"webhookEvent": "jira:issue_updated", "issue": {"id": "10012", "key": "CRB-12"}}, ["CRB-12"]),
        # Azure DevOps: an update's `id` counts the updates; a comment, a deletion have the work item's own.
        ({"id": "a-guid", "eventType": "workitem.updated", "resource": {"id": 3, "workItemId": 44}}, ["44"]),
        ({"id": "a-guid", "eventType": "workitem.commented", "resource": {"id": 44, "rev": 4}}, ["44"]),
        # Redmine: its own webhooks, and those of plugins.
        ({"type": "issue.updated", "data": {"issue": {"id": 9}}}, ["9"]),
        ({"payload": {"action": "updated", "issue": {"id": 9}, "journal": {"id": 1}}}, ["9"]),
        # Freshservice and others.
        ({"change": {"display_id": 5, "id": 777}}, ["5"]),
        ({"ticket": {"number": "T-1"}}, ["T-1"]),
        # Nothing that could be a number.
        ({}, []),
        ({"id": "a-guid"}, []),
        ({"number": None, "numbers": {"a": 1}, "key": True, "issue": "CRB-12", "resource": [1]}, []),
        ({"number": "", "key": "x" * 101, "numbers": [["A"], None, 1.5, " "]}, []),
        ({"number": 10**5000}, []),
    ],
)
def test_a_body_names_its_tickets(body, numbers):
    assert list(numbers_in(body)) == numbers


def test_the_bodies_in_the_documentation_name_one_ticket_each():
    page = (Path(__file__).parents[3] / "docs" / "tickets-inbound.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```json\n(.*?)```", page, re.DOTALL)

    assert len(blocks) == 5
    for block in blocks:
        assert len(numbers_in(json.loads(block))) == 1, block


def test_a_body_of_any_shape_names_nothing_and_breaks_nothing():
    for text in ('{"issue": {"issue": {}}}', '{"data": {"issue": []}}', '{"payload": 1, "data": null}'):
        assert numbers_in(json.loads(text)) == ()


@pytest.mark.parametrize(
    ("body", "number"),
    [
        ({"issue": {"id": "10002", "key": "CRB-2", "fields": {"parent": {"id": "10001", "key": "CRB-1"}}}}, "CRB-2"),
        ({"resource": {"id": 5, "workItemId": 2, "revision": {"id": 2, "fields": {"System.Parent": 1}}}}, "2"),
        ({"payload": {"issue": {"id": 2, "parent": {"id": 1}, "status": {"is_closed": True}}}}, "2"),
    ],
)
def test_a_call_about_a_task_names_the_task_and_not_the_ticket_above(body, number):
    assert numbers_in(body) == (number,)
