"""What a Planner task should say: from the change, its decision, what people said of it, its tickets, its closing."""

import hashlib
import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from shared.core.changes.change import Change, EffectState
from shared.core.changes.settled import Assessment
from shared.core.links import page_url
from shared.core.policy.model import GROUP, Policy
from shared.core.policy.our_dates import our_dates
from shared.core.posts.privacy import is_private
from shared.core.text.safe import cut
from shared.core.words.plan import UNDATED

MOST_REFERENCES, MOST_ITEMS = 10, 20
"""What Planner is said to take on one task; its own 403 decides."""
LONGEST_ITEM = 100
"""Characters of a checklist item's title, which is Planner's limit."""
_PART_OF_A_MONTH = 15  # days
_STEPS = uuid.UUID("5b1f6f0e-6a0c-4a5e-9d2e-6f1f0f3a9b55")

DUE, ASSIGN = "due", "assign"
REFERENCE, ITEM = "ref|", "check|"
"""How a field of a reference or checklist item begins; its address or key follows."""


@dataclass(frozen=True, slots=True)
class Want:
    """What we want of a task. `fields`: what it should say by field, empty where it should say nothing.

    `completes`: the number of the change's closing that completes it; 0 where none does. `collections`: the fields of
    which no others are wanted than those that stand in `fields`.
    """

    fields: Mapping[str, str]
    completes: int = 0
    collections: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """The same for two that want the same."""
        text = json.dumps([sorted(self.fields.items()), self.completes, sorted(self.collections)])
        return hashlib.sha256(text.encode()).hexdigest()[:24]


@dataclass(frozen=True, slots=True)
class People:
    """Who may be given a task: object ids by address (lower case), and every id that is known."""

    by_address: Mapping[str, str]
    known: frozenset[str]

    @classmethod
    def of(cls, policy: Policy, people: Iterable[tuple[str, str]]) -> "People":
        """`people`: id and address of everybody who has acted. What the policy says of an owner goes first."""
        by_address = {address.casefold(): id_ for id_, address in people if address}
        by_address |= {team.owner.casefold(): team.owner_id for team in policy.teams.values() if team.owner_id}
        return cls(by_address, frozenset({*(id_ for id_, _ in people), *by_address.values()}))


def wanted_task(
    change: Change,
    effects: Sequence[EffectState],
    policy: Policy,
    tenant: str,
    public_url: str,
    people: People,
) -> Want:
    """What the tasks of a tenant for this change should say; nothing but "done" once it is closed.

    Of a post on data privacy no task says anything, as everybody in the plan reads it.
    """
    write = policy.planner.write
    if change.closed:
        return Want({}, change.closed.number if "complete" in write else 0)
    if is_private(change.read()):
        return Want({})
    fields: dict[str, str] = {}
    if "due" in write:
        due = due_day(change, policy, tenant)
        fields[DUE] = due.isoformat() if due else ""
    if "references" in write:
        for address, alias in _references(change, effects, public_url):
            fields[REFERENCE + address] = alias
    if "checklist" in write:
        fields |= {ITEM + key: title for key, title in _items(change)}
    if "assign" in write and policy.tenants[tenant].auth.kind == "managed_identity":
        owner = owner_of(change, policy, people)
        if owner:  # nobody is taken away for want of a name
            fields[ASSIGN] = owner
    collections = [kind for kind, name in ((REFERENCE, "references"), (ITEM, "checklist")) if name in write]
    return Want(fields, 0, tuple(collections))


def due_day(change: Change, policy: Policy, tenant: str) -> date | None:
    """The day to act by, else the day on which it begins for this tenant, if the post says that in a part of a month.

    Only what is sure, and no day that was over when we first saw the post.
    """
    reading = change.classification
    if reading.status in UNDATED:
        return None
    first = change.first_seen.date()
    if reading.act_by and "act_by" not in reading.unsure and reading.act_by >= first:
        return reading.act_by
    start = our_dates(reading, [policy.tenants[tenant]]).start
    if start is None or "rollouts" in reading.unsure or (start.last - start.first).days > _PART_OF_A_MONTH:
        return None
    return start.first if start.first >= first else None


def synced_days(change: Change) -> frozenset[str]:
    """The days that the sync itself may have put there: Graph's act-by of any edition."""
    days = {each.facts.classification.act_by for each in change.editions if each.facts}
    days |= {change.read().act_by.date() if change.read().act_by else None}  # type: ignore[union-attr]  # just asked
    return frozenset(day.isoformat() for day in days if day)


def owner_of(change: Change, policy: Policy, people: People) -> str:
    """The object id of the change's owner: who took it, else the owner of its team; empty for a group or a stranger."""
    decision, assessment = change.decision, change.assessment
    team = _team(assessment, decision.teams if decision else (), policy)
    word = assessment.teams.get(team)
    if word and word.owner:
        return word.owner if word.owner in people.known else ""
    owner = policy.teams[team].owner if team in policy.teams else ""
    return "" if owner.startswith(GROUP) else people.by_address.get(owner.casefold(), "")


def _team(assessment: Assessment, teams: Sequence[str], policy: Policy) -> str:
    return assessment.team_of(teams[0] if teams else policy.routes.team or "")


def _references(change: Change, effects: Sequence[EffectState], public_url: str) -> list[tuple[str, str]]:
    tickets = [
        (state.ticket.url, f"Ticket {state.ticket.number}")
        for state in effects
        if state.effect.kind == "ticket" and not state.is_silent and state.ticket.number and state.ticket.url
    ]
    pages = [(page_url(change.id, public_url), f"{change.id} in Foresignal")] if public_url else []
    return [each for each in (*tickets, *pages) if each[0].startswith(("https://", "http://"))]


def _items(change: Change) -> list[tuple[str, str]]:
    """The steps of the post, each under a key that is the same for the same words."""
    titles = dict.fromkeys(cut(" ".join(step.text.split()), LONGEST_ITEM) for step in change.particulars.steps)
    return [(str(uuid.uuid5(_STEPS, f"{change.id} {title}")), title) for title in titles if title][:MOST_ITEMS]
