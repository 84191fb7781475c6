"""Changes to make cards and pages of: written by us, as posts are written."""

from datetime import UTC, date, datetime
from typing import Any

from shared.core.changes.change import Change, Decision, Edition, Effect, EffectState, Event, Facts
from shared.core.changes.reasons import SentenceReason
from shared.core.policy.model import Policy, Route, Team, Tenant
from shared.core.posts.classification import Classification, Interval, Why, Window
from shared.core.posts.particulars import (
    Audience,
    Compliance,
    Control,
    ControlDefault,
    Link,
    Particulars,
    Step,
    WayOut,
)
from tests.fakes import effect_state

PUBLIC = "https://changes.contoso.example"
TODAY = date(2026, 5, 5)
"""The day after the second edition."""
BODY = """
<p>Updated May 4, 2026: We have changed the rollout dates below. Thank you for your patience.</p>
<p>The export of meeting polls moves into the meeting recap, and the separate download page is removed.</p>
<p><b>When this will happen:</b></p>
<p>General Availability (Worldwide): We will begin rolling out in early October 2026.</p>
<p><b>How this affects your organization:</b></p>
<ul><li>Organizers find poll answers under <i>Recap &gt; Polls</i>.</li><li>The old page shows a notice.</li></ul>
<table><tr><th>Plan</th><th>Included</th></tr><tr><td>E3</td><td>yes</td></tr><tr><td>F1</td><td>no</td></tr></table>
<p><b>What you need to do to prepare:</b></p>
<p>Tell meeting organizers to save the answers that they still need before the page is removed.</p>
<ul><li>Update training material that shows the download page.</li></ul>
<p><a href="https://learn.example/polls?utm=1">Read more about polls</a></p>
"""


def at(month: int, day: int, hour: int = 9) -> datetime:
    return datetime(2026, month, day, hour, 0, tzinfo=UTC)


def span(first: str, last: str | None = None) -> Interval:
    return Interval(date.fromisoformat(first), date.fromisoformat(last or first))


def raw_post(**over: Any) -> dict[str, Any]:
    return {
        "id": "MC1234567",
        "title": "(Updated) Microsoft Teams: Poll answers move to the meeting recap",
        "startDateTime": "2026-04-20T17:00:00Z",
        "lastModifiedDateTime": "2026-05-04T18:30:00Z",
        "actionRequiredByDateTime": None,
        "category": "planForChange",
        "severity": "normal",
        "isMajorChange": True,
        "services": ["Microsoft Teams", "Microsoft Forms"],
        "tags": ["Feature update", "User impact", "Admin impact"],
        "details": [
            {
                "name": "Summary",
                "value": "Poll answers will be found in the meeting recap. The separate download page is removed, so "
                "organizers must save older answers before then.",
            }
        ],
        "body": {"contentType": "html", "content": BODY},
        **over,
    }


BEFORE = (
    Window("ga", ("worldwide",), span("2026-09-01", "2026-09-10"), span("2026-09-11", "2026-09-20")),
    Window("ga", ("gcc", "gcch"), span("2026-10-01", "2026-10-31"), None),
)
WINDOWS = (
    Window(
        "ga", ("worldwide",), span("2026-10-01", "2026-10-10"), span("2026-10-11", "2026-10-20"), "begins early October"
    ),
    Window("ga", ("gcc", "gcch"), span("2026-11-01", "2026-11-10"), span("2026-11-21", "2026-11-30")),
    Window("retirement", ("worldwide", "gcc", "gcch"), span("2026-12-15"), None),
)


def classified(**over: Any) -> Classification:
    fields: dict[str, Any] = {
        "windows": WINDOWS,
        "status": "scheduled",
        "act_by": date(2026, 12, 14),
        "kind": "feature_change",
        "admin_impact": "medium",
        "user_impact": "high",
        "default": "on",
        "action": "required",
        "crb": True,
        "crb_why": "a page that users rely on is removed",
        "training": True,
        "why": {
            "rollouts": Why("We will begin rolling out in early October 2026", 0.9),
            "default": Why("arrives by itself", 0.7),
            "action": Why("save the answers that they still need", 0.95),
            "crb": Why("retirement with high user impact", 0.8),
            "training": Why("status: scheduled, user_impact: high", 0.8),
            "kind": Why("tag: Feature update", 0.9),
            "act_by": Why("before the page is removed", 0.9),
            "user_impact": Why("the separate download page is removed", 0.95),
            "admin_impact": Why("tag: Admin impact", 0.95),
            "status": Why("begin rolling out in early October 2026", 0.95),
        },
    } | over
    return Classification("MC1234567", **fields)


PARTICULARS = Particulars(
    audience=(
        Audience("role", "Meeting organizers", "Meeting organizers find the answers in the recap."),
        Audience("licence", "Teams Premium", "This needs Teams Premium."),
        Audience("platform", "Windows", "Teams for Windows and Mac"),
        Audience("platform", "Mac", "Teams for Windows and Mac"),
    ),
    controls=(
        Control(
            "setting",
            "Keep poll answers",
            "The setting Keep poll answers is off by default, and on in GCC.",
            (ControlDefault("off"), ControlDefault("on", "GCC")),
        ),
        Control(
            "path",
            "Teams admin center > Meetings > Meeting policies",
            "Go to Teams admin center > Meetings > Meeting policies.",
        ),
    ),
    steps=(
        Step("Save the answers that are still needed", "Save the answers by 14 December.", date(2026, 12, 14)),
        Step("Tell meeting organizers where answers stand from now on", "Tell meeting organizers."),
    ),
    way_out=(WayOut("keep_old", "You can go back to the old page until 14 December 2026.", date(2026, 12, 14)),),
    compliance=(
        Compliance("data_location", "Does it change where data is kept?", "Yes: in the recap of the meeting."),
    ),
    links=(Link("Read more about polls", "https://learn.example/polls"), Link("", "https://learn.example/recap")),
)
FIRST = Edition(at(4, 20, 17), at(4, 20, 18), "a" * 32, "contoso")
SECOND = Edition(at(5, 4, 18), at(5, 4, 19), "b" * 32, "contoso")


def a_change(
    found: Classification | None = None, events: tuple[str, ...] = ("dates_moved", "act_by_moved"), **over: Any
) -> Change:
    """A change of two editions, whose second moved the dates."""
    now, before = found or classified(), classified(windows=BEFORE, act_by=date(2026, 11, 30))
    raw = raw_post(**over)

    def edition(of: Edition, what: Classification) -> Edition:
        facts = Facts(what, "planForChange", True, ("Feature update",), raw["title"] or "", particulars=PARTICULARS)
        return Edition(of.modified, of.observed, of.hash, of.tenant, facts=facts)

    old_new = {
        "dates_moved": ("2026-09-01..2026-09-10", "2026-10-01..2026-10-10"),
        "act_by_moved": ("2026-11-30", "2026-12-14"),
    }
    return Change(
        "MC1234567",
        raw,
        at(4, 20, 18),
        (edition(FIRST, before), edition(SECOND, now)),
        stage="decided",
        events=(
            Event("announced", FIRST.id, FIRST.observed),
            *(Event(type_, SECOND.id, SECOND.observed, *old_new.get(type_, ("", ""))) for type_ in events),
        ),
        decision=Decision(SECOND.id, at(5, 4, 19), ("workplace",), ("teams",), (an_effect(events),)),
        moments={"opened": at(4, 21), "assigned": at(4, 23)},
    )


def an_effect(events: tuple[str, ...] = ("dates_moved", "act_by_moved")) -> Effect:
    return Effect(
        "card",
        "workplace",
        "workplace",
        SECOND.id,
        tuple(
            SentenceReason(words)
            for words in (
                "the change names Microsoft Teams, which your team owns",
                "dates that you were told have moved",
            )
        ),
        tuple(f"{SECOND.id}:{type_}" for type_ in events),
    )


def a_state(effect: Effect | None = None, **over: Any) -> EffectState:
    return EffectState(effect or an_effect(), **over)


def a_ticket_state() -> EffectState:
    effect = Effect(
        "ticket", "register", "workplace", SECOND.id, (SentenceReason("a Change Review Board would want to see this"),)
    )
    return effect_state(
        effect,
        done=SECOND.id,
        done_at=at(5, 4, 20),
        number="CHG1234567",
        url=f"{PUBLIC}/api/register/CHG1234567",
        state="assess",
        remote_state="Waiting for CAB",
        decision="approved",
        decided_by="Ana Costa",
        decided_at=at(5, 4, 21),
        not_taken=("The register did not take risk: please set it by hand.",),
    )


def a_policy() -> Policy:
    return Policy(
        tenants={"contoso": Tenant()},
        teams={"workplace": Team(owner="ana@contoso.example", channel="")},
        routes=Route(team="workplace"),
    )
