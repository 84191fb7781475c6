"""What a ticket should be, and what ticket systems answer; independent of any system."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from shared.core.terms import Level, State, Verdict
from shared.core.tickets.part import Part

DRY_RUN = "DRY-"
"""How the numbers of tickets begin that a dry run keeps on our side and files nowhere."""
TITLE_LIMIT = 255  # characters


@dataclass(frozen=True, slots=True)
class PlanStep:
    """One step of the implementation plan.

    `key`: the same for the same step, whatever becomes of the others: 12 hex digits. `day`: by which; None where the
    post gives none. `owner`: the address of who answers for the team, empty where that is a group or nobody.
    """

    key: str
    text: str
    day: date | None = None
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Ticket:
    """The ticket as it should be, in words for a change board; adapters put it into their system's fields.

    `key` is ours, carried by the remote system, so that it can be found again. Texts are plain and may hold anything
    that a post can; lists hold one line each. `planned_start`, `planned_end`: the days of the tenants' own rollout,
    as far as the post says them.
    """

    key: str
    change_id: str
    title: str
    what: str
    """What changes; paragraphs are separated by an empty line."""
    kind: str
    """In words: "Retirement"."""
    arrives: str
    """In words: "On by default"; empty where the post does not say."""
    audience: str
    """Whom it concerns, in a sentence."""
    services: tuple[str, ...]
    tenants: tuple[str, ...]
    """The policy's names of the tenants in which the post stands."""
    when: tuple[str, ...]
    """One line a rollout, in plain words."""
    planned_start: date | None
    planned_end: date | None
    act_by: date | None
    to_do: str
    """What is asked of the organisation: "Action required by 14 March 2027"."""
    if_nobody_acts: str
    risk: Level
    risk_why: str
    impact: Level
    """The higher of the two below."""
    admin_impact: Level
    user_impact: Level
    impact_why: str
    """The post's own words behind the impacts; empty where none say it."""
    why_board: str
    """Why it is for the board; never empty."""
    why: tuple[str, ...]
    """Which rules of the policy asked for this ticket, one line each."""
    test_plan: str
    communication_plan: str
    backout: str
    group: str
    """The assignment group, as the ticket system knows it."""
    links: tuple[tuple[str, str], ...]
    """Name and address."""
    cancelled: bool
    """Microsoft will not make this change: the ticket is cancelled, where the system lets us."""
    why_cancelled: str = "Microsoft will not make this change"
    reopen: bool = False
    """The ticket has ended, and the policy wants it open again for what has happened since."""
    reassess: str = ""
    """Why an approved ticket is sent back to assessment, in a sentence without its stop; empty where it is not."""
    notes: tuple[str, ...] = ()
    """What happened since the last time, one line each, for the ticket's history."""
    implementation_plan: str = ""
    """The steps as numbered lines, each with its day and owner; empty where the post asks for none."""
    steps: tuple[PlanStep, ...] = ()
    """The same, one by one."""
    has_tasks: bool = False
    """Whether each step becomes a task of its own under the ticket, where the system has such."""
    requested_by: str = ""
    """The address of who asks for the change in the organisation; empty: our account."""
    assigned_to: str = ""
    """The address of who answers for the team; written when the ticket is opened, and never again."""
    configuration_items: tuple[str, ...] = ()
    """What the change touches, as the policy names it in the ticket system."""
    affected: tuple[str, ...] = ()
    """Whom it concerns, one line each: "Roles: Exchange admins", "Licences and plans: E5"."""
    compliance: tuple[str, ...] = ()
    """The compliance answers of the post that are not "no", one line each."""
    risk_words: str = ""
    """The risk in words: "Probably high"."""
    impact_words: str = ""
    """The impacts that somebody notices, in words: "High for admins, probably medium for users"."""
    unsure: str = ""
    """What nobody should rely on, in a sentence; empty where nothing is unsure."""
    freezes: tuple[str, ...] = ()
    """The organisation's freezes into which the rollout falls, a sentence each."""
    differences: tuple[str, ...] = ()
    """Which tenants differ in this change, and how, one line each."""
    answers: tuple[str, ...] = ()
    """What teams answered to their cards, one line each: who owns it, what they make of it."""
    sources: Mapping[str, tuple[Part, ...]] = field(default_factory=dict, compare=False, repr=False)
    """By the names of the fields above: the parts of which each was made, with what each comes from."""


@dataclass(frozen=True, slots=True)
class TicketRef:
    """A ticket that exists. `number` is what people call it by, `closed_at` when the system says that it ended.

    `remote_state`: the state in the system's own word. `decision`: the board's, with who and when as far as the
    system says; nothing is concluded from a state. `not_taken`: after a write, what the system left as it was whatever
    it answered, a line each that asks people to do it; empty where all of it took. `written`: the fields that we
    wrote, by the system's names, each with the fingerprint of what stood there then (adapters/ticketing/kept.py).
    `tasks`: keys of the steps for which a task was made. `risk`, `planned_start`, `planned_end`: of the built-in
    register the risk in the ticket, and the days that a person set there in place of ours.
    """

    number: str
    url: str
    state: State | Literal["unknown"]
    closed_at: datetime | None = None
    remote_state: str = ""
    decision: Verdict = ""
    decided_by: str = ""
    decided_at: datetime | None = None
    not_taken: tuple[str, ...] = ()
    written: Mapping[str, str] = field(default_factory=dict)
    tasks: tuple[str, ...] = ()
    risk: str = ""
    planned_start: date | None = None
    planned_end: date | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """A field of a ticket that does not say what we would write now, by the system's own name for it.

    `there`, `wanted`: as text for people, of long ones the part where they differ. `is_theirs`: it stays as it is, as
    somebody filled it in since we wrote it, or as it is a date of a plan that is running.
    """

    name: str
    there: str
    wanted: str
    is_theirs: bool = False


@dataclass(frozen=True, slots=True)
class Preview:
    """What an adapter would send to open a ticket: for dry runs. `fields` are in the system's own names."""

    where: str
    """The address, without anything secret."""
    fields: dict[str, Any]
