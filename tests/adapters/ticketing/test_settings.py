"""What a policy can say about a ticket's texts and fields, and what of it is a fault."""

import pytest
from pydantic import ValidationError

from shared.adapters.ticketing.markup import plain
from shared.adapters.ticketing.settings import TicketSettings
from tests.contracts.rig import ticket


def said(description, **over):
    settings = TicketSettings.model_validate({"templates": {"description": description}})
    return plain(settings.description(ticket(**over), "register"), 10_000)


def test_the_text_that_ships_has_all_that_a_board_expects():
    text = plain(TicketSettings().description(ticket(), "register"), 20_000)

    for words in (
        "The old viewer is taken away.\n\nThe new one takes its place.",
        "FOR WHOM\n\nUsers of Exchange Online (worldwide).",
        "- Services: Exchange Online\n- Tenants: contoso, fabrikam\n- fabrikam: November 2026\n- Retirement",
        "- Roles: Exchange admins\n- Licences and plans: E5",
        "- Retirement, worldwide: October 2026\n- Action required by 30 September 2026",
        "WHY THE BOARD\n\nsomething that is in use stops",
        "- Risk: high. The impact on users is high.",
        "- Impact: Medium for admins, high for users. Users: “can no longer open”.",
        "- Not sure about the deadline",
        "IMPLEMENTATION PLAN (PROPOSED)\n\n1. Tell the users (by 1 September 2026)\n2. Install the new viewer",
        "COMPLIANCE, AS THE POST ANSWERS\n\n- How data is processed: it moves",
        "CONFIGURATION ITEMS\n\n- Exchange Online",
        "IF NOBODY ACTS\n\nIt is taken away from 1 October 2026.",
        "TEST PLAN (PROPOSED)\n\nFind who still uses it.",
        "COMMUNICATION PLAN (PROPOSED)\n\nTell the users by 17 September 2026.",
        "BACK-OUT\n\nThe vendor's change cannot be backed out.",
        "- Message Center: https://admin.microsoft.com/",
    ):
        assert words in text


@pytest.mark.parametrize("kind", ["register", "servicenow", "freshservice"])
def test_what_has_nothing_to_say_leaves_no_label_behind(kind):
    silent = dict.fromkeys(
        (
            "audience", "arrives", "risk_why", "impact_why", "if_nobody_acts", "test_plan", "communication_plan",
            "backout", "implementation_plan", "unsure", "to_do",
        ),
        "",
    )  # fmt: skip
    none = dict.fromkeys(("affected", "compliance", "configuration_items", "freezes", "differences", "tenants"), ())
    blocks = TicketSettings().description(ticket(**silent, **none), kind)

    heads = [at for at, block in enumerate(blocks) if block.kind == "heading"]
    assert all(blocks[at + 1].kind != "heading" for at in heads)
    assert blocks[-1].kind == "item"
    assert not any(block.text.rstrip().endswith(":") for block in blocks)


def test_what_is_not_known_leaves_no_empty_lines_in_the_text():
    text = plain(TicketSettings().description(ticket(services=(), tenants=(), act_by=None, links=()), "x"), 20_000)

    assert "Services" not in text
    assert "\n\n\n" not in text
    assert "Act by" not in text


def test_an_organisation_puts_its_own_text_in_place():
    assert said("## Ours\n{{ what | upper }}\n\n- {{ day(act_by) }}") == (
        "OURS\n\nTHE OLD VIEWER IS TAKEN AWAY.\n\nTHE NEW ONE TAKES ITS PLACE.\n\n- 30 September 2026"
    )


def test_a_value_is_never_executed_as_a_template():
    assert said("{{ what }}", what="{{ 7 * 7 }} {% raw %}") == "{{ 7 * 7 }} {% raw %}"


def test_a_title_is_one_line_within_the_limit():
    settings = TicketSettings.model_validate({"templates": {"title": "[M365]\n{{ title }}"}})

    assert settings.title(ticket(), 255) == "[M365] MC1200001 Retirement of the old viewer"
    assert settings.title(ticket(), 20) == "[M365] MC1200001 Re…"
    assert TicketSettings().title(ticket(title="a\r\nb\x00"), 255) == "a b"


def test_own_fields_are_filled_in_at_every_depth():
    settings = TicketSettings.model_validate(
        {
            "fields": {
                "u_vendor": "Microsoft",
                "u_services": "{{ services | join(', ') }}",
                "u_x": {"value": ["{{ risk }}"]},
                "n": 3,
            }
        }
    )

    assert settings.own_fields(ticket()) == {
        "u_vendor": "Microsoft", "u_services": "Exchange Online", "u_x": {"value": ["high"]}, "n": 3,
    }  # fmt: skip


def test_the_policys_word_for_ours_goes_before_the_adapters():
    settings = TicketSettings.model_validate({"values": {"risk": {"high": "P1"}}})

    assert settings.value("risk", "high", 2) == "P1"
    assert settings.value("risk", "low", 4) == 4


FAULTS = [
    ({"templates": {"description": "{{ rsk }}"}}, "the template names what there is not: 'rsk' is undefined"),
    ({"templates": {"description": "a\n{% if %}"}}, "line 2 of the template"),
    ({"templates": {"title": "{{ title.__class__.__mro__ }}"}}, "the template"),
    ({"templates": {"titel": "x"}}, "Extra inputs"),
    ({"fields": {"u_risk": ["{{ risk.nope() }}"]}}, "u_risk: the template"),
    ({"values": {"urgency": {"high": 1}}}, "unknown 'urgency' (known: risk"),
    ({"states": {"Done": "finished"}}, "'new', 'assess'"),
]


@pytest.mark.parametrize(("settings", "words"), FAULTS, ids=[words for _, words in FAULTS])
def test_what_does_not_work_is_told_when_the_policy_is_read(settings, words):
    with pytest.raises(ValidationError) as failed:
        TicketSettings.model_validate(settings)

    assert words in str(failed.value)
