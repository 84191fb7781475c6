"""The parts of a line, each made of what its writer has in hand, with a version that only grows."""

from collections.abc import Iterable
from datetime import datetime
from itertools import islice

from shared.core.changes.change import Change, EffectState, Event
from shared.core.changes.settled import TeamWord
from shared.core.changes.slips import farthest
from shared.core.decisions.decide import last_day, plan_is_over
from shared.core.life.closing import REOPENED, is_ended
from shared.core.life.line import Part, Value, part_of
from shared.core.life.moments import earliest, first_card, planned
from shared.core.policy.model import Policy
from shared.core.posts.privacy import is_private, shown_title
from shared.core.sources.roadmap import roadmap_ids
from shared.core.tasks.task import TaskState
from shared.core.text.safe import cut

_LONGEST_TITLE = 500
_LONGEST_LESSON = 300
_MOST_NAMES, _LONGEST_NAME = 20, 100
_MOST_CONTROLS, _LONGEST_CONTROL = 8, 80
_MOST_ROADMAP_IDS = 10


def change_part(change: Change, policy: Policy, now: datetime) -> Part:
    """What the change is, as routes and cards see it. Of a post on data privacy nothing that it says.

    Its version: editions are never fewer, and for the same ones the last decision is the newest; what people settle
    lies over both.
    """
    decision = change.decision
    decided = _iso(decision.at) if decision else "-"  # before every time
    version = f"{change.revision:06d}|{decided}|{change.assessment.seq:06d}"
    post = change.read()
    private = is_private(post)
    root = policy.routes.team or ""
    values: dict[str, Value] = {
        "title": cut(shown_title(post), _LONGEST_TITLE),
        "private": private,
        "team": root if private or not (decision and decision.teams) else decision.teams[0],
        "stage": change.stage,
        "revision": change.revision,
        "published": _iso(post.start),
        "modified": _iso(change.current.modified),
        "observed": _iso(change.current.observed if change.revision > 1 else None),
        "first_seen": _iso(change.first_seen),
        "decided": _iso(decision.at if decision else None),
        "silent": decision.silent if decision else "",
    }
    reading = change.classification
    if private:
        values["planned"] = reading.status == "scheduled" and not plan_is_over(reading, now)
        return part_of("change", version, values)
    start, end = planned(change, policy)
    moved = {event.at: days for event in change.events if not event.late and (days := farthest(event.slips))}
    values |= {
        "slips": len(moved),
        "slip_days": sum(moved.values()),
        "slipped_at": _iso(max(moved, default=None)),
        "teams": decision.teams if decision else (),
        "workloads": decision.workloads if decision else (),
        "unowned": _names(decision.unowned) if decision else (),
        "services": _names(post.services),
        "roadmap": roadmap_ids(post)[:_MOST_ROADMAP_IDS],
        "controls": _controls(change),
        "seen_in": tuple(sorted({edition.tenant for edition in change.editions})),
        "kind": reading.kind,
        "admin_impact": reading.admin_impact,
        "user_impact": reading.user_impact,
        "status": reading.status,
        "default": reading.default,
        "action": reading.action,
        "crb": reading.crb,
        "training": reading.training,
        "unsure": reading.unsure,
        "act_by": reading.act_by.isoformat() if reading.act_by else "",
        "plan_start": start.isoformat() if start else "",
        "plan_end": end.isoformat() if end else "",
        "planned": reading.status == "scheduled",
        "last_day": last.isoformat() if (last := last_day(reading)) else "",
    }
    return part_of("change", version, values)


def tenants_part(change: Change, tenants: Iterable[str], at: datetime) -> Part | None:
    """Which tenants have the post, as they were counted at that time; None of a post on data privacy.

    Its version: of two counts the later one is right.
    """
    if is_private(change.read()):
        return None
    return part_of("tenants", _iso(at), {"names": tuple(sorted(tenants))})


def ticket_part(state: EffectState, turn: int) -> Part:
    """A ticket; `turn` counts the writes of its row."""
    ticket = state.ticket
    values: dict[str, Value] = {
        "team": state.effect.team,
        "number": ticket.number,
        "url": ticket.url,
        "state": ticket.state,
        "remote_state": ticket.remote_state,
        "decision": ticket.decision,
        "decided_at": _iso(ticket.decided_at),
        "moved_at": _iso(ticket.moved_at),
        "opened_at": _iso(ticket.opened_at),
        "silent": state.is_silent,
        "ended": is_ended(state),
        "elsewhere": bool(ticket.followed_by),
        "risk": ticket.risk,
        "planned_start": ticket.planned_start.isoformat() if ticket.planned_start else "",
        "planned_end": ticket.planned_end.isoformat() if ticket.planned_end else "",
        "notes": sum(Event.type_in(event) != "announced" for event in ticket.applied),
    }
    return part_of(f"ticket|{state.effect.target}", f"{turn:08d}", values)


def card_part(states: Iterable[EffectState]) -> Part | None:
    """When the first card went out; None while none has. Its version: cards that went out are never fewer."""
    sent = [at for state in states if (at := first_card(state))]
    return part_of("card", f"{len(sent):08d}", {"first": _iso(earliest(sent))}) if sent else None


def task_part(task: TaskState) -> Part:
    """A Planner task; an older etag never overwrites a newer one.

    One that went or came back under the same etag has a longer version, behind a blank, which is in no etag.
    """
    values: dict[str, Value] = {
        "opened": _iso(task.opened),
        "assigned": _iso(task.assigned),
        "completed": _iso(task.completed),
        "moved": _iso(task.moved),
        "gone": _iso(task.gone),
        "by_us": task.by_us,
    }
    version = f"{task.etag} {task.turns:04d}" if task.turns else task.etag
    return part_of(f"task|{task.tenant}|{task.id}", version, values)


def closing_part(change: Change) -> Part | None:
    """That the change is closed, or open again; None where it was never closed.

    Its version: closed for the first time 2, open again 3, closed again 4.
    """
    if not change.closings:
        return None
    closed = change.closed
    values: dict[str, Value] = {
        "number": change.closings,
        "stood": change.stood.seconds,
        "stood_working": change.stood.working,
    }
    if closed:
        values |= {
            "at": _iso(closed.at),
            "through": closed.through,
            "reference": closed.reference,
            "by": closed.by,
            "worked": closed.worked,
            "target": closed.target,
            "before": closed.before,
        }
    else:
        values["reopened"] = _iso(change.moments.get(REOPENED))
    return part_of("closing", f"{2 * change.closings + (closed is None):08d}", values)


def people_part(change: Change) -> Part | None:
    """What people decided, people as they stand in the record; None where nobody has decided anything yet.

    Of a post on data privacy only when, and where people asked to be reminded: which teams have to do with it would
    tell what it is about.
    """
    assessment = change.assessment
    if not assessment.seq:
        return None
    words, moved, settled = assessment.teams, assessment.moved, assessment.settled
    moments = [moment for word in words.values() for moment in (word.owned_at, word.at)]
    moments += [assessment.page.at if assessment.page else None, assessment.last_at]
    moments += [handover.at for handover in moved.values()] + [field.at for field in settled.values()]
    values: dict[str, Value] = {
        "at": _iso(max((moment for moment in moments if moment), default=None)),
        "first": _iso(assessment.first_at),
        "asked": tuple(sorted({(asked.day.isoformat(), asked.channel) for asked in assessment.asked})),
    }
    if not is_private(change.read()):
        said = assessment.outcome
        values |= {
            "outcome": (said.load, said.lesson[:_LONGEST_LESSON], _iso(said.at)) if said else (),
            "settled": tuple(sorted(settled)),
            "words": tuple(_said(team, words[team]) for team in sorted(words)),
            "moved": tuple((team, moved[team].to) for team in sorted(moved)),
        }
    return part_of("people", f"{assessment.seq:08d}", values)


def _said(team: str, word: TeamWord) -> tuple[str, ...]:
    last = max((at for at in (word.owned_at, word.at) if at), default=None)
    return team, word.owner, word.disposition, word.by, _iso(last)


def _controls(change: Change) -> tuple[str, ...]:
    named = dict.fromkeys(cut(control.name, _LONGEST_CONTROL) for control in change.particulars.controls)
    return tuple(named)[:_MOST_CONTROLS]


def _names(names: Iterable[str]) -> tuple[str, ...]:
    """So many that a post of any size leaves a line of ordinary size."""
    return tuple(cut(name, _LONGEST_NAME) for name in islice(names, _MOST_NAMES))


def _iso(at: datetime | None) -> str:
    return at.isoformat() if at else ""
