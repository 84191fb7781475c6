"""Pages full of things, for screenshots and tests."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from shared.adapters.pages import change as pages
from shared.adapters.pages.answer import Result, answer_page
from shared.adapters.pages.beside import beside_page
from shared.adapters.pages.dry_runs import dry_run_page, dry_runs_page
from shared.adapters.pages.feedback import feedback_page
from shared.adapters.pages.home import message_page
from shared.adapters.pages.mail import mail_page
from shared.adapters.pages.maturity import maturity_page
from shared.adapters.pages.metrics import metrics_page
from shared.adapters.pages.reports import report_page, reports_page
from shared.adapters.pages.revision import revision_page
from shared.core.cards.answers import CardLink
from shared.core.changes.change import Change, Closing, Copy, Days, Edition, Effect, EffectState, Place
from shared.core.changes.events import derive
from shared.core.changes.lessons import Lesson
from shared.core.changes.reasons import SentenceReason
from shared.core.changes.relations import Related
from shared.core.changes.second import SecondField, SecondReading
from shared.core.changes.sentences import difference
from shared.core.changes.settled import Assessment, SettledField, TeamWord
from shared.core.changes.tenants import Difference, with_joined
from shared.core.changes.timeline import Happened, timeline
from shared.core.life.effectiveness import sent_cards
from shared.core.life.entries import OpenChange
from shared.core.life.evidence import Evidence
from shared.core.life.lives import Life
from shared.core.life.maturity import maturity
from shared.core.life.metrics import overdue, spread
from shared.core.life.moments import Moments
from shared.core.life.overview import overview
from shared.core.life.periods import months_until
from shared.core.life.scope import Scope, names_of
from shared.core.life.trends import BY_WEEK
from shared.core.posts.classification import FieldName, Halt, Interval, Why, Window
from shared.core.review.act import Act
from shared.core.review.assessment import FieldView, field_views
from shared.core.sources.roadmap import RoadmapItem, RoadmapView
from shared.core.tasks.task import TaskState
from shared.core.tickets.dry_run import DryTicket
from shared.core.tickets.register import Entry
from shared.core.tickets.ticket import PlanStep
from shared.record.reports import ReportName
from shared.usecases.pages.answer import NO_TEAM
from shared.usecases.pages.beside import CardView, TaskView
from shared.usecases.pages.feedback import Feedback, Remark
from shared.usecases.pages.metrics import MetricsView
from tests.adapters.cards.changes import SECOND, a_change, a_state, a_ticket_state, at
from tests.adapters.pages import backtests, boards, lists, measured, operated, reviews

URL = "https://changes.example"
NOW = datetime(2026, 9, 16, 12, 0, tzinfo=UTC)
ROLLOUT_STATE = (
    '{"912311":[{"RoadmapId":912311,"Platform":"Desktop","Status":"InRollout","LatestRing":"TargetedRelease",'
    '"LastUpdateTime":"2026-05-04T08:00:00.1468102Z"},{"RoadmapId":912311,"Platform":"Web","Status":"Scheduled"}]}'
)
TITLES = (
    "Meeting recap: poll answers find a new home",
    "Mailbox rules: the old wizard is removed",
    "Document libraries: column formats are checked on save",
    "Prompt gallery: shared prompts need an owner",
    "Enrolment: older agents are no longer accepted",
    "Sign-in: number matching for guests",
)


def metrics(scope: Scope | None = None, lives: Sequence[Life] | None = None) -> MetricsView:
    """The page of measures over a year of changes; `lives`: over others."""
    scope = scope or Scope()
    everything = measured.year() if lives is None else lives
    known = [life for life in everything if scope.holds(life)]
    period = months_until(NOW.date(), scope.months)
    late = [
        OpenChange(
            life.id, life.title, life.team, life.workloads, life.opened, life.act_by, life.rollout_end, life.through,
            life.reference,
        )
        for life in known if life.is_open
    ]  # fmt: skip
    counted = overview(known, (), period, NOW, by_week=scope.months <= BY_WEEK)
    counted = replace(counted, to_assign=spread([1.5, 3.0, 12.0] if known else []), overdue=overdue(late, NOW.date()))
    return MetricsView(scope, names_of(everything, measured.TEAMS, ()), counted, complete=True)


def change() -> Change:
    return a_change()


TEXT = (
    "Poll answers move to the meeting recap.",
    "Owners of a meeting see the answers of everybody for thirty days after the meeting, then they are deleted.",
    "Owners and co-organisers of a meeting see the answers of everybody until they delete them.",
    "We have paused the rollout and will share a new date when we are ready to proceed.",
)


def moved_change() -> Change:
    """A change of four editions: moved, paused, on again with another text; its events are really derived."""
    plain = a_change()
    first, second = (edition.facts for edition in plain.editions)
    assert first is not None
    assert second is not None
    found = second.classification
    again = tuple(replace(window, start=_later(window.start), end=_later(window.end)) for window in found.windows)
    read = (
        replace(first, sentences=TEXT[:2]),
        replace(second, sentences=TEXT[:2]),
        replace(second, classification=replace(found, windows=(), status="on_hold"), sentences=(*TEXT[:2], TEXT[3])),
        replace(
            second,
            classification=replace(found, windows=again),
            halts=(Halt("paused", "only GCC High and DoD"),),
            sentences=(TEXT[0], TEXT[2]),
        ),
    )
    editions = (
        *plain.editions,
        Edition(at(6, 2), at(6, 2), "c" * 32, "contoso"),
        Edition(at(6, 20), at(6, 20), "d" * 32, "contoso"),
    )
    editions = tuple(replace(edition, facts=facts) for edition, facts in zip(editions, read, strict=True))
    change = replace(plain, editions=editions, decision=None, events=())
    return replace(change, events=derive(change))


def settled_change() -> Change:
    """The same change, of which people settled a judgement, one of an earlier edition, and days that fell."""
    moved = moved_change()
    first, last = moved.editions[0], moved.current
    assert first.facts is not None
    said = first.facts.classification.windows
    ours = (Window("ga", ("worldwide",), Interval(date(2026, 12, 1), date(2026, 12, 1)), None),)
    settled: dict[FieldName, SettledField] = {
        "kind": SettledField("security", "Ana <Silva>", at(6, 21), last.id, "feature_change"),
        "user_impact": SettledField("high", "Ben", at(4, 21), first.id, "low"),
        "rollouts": SettledField(ours, "Ben", at(4, 21), first.id, said),
    }
    return replace(moved, assessment=Assessment(3, settled))


def second_change() -> Change:
    """The same change, read a second time by a model that is right, wrong, sure and inventive in turn."""
    changed = change()
    removed = "the separate download page is removed"
    said = {
        "default": SecondField("off", "Organizers find poll answers under Recap > Polls."),
        "kind": SecondField("retirement", removed),
        "user_impact": SecondField("high", removed),
        "action": SecondField("none", "no action is needed <by anybody>", "its quotation is not in the post"),
        "rollouts": SecondField(None, "", "its quotation does not name these days"),
        "crb": SecondField(True, "Tell meeting organizers to save the answers that they still need"),
    }
    second = SecondReading(
        at(4, 20), "all", 1, None, at(4, 20), by="azure openai gpt-5-mini", fields=said, tokens_in=1900, tokens_out=420
    )
    return replace(changed, editions=(*changed.editions[:-1], replace(changed.current, second=second)))


def closed_change() -> Change:
    """The same change, opened again once and closed by a person on its page."""
    closed = Closing(at(6, 30), "page", "", 2, "Ana <Silva>", Days(2, 9, 31), Days(5, 20, 60))
    moments = {"closed_before": at(5, 20), "reopened": at(6, 1), "resumed": at(6, 1)}
    return replace(settled_change(), closed=closed, closings=2, moments=moments)


def closed_page() -> str:
    change = closed_change()
    moments = Moments(
        change.first_seen, at(4, 21), at(4, 20), at(4, 22), at(4, 21), at(4, 23), at(5, 4), at(4, 21),
    )  # fmt: skip
    return pages.change_page(change, copies(), effects(), acts=acts(), as_of=NOW.date(), moments=moments)


def acts() -> list[Act]:
    window = {"phase": "ga", "clouds": ["worldwide"], "start": ["2026-12-01", "2026-12-01"], "end": None}
    return [
        Act(1, at(4, 21), "Ben", "command", (("user_impact", "low", "high", False), ("rollouts", [], [window], False))),
        Act(2, at(6, 20), "Ana <Silva>", "command", (("crb", True, False, True), ("audience", "all", "few", False))),
        Act(3, at(6, 21), "Ana <Silva>", "command", (("kind", "feature_change", "security", False),)),
    ]


def outcome() -> Act:
    """That somebody said how it went."""
    return Act(
        0, at(6, 22), "Ben", "card in messaging", what="outcome", team="messaging", new="some",
        words="Tell them <first>.", place="f" * 32, broke="Two macros.",
    )  # fmt: skip


def _later(span: Interval | None) -> Interval | None:
    return Interval(span.first + timedelta(days=76), span.last + timedelta(days=76)) if span else None


def copies() -> list[Copy]:
    return [
        Copy(
            "contoso",
            ("Microsoft Teams", "Microsoft Forms"),
            SECOND.id,
            at(4, 20),
            at(5, 4),
            at(5, 4),
            rollout_state=ROLLOUT_STATE,
        ),
        Copy(
            "fabrikam",
            ("Microsoft Teams",),
            "20260420170000-" + "a" * 12,
            at(4, 21),
            at(4, 28),
            at(4, 20),
            variant="c" * 32,
        ),
        Copy("tailspin", ("Microsoft Teams",), SECOND.id, at(4, 21), at(5, 2), at(5, 4), gone=at(5, 9)),
    ]


def effects() -> list[EffectState]:
    helpdesk = Effect(
        "card", "helpdesk", "workplace", SECOND.id, (SentenceReason("users will notice: user impact is high"),)
    )
    failed = EffectState(helpdesk, parked="channel helpdesk: answered 404: the workflow is gone or has a new address")
    return [a_ticket_state(), a_state(done=SECOND.id, done_at=at(5, 4, 20)), failed]


def change_page() -> str:
    month = date(2026, 10, 1)
    item = RoadmapItem(
        "917000", "Poll answers in the recap", "Rolling out", ("Microsoft Teams",), ("GCC",), month, month
    )
    roadmap = [
        RoadmapView("917000", item, ("The roadmap says October 2026; the post says early November 2026.",)),
        RoadmapView("917001", None),
    ]
    own = {"fabrikam": [Difference("It begins in May.", "It begins in June."), Difference("Only there.", "")]}
    return pages.change_page(with_joined(change(), copies()), copies(), effects(), roadmap, own, as_of=NOW.date())


BODY = (
    "<p>Poll answers move to the <b>meeting recap</b>, and the old page with the answers is removed in the desktop app."
    "</p><p>[When this will happen:]</p><ul><li>General Availability (Worldwide): Rollout begins in <s>early September"
    "</s> early October 2026 (previously early September) and is complete by mid-October 2026.</li><li>General "
    "Availability (GCC, GCC High): Rollout begins in early November 2026.</li></ul>"
    "<p>[What you need to do to prepare:]</p><p>You must tell the owners of meetings where the answers are, and move "
    '<a href="https://learn.microsoft.com/x">reports that read the old page</a> before December 14, 2026.</p>'
    '<p><img src="https://img.example.net/x.png" alt="The new recap"></p>'
)
QUOTES = {
    "rollouts": "Rollout begins in early October 2026 and is complete by mid-October 2026",
    "act_by": "move reports that read the old page before December 14, 2026",
    "action": "You must tell the owners of meetings where the answers are, and move reports that read the old page",
    "kind": "Poll answers move to the meeting recap, and the old page with the answers is removed",
    "user_impact": "the old page with the answers is removed in the desktop app",
}


def full_change() -> Change:
    """A change of which everything is known: marked words, answers of teams, and a closing that was undone."""
    settled = settled_change()
    found = settled.current.facts.classification  # type: ignore[union-attr]
    why = {**found.why, **{name: Why(words, 0.93 if name != "action" else 0.6) for name, words in QUOTES.items()}}
    words = tuple(replace(window, words=QUOTES["rollouts"] if n == 0 else "") for n, window in enumerate(found.windows))
    facts = replace(settled.current.facts, classification=replace(found, why=why, windows=words))  # type: ignore[type-var]
    editions = (*settled.editions[:-1], replace(settled.current, facts=facts))
    teams = {
        "workplace": TeamWord("Ana <Silva>", at(4, 21), "impact", "Ana <Silva>", at(6, 21)),
        "messaging": TeamWord("", None, "no_impact", "Ben Ito", at(5, 6)),
    }
    post = {**settled.post, "body": {"contentType": "html", "content": BODY}}
    assessment = Assessment(5, {"user_impact": settled.assessment.settled["user_impact"]}, teams=teams)
    return replace(settled, post=post, editions=editions, assessment=assessment, decision=a_change().decision)


def said() -> list[Act]:
    """What people said and did of it, through cards and the page."""
    card, page = "card in helpdesk", "page"
    return [
        *acts()[:1],
        Act(2, at(4, 21), "Ana <Silva>", card, what="own", team="workplace"),
        Act(3, at(5, 6), "Ben Ito", page, what="no_impact", team="messaging", words="We do not use polls."),
        Act(0, at(5, 7), "Cy", card, what="remind", team="workplace", new="2026-09-20", place="helpdesk~x"),
        Act(
            0, at(5, 8), "Rosa Lund", page, what="comment", team="workplace", place="f" * 32,
            words="<script>alert(1)</script> Tell the \u202ehelp desk\u202c first.\nשלום\u200b",
        ),
        Act(4, at(6, 21), "Ana <Silva>", page, what="impact", team="workplace"),
    ]  # fmt: skip


def many_cards() -> list[EffectState]:
    """The ticket, and cards in three channels: sent, for a day to act by, waiting, stopped and failed."""
    edition = SECOND.id
    plain = Effect("card", "helpdesk", "workplace", edition, (SentenceReason("users will notice it"),))
    due = replace(plain, occasion="act-7@2026-12-14")
    silent = replace(plain, occasion="silent-1@0", target="messaging", team="messaging")
    return [
        *effects(),
        EffectState(plain, done=edition, done_at=at(4, 20)),
        EffectState(due, done=edition, done_at=at(6, 7), held=True),
        EffectState(silent, stopped="somebody answered since"),
        EffectState(replace(silent, occasion=""), place=Place("messaging", "2026-09-17T08")),
    ]


def tasks() -> list[TaskState]:
    return [
        TaskState("contoso", "t1", "e", at(4, 21), at(4, 22), None, at(4, 23)),
        TaskState("fabrikam", "t2", "e", at(4, 21), at(4, 22), at(6, 1), by_us=True),
        TaskState("tailspin", "t3", "e", at(4, 21), None, None, gone=at(5, 9)),
    ]


def full_page(result: Result | None = None, *, owner: bool = True, **over: object) -> str:
    """The page as somebody sees it who can act; `owner`: else as a reader does."""
    change = over.pop("change", None) or full_change()
    assert isinstance(change, Change)
    asked = Asked(change, None, (), ("workplace", "messaging"), fields=field_views(change), settles=True)
    moments = Moments(change.first_seen, at(4, 21), at(4, 20), at(4, 22), at(4, 21), at(4, 23), at(5, 4), at(4, 21))
    month = date(2026, 10, 1)
    item = RoadmapItem("917000", "Poll answers", "Rolling out", ("Microsoft Teams",), ("GCC",), month, month)
    related = (
        Related("superseded_by", "MC1300001", "refer to <it>", 0.9, said_here=True),
        Related("referred_by", "MC1400001", "as told in", 0.6, said_here=False),
    )
    values: dict[str, Any] = {
        "acts": said(), "as_of": NOW.date(), "ours": change.classification.windows[:1], "moments": moments,
        "lessons": lessons(), "tasks": tasks(), "asks": asked if owner else NO_TEAM, "form": "f" * 32, "result": result,
        "related": related, "roadmap": [RoadmapView("917000", item, ("The roadmap says October 2026.",))],
        "variants": {"fabrikam": [Difference("It begins in May.", "It begins in June.")]},
    }  # fmt: skip
    return pages.change_page(change, copies(), many_cards(), **{**values, **over})


def revision_pages() -> dict[str, str]:
    change = full_change()
    old, new = change.editions[1:3]
    view = revision_of(change, 2)
    post = replace(change.read(), body=BODY.replace("removed", "moved"))
    return {
        "revision": revision_page(change, 2, old, post, view[0], view[1], view[2]),
        "revision-now": revision_page(change, 4, change.current, change.read()),
        "revision-forgotten": revision_page(change, 3, new, None),
        "beside": beside_page(
            change,
            [CardView(card, n or None) for n, card in enumerate(sent_cards(change, many_cards()))],
            [TaskView(task, "plan1", "[Teams] Poll <answers>", n * 50, n) for n, task in enumerate(tasks())],
        ),
        "beside-empty": beside_page(change, (), ()),
    }


def revision_of(change: Change, number: int) -> tuple[tuple[str, ...], tuple[str, ...], list[Happened]]:
    """What the next edition changed: sentences that went and came, and its events."""
    old, new = change.editions[number - 1 : number + 1]
    assert old.facts is not None
    assert new.facts is not None
    happened = [each for each in timeline(change) if each.event.edition == new.id]
    return (*difference(old.facts.sentences, new.facts.sentences), happened)


def register() -> list[Entry]:
    states = ("new", "assess", "scheduled", "implement", "closed", "cancelled")
    return [
        Entry(
            number=f"CHG{1234567 + n * 31}",
            key=f"foresignal-MC{1234567 + n}",
            change_id=f"MC{1234567 + n}",
            title=f"MC{1234567 + n} {TITLES[n % 6]}",
            description="What changes: poll answers move to the meeting recap.\n\nFor whom: Microsoft Teams",
            state=states[n % 6],
            risk=("high", "medium", "low")[n % 3],
            group=("M365 Workplace", "M365 Messaging")[n % 2],
            planned_start=date(2026, 10, 1) if n % 4 else None,
            planned_end=date(2026, 10, 20) if n % 4 else None,
            act_by=date(2026, 12, 14),
            created=NOW,
            updated=NOW,
            closed=None,
            steps=(
                PlanStep(
                    "a1b2c3d4e5f6",
                    "Tell the users of polls where the answers go",
                    date(2026, 9, 24),
                    "ana@contoso.example",
                ),
                PlanStep("0a1b2c3d4e5f", "Review who may read meeting recaps", None, ""),
            ),
            requested_by="sam@contoso.example",
            assigned_to="ana@contoso.example",
            configuration_items=("Microsoft Teams",),
            history=(
                (datetime(2026, 4, 20, 18, tzinfo=UTC), "opened by Foresignal"),
                (datetime(2026, 4, 23, 9, tzinfo=UTC), "state new -> assess"),
                (
                    datetime(2026, 5, 4, 19, tzinfo=UTC),
                    "Microsoft's post changed (dates moved): from early September to early October 2026",
                ),
            ),
        )
        for n in range(12)
    ]


def dry_ticket() -> DryTicket:
    return DryTicket(
        system="crb", number="DRY-MC1200001", opened_for="MC1200001", change_id="MC1200001",
        title="MC1200001 Mailbox rules: the old wizard is removed",
        where="https://contoso.example/api/sn_chg_rest/change/normal",
        fields={
            "short_description": "MC1200001 Mailbox rules: the old wizard is removed",
            "description": "The old wizard is removed.\n\nFOR WHOM\n\nUsers of Exchange Online (worldwide).",
            "start_date": "2026-10-01 00:00:00",
            "risk": 2,
            "u_tenants": ["contoso", "fabrikam"],
            "cmdb_ci": None,
        },
        notes=("2026-08-30: Announced: Mailbox rules: the old wizard is removed", "2026-09-04: The deadline moved"),
        state="new", created=NOW - timedelta(days=12), updated=NOW,
    )  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """What the page of answers shows."""

    change: Change
    card: CardLink | None
    lines: tuple[str, ...]
    teams: tuple[str, ...]
    others: tuple[str, ...] = ("workplace", "devices", "a-team-with-a-very-long-name-that-nobody-would-choose")
    systems: tuple[str, ...] = ("crb", "security")
    fields: tuple[FieldView, ...] = ()
    settles: bool = False
    is_private: bool = False
    lessons: tuple[Lesson, ...] = ()


def lessons() -> tuple[Lesson, ...]:
    return (
        Lesson("MC1200002", "much", "Tell the <help desk> a week ahead.", NOW.date()),
        Lesson("MC1200003", "none", "long " * 60, NOW.date()),
    )


def answer_pages() -> dict[str, str]:
    change = settled_change()
    link = CardLink(change.id, "messaging", change.current.id, NOW)
    lines = (
        "messaging: owned by Ana Torres (3 May), no impact (Ben Ito, 4 May)",
        "devices: needs the board (Cy, 5 May)",
    )
    asked = Asked(change, link, lines, ("messaging",), fields=field_views(change))
    own = replace(asked, card=None, teams=("messaging", "workplace"), settles=True, lines=())
    other = Result(
        "Somebody else was faster", "", ("Ana Torres owns it for messaging.", "Nothing was done."), (("a", "own"),),
        "Take it over",
    )  # fmt: skip
    day = NOW.date()
    return {
        "answer": answer_page(asked, "t" * 150, "f" * 32, as_of=day, chosen="no_impact"),
        "answer-page": answer_page(own, "", "f" * 32, as_of=day, chosen="wrong"),
        "answer-close": answer_page(own, "", "f" * 32, as_of=day, chosen="close"),
        "answer-reopen": answer_page(
            replace(own, change=closed_change()), "", "f" * 32, as_of=day, result=Result("The change is closed", "good")
        ),
        "answer-other": answer_page(asked, "t" * 150, "f" * 32, as_of=day, result=other),
        "answer-done": answer_page(asked, "t" * 150, "f" * 32, as_of=day, result=Result("You own it")),
        "answer-private": answer_page(
            replace(asked, is_private=True, fields=()), "t" * 150, "f" * 32, as_of=day, chosen="wrong_team"
        ),
        "answer-outcome": answer_page(
            replace(asked, lessons=lessons()), "t" * 150, "f" * 32, as_of=day, chosen="outcome"
        ),
        "feedback": feedback_page(remarks(), "f" * 32, may_give=True),
        "feedback-empty": feedback_page([], "f" * 32, may_give=False),
    }


def remarks() -> list[Feedback]:
    said = (Remark(NOW, "Ana Torres", "Which cloud is meant?\nNo date for ours."), Remark(NOW, "Ben Ito", ""))
    return [
        Feedback("MC1200731", TITLES[0] + " " + "long " * 40, said),
        Feedback("MC1200001", TITLES[1], said[:1], NOW, "Rosa Lund"),
    ]


def everything() -> dict[str, str]:
    return {
        **lists.pages(),
        "metrics": metrics_page(metrics()),
        "metrics-weeks": metrics_page(metrics(Scope(3, "devices"))),
        "metrics-years": metrics_page(metrics(Scope(24))),
        "metrics-nothing": metrics_page(metrics(Scope(6, "identity", "Teams"))),
        "metrics-open": metrics_page(metrics(lives=[life for life in measured.year() if life.is_open])),
        "metrics-empty": metrics_page(metrics(lives=())),
        "maturity": maturity_page(maturity(measured.evidence())),
        "maturity-high": maturity_page(maturity(replace(measured.evidence(), process_owner=True))),
        "maturity-empty": maturity_page(maturity(Evidence(datetime(2026, 7, 1, tzinfo=UTC), NOW))),
        "change": change_page(),
        "change-moved": pages.change_page(moved_change(), copies(), effects(), as_of=NOW.date()),
        "change-settled": pages.change_page(settled_change(), copies(), effects(), acts=acts(), as_of=NOW.date()),
        "change-closed": closed_page(),
        "change-outcome": pages.change_page(
            change(), copies(), effects(), acts=[outcome()], as_of=NOW.date(), lessons=lessons()
        ),
        "change-second": pages.change_page(second_change(), copies(), effects(), as_of=NOW.date()),
        "change-unread": pages.change_page(Change("MC1000001", {"id": "MC1000001"}, at(4, 20), ()), as_of=NOW.date()),
        "change-full": full_page(),
        "change-reader": full_page(owner=False),
        "change-faster": full_page(
            Result("Somebody else was faster", "", ("Ana owns it for workplace.",), (("a", "own"),), "Take it over")
        ),
        "change-wrong": full_page(
            Result("That cannot be", "bad", ("Rollouts are PHASE CLOUDS.", "Nothing was done.")),
            given={"a": "wrong", "field": "rollouts", "value": "<soon>", "words": "It <said> so"},
        ),
        **revision_pages(),
        **boards.pages(register()),
        **reviews.pages(settled_change(), effects(), (outcome(),)),
        "dry-runs": dry_runs_page([dry_ticket(), replace(dry_ticket(), change_id="MC1200732", notes=())]),
        "dry-runs-empty": dry_runs_page([]),
        "dry-run": dry_run_page(dry_ticket()),
        "mail": mail_page("messaging", "ana@contoso.example", "gets"),
        "mail-stopped": mail_page("messaging", "ana@contoso.example", "stopped"),
        "mail-stranger": mail_page("messaging", "ana@contoso.example", "stranger"),
        "message": message_page("There is no change MC7654321", "It was never seen in any tenant. Check the number."),
        "reports": reports_page([ReportName("monthly", "2026-08"), ReportName("owner", "2026-W38", "devices")]),
        "reports-many": reports_page([ReportName("owner", "2026-W38", f"team-{n}") for n in range(230)], 2),
        "reports-empty": reports_page([]),
        "report-month": report_page(measured.month(), URL),
        "report-week": report_page(measured.week(), URL),
        "report-week-empty": report_page(measured.week([]), URL),
        "report-owner": report_page(measured.devices(), URL),
        **answer_pages(),
        **backtests.pages(),
        **operated.pages(),
    }
