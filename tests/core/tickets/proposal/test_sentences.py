"""What a ticket says of each question of a board: a table of cases for each kind of sentence."""

import pytest

from shared.core.posts.classification import UNSURE_BELOW, Why
from shared.core.posts.particulars import Audience, Compliance, Control, Particulars, Step, WayOut
from shared.core.tickets.proposal.audience import affected, audience
from shared.core.tickets.proposal.backout import backout
from shared.core.tickets.proposal.communication import communication_plan
from shared.core.tickets.proposal.implementation import MOST, implementation_plan, plan_steps, step_key
from shared.core.tickets.proposal.outcome import if_nobody_acts
from shared.core.tickets.proposal.proposal import propose
from shared.core.tickets.proposal.risk import impact_why, risk_why
from shared.core.tickets.proposal.trial import test_plan as trial_plan
from tests.core.tickets.proposal.cases import BEFORE, DAY, LATER, SOON, case, said

NEW = {"kind": "new_feature", "default": "on"}
OUTCOMES = [
    # stage, what was read, the sentence
    ("ahead", NEW, "It arrives by itself, from 31 October 2026 on."),
    ("beginning", NEW, ""),
    ("begun", NEW, ""),
    ("past", NEW, ""),
    ("undated", NEW, "It arrives by itself."),
    ("ahead", NEW | {"unsure": ("rollouts",)}, "It arrives by itself."),
    ("ahead", NEW | {"unsure": ("kind",)}, ""),
    ("ahead", NEW | {"kind": "maintenance"}, ""),
    ("ahead", NEW | {"body": "<p>After support ends, it will continue to work.</p>"}, ""),
    ("ahead", {"kind": "retirement", "default": "removed"}, ""),
    ("ahead", NEW | {"default": "off"}, "It stays off until an admin turns it on."),
    ("ahead", {"default": "n/a"}, ""),
    ("ahead", NEW | {"unsure": ("default",)}, ""),
    ("ahead", {"default": "on", "kind": "retirement"}, ""),
    ("ahead", {"default": "on", "status": "cancelled"}, "Nothing: Microsoft has cancelled this change."),
    ("ahead", {"default": "on", "status": "on_hold"}, "Nothing for now: Microsoft has put this change on hold."),
    ("ahead", {"default": "on", "status": "cancelled", "unsure": ("status",)}, ""),
    ("ahead", {"body": "<p>If no action is taken, mail will bounce. If you need help, please ask.</p>"},
     "“If no action is taken, mail will bounce.”"),
    ("ahead", {"body": "<p>If you do not see the banner, please read the guide.</p>"}, ""),
    ("ahead", {"body": "<p>Enrol your devices without action of users, and nothing will change.</p>"}, ""),
    ("ahead", {"body": "<p>What happens if you do not act, and will it break?</p>"}, ""),
]  # fmt: skip


@pytest.mark.parametrize(("stage", "read", "sentence"), OUTCOMES, ids=lambda each: str(each)[:60])
def test_what_becomes_of_it_if_nobody_acts(stage, read, sentence):
    assert said(if_nobody_acts(case(stage, **read))) == sentence


SETTING = Particulars(controls=(Control("setting", "Viewer mode", "Use the setting Viewer mode."),))
TRIALS = [
    ("ahead", {"kind": "retirement"},
     ("1. Find who uses it, and how: usage reports, audit log, a question to the owners. "
     "2. Check with them that their work goes on without it.")),
    ("undated", {"kind": "retirement"},
     ("1. Find who uses it, and how: usage reports, audit log, a question to the owners. "
     "2. Check with them that their work goes on without it.")),
    ("begun", {"kind": "retirement"},
     "1. Find who uses it, and how: usage reports, audit log, a question to the owners."),
    ("past", {"kind": "retirement"}, ""),
    ("ahead", {"kind": "retirement", "status": "cancelled"}, ""),
    ("ahead", {"kind": "retirement", "status": "on_hold"}, ""),
    ("ahead", {"kind": "security"}, ""),
    ("ahead", {"kind": "security", "body": "<p>Tokens live for a day only.</p>"},
     "1. Before 31 October 2026: test sign-in and the integrations that use it: apps, scripts, service accounts."),
    ("ahead", {"kind": "feature_change", "default": "on", "particulars": SETTING},
     "1. Before 31 October 2026: check “Viewer mode” in a test group."),
    ("ahead", {"kind": "feature_change", "default": "on"}, "1. Check it with a test group as soon as it is there."),
    ("begun", {"kind": "new_feature", "default": "on", "particulars": SETTING},
     "1. Check it with a test group as soon as it is there."),
    ("ahead", {"kind": "new_feature", "default": "off", "particulars": SETTING},
     "1. Turn it on for a test group first, with “Viewer mode”."),
    ("ahead", {"kind": "new_feature", "default": "on", "unsure": ("kind",)},
     "We are not sure what kind of change this is: ana@contoso.example should say how to test it."),
    ("ahead", {"kind": "info"}, ""),
    ("ahead", {"kind": "maintenance"}, ""),
]  # fmt: skip


@pytest.mark.parametrize(("stage", "read", "sentence"), TRIALS, ids=lambda each: str(each)[:60])
def test_how_it_is_tested(stage, read, sentence):
    assert said(trial_plan(case(stage, **read))) == sentence


TELL = Particulars(steps=(Step("Inform users", "Inform users."),))
MESSAGES = [
    ("ahead", {"training": True},
     ("1. Tell the users concerned by 17 October 2026: what changes, from when, what to do. "
     "2. Brief the help desk by 24 October 2026. 3. Remind users on 31 October 2026.")),
    ("soon", {"training": True},
     ("1. Tell the users concerned now: what changes, from when, what to do. "
     "2. Brief the help desk now. 3. Remind users on 6 September 2026.")),
    ("begun", {"training": True},
     ("1. Tell the users concerned now: what changes, from when, what to do. By plan it has begun. "
     "2. Brief the help desk.")),
    ("past", {"training": True}, ""),
    ("undated", {"training": True},
     ("1. Tell the users concerned before it begins: what changes, from when, what to do. "
     "2. Brief the help desk before that.")),
    ("ahead", {"training": False}, ""),
    ("ahead", {"training": False, "unsure": ("training",)},
     "We are not sure whether users must be told: ana@contoso.example should decide."),
    ("ahead", {"unsure": ("training",), "particulars": TELL}, ""),
    ("ahead", {"training": True, "status": "cancelled"}, ""),
    ("ahead", {"training": True, "status": "cancelled", "is_filed": True},
     "Tell whoever was told of it that it does not come."),
    ("ahead", {"training": True, "status": "on_hold"}, ""),
]  # fmt: skip


@pytest.mark.parametrize(("stage", "read", "sentence"), MESSAGES, ids=lambda each: str(each)[:60])
def test_who_is_told_what_by_when(stage, read, sentence):
    assert said(communication_plan(case(stage, **read))) == sentence


def ways(*all_ways: WayOut) -> Particulars:
    return Particulars(way_out=all_ways)


OPT_OUT = "Admins can opt out in the center."
BACK = [
    ({"particulars": ways(WayOut("opt_out", OPT_OUT, LATER))},
     f"The post's own way out (until 31 October 2026): “{OPT_OUT}”"),
    ({"particulars": ways(WayOut("turn_off", OPT_OUT, None))}, f"The post's own way out: “{OPT_OUT}”"),
    ({"particulars": ways(WayOut("turn_off", OPT_OUT, None)), "kind": "retirement"}, ""),
    ({"particulars": ways(WayOut("opt_out", "Opt-out window.", None))}, ""),
    ({"particulars": ways(WayOut("opt_out", OPT_OUT, BEFORE))},
     f"The way out was open until 27 August 2026: “{OPT_OUT}”"),
    ({"particulars": ways(WayOut("none", "There is no way to opt out."))},
     "The post says that there is none: “There is no way to opt out.”"),
    ({"default": "off"}, "It is off until an admin turns it on: leave it off, or turn it off again."),
    ({"kind": "new_feature", "default": "off", "unsure": ("default",)},
     "No way back was read in the post: ana@contoso.example should find out whether there is one."),
    ({"kind": "retirement"},
     "No way back was read in the post: ana@contoso.example should find out whether there is one."),
    ({"kind": "maintenance"}, ""),
    ({"body": "<p>Some may want to revert it; how is another matter.</p>"}, ""),
    ({"status": "cancelled", "particulars": ways(WayOut("opt_out", "You can opt out."))}, ""),
]  # fmt: skip


@pytest.mark.parametrize(("read", "sentence"), BACK, ids=lambda each: str(each)[:60])
def test_the_way_back(read, sentence):
    assert said(backout(case(**read))) == sentence


def test_the_plan_numbers_the_steps_with_their_days_and_owner():
    steps = Particulars(
        steps=(
            Step("Tell the owners.", "You should tell the owners."),
            Step("Move the files", "Move the files by then.", SOON),
            Step("Request more time", "Request more time by then.", BEFORE),
        )
    )
    one = case(particulars=steps)
    planned = plan_steps(one, "ana@contoso.example")

    assert [(step.text, step.day, step.owner) for step in planned] == [
        ("Tell the owners.", None, "ana@contoso.example"), ("Move the files", SOON, "ana@contoso.example"),
    ]  # fmt: skip
    assert [part.text for part in implementation_plan(one, planned)] == [
        "1. Tell the owners (ana@contoso.example)", "2. Move the files (by 6 September 2026) (ana@contoso.example)",
    ]  # fmt: skip
    assert next(implementation_plan(one, planned)).source == "the post: “You should tell the owners.”"


@pytest.mark.parametrize("read", [{"status": "cancelled"}, {"status": "on_hold"}, {"status": "superseded"}])
def test_what_does_not_come_has_no_plan(read):
    one = case(particulars=Particulars(steps=(Step("Tell the owners", "Tell them."),)), **read)

    assert plan_steps(one, "") == ()
    assert said(implementation_plan(one, ())) == ""


@pytest.mark.parametrize(
    ("read", "sentence"),
    [
        ({"action": "required", "act_by": SOON},
         ("The post asks for action by 6 September 2026: ana@contoso.example should work out the steps "
         "from it.")),
        ({"action": "required", "act_by": SOON, "unsure": ("action",)}, ""),
        ({"action": "optional"}, ""),
    ],
)  # fmt: skip
def test_where_action_is_asked_for_and_no_steps_were_read_somebody_finds_out(read, sentence):
    assert said(implementation_plan(case(**read), ())) == sentence


def test_a_step_keeps_its_key_when_its_days_and_marks_change():
    assert step_key("Move the files by 3 May.") == step_key("Move the files by 12 May")
    assert step_key("Move the files") != step_key("Keep the files")


def test_there_are_never_more_steps_than_a_ticket_holds():
    many = tuple(Step(f"Move the {'x' * n} files", "Move them.") for n in range(100))
    assert len(plan_steps(case(particulars=Particulars(steps=many)), "")) == MOST


QUOTED = "The old viewer will stop working."
RISKS = [
    ({"user_impact": "high"}, "The impact on users is high."),
    ({"user_impact": "high", "admin_impact": "high"}, "The impact on users and admins is high."),
    ({"user_impact": "high", "unsure": ("user_impact",)}, ""),
    ({"user_impact": "high", "why": {"user_impact": Why("", UNSURE_BELOW)}}, "The impact on users is probably high."),
    ({"user_impact": "high", "admin_impact": "high", "unsure": ("user_impact",)}, "The impact on admins is high."),
    (
        {
            "user_impact": "high",
            "admin_impact": "high",
            "why": {"user_impact": Why("", UNSURE_BELOW - 0.01), "admin_impact": Why("", UNSURE_BELOW)},
        },
        "The impact on admins is probably high.",
    ),
    ({"crb": True, "unsure": ("crb",)}, ""),
    ({"crb": True}, "Low impact, but it is for the board."),
    ({}, ""),
    ({"user_impact": "high", "status": "cancelled"}, ""),
]


@pytest.mark.parametrize(("read", "sentence"), RISKS, ids=lambda each: str(each)[:60])
def test_why_the_risk_is_what_it_is(read, sentence):
    assert said(risk_why(case(**read))) == sentence


def reading(words: str, confidence: float = 0.95, *, settled: bool = False) -> Why:
    return Why(words, confidence, settled)


IMPACTS = [
    ({"user_impact": reading(QUOTED)}, f"Users: “{QUOTED}”"),
    ({"user_impact": reading(QUOTED), "admin_impact": reading(QUOTED)}, f"Users and admins: “{QUOTED}”"),
    ({"user_impact": reading("Microsoft names a day to act by")}, ""),
    ({"user_impact": reading("no one sentence says so")}, ""),
    ({"user_impact": reading(QUOTED, UNSURE_BELOW - 0.01)}, ""),
    ({"user_impact": reading("settled by ana on 1 September 2026", settled=True)},
     "Users: settled by ana on 1 September 2026"),
]  # fmt: skip


@pytest.mark.parametrize(("why", "sentence"), IMPACTS, ids=lambda each: str(each)[:60])
def test_an_impact_is_told_with_words_that_stand_in_the_post_or_with_none(why, sentence):
    assert said(impact_why(case(user_impact="high", admin_impact="high", why=why))) == sentence


PEOPLE = [
    ({"user_impact": "high", "admin_impact": "medium"}, "Users and admins of Microsoft Teams."),
    ({"user_impact": "high", "admin_impact": "medium", "why": {"user_impact": Why("", UNSURE_BELOW)}},
     "Admins, probably also users of Microsoft Teams."),
    ({"user_impact": "high", "why": {"user_impact": Why("", UNSURE_BELOW)}}, "Probably users of Microsoft Teams."),
    ({"user_impact": "high", "unsure": ("user_impact",)}, ""),
    ({}, ""),
]  # fmt: skip


@pytest.mark.parametrize(("read", "sentence"), PEOPLE, ids=lambda each: str(each)[:60])
def test_whom_it_concerns(read, sentence):
    assert said(audience(case(**read))) == sentence


def test_roles_licences_and_platforms_stand_in_a_line_each():
    named = Particulars(
        audience=(
            Audience("role", "Exchange admins", "Exchange admins must act."),
            Audience("licence", "E5", "It needs E5."),
            Audience("licence", "E3", "It needs E3."),
        )
    )

    assert [part.text for part in affected(case(particulars=named))] == [
        "Roles: Exchange admins", "Licences and plans: E5, E3",
    ]  # fmt: skip


def test_the_days_of_the_cases_are_those_of_the_sentences():
    days = [each.isoformat() for each in (DAY, SOON, LATER, BEFORE)]
    assert days == ["2026-09-01", "2026-09-06", "2026-10-31", "2026-08-27"]


def test_compliance_is_told_in_the_posts_own_question_and_answer():
    rows = (
        Compliance("ai", "Does it use AI?", "Yes, to sort mail."),
        Compliance("reporting", "Audit logging", "New events."),
    )
    told = propose(case(particulars=Particulars(compliance=rows))).compliance

    assert [part.text for part in told] == ["Does it use AI? Yes, to sort mail.", "Audit logging: New events."]


def test_names_that_are_not_shown_are_counted_and_names_that_say_nothing_are_not():
    named = tuple(Audience("role", f"Team {n} admins", "They must act.") for n in range(10))
    torn = Audience("role", "Admins who manage the old connectors there", "Somebody else.")

    (part,) = affected(case(particulars=Particulars(audience=(*named, torn))))

    assert part.text.endswith("Team 7 admins and 2 more")
