"""A change: what the organisation manages; its editions, events, decision and life."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from shared.core.changes.reasons import Reason
from shared.core.changes.settled import NOTHING_SETTLED, Assessment, Reading, Standing, overlaid, standing
from shared.core.changes.slips import Slip
from shared.core.posts.classification import Classification, FieldName, Halt
from shared.core.posts.particulars import NOTHING_SAID, Particulars
from shared.core.posts.post import Post, read_post
from shared.core.terms import EventType, FirstLoadStep, Stage, Through

if TYPE_CHECKING:  # where nobody has a second reader, nothing of it is loaded
    from shared.core.changes.second import SecondReading

READER = 5
"""Version of the reader: of everything that makes `Facts` out of a post. Raise it with every change of what it reads
(tests/core/changes/test_reader.py notices one); facts of another version are read anew before they are compared."""


CALIBRATED = 4
"""Since this version of the reader, a confidence says how often such a decision is right."""


@dataclass(frozen=True, slots=True)
class Stated:
    """What a post says about another one: `kind` of `other`, in which words, how surely (core/changes/relations.py).

    `late`: only a later reader saw it, when the edition had been decided.
    """

    kind: str
    other: str
    words: str
    confidence: float
    late: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """What events are derived from, kept for every edition so that it is read once by each version of the reader.

    `halts`: parts of the plan that do not go on. `sentences`: what the text says (docs/decisions/0004-events.md).
    `reader`: the version that read them.
    """

    classification: Classification
    category: str
    major: bool
    tags: tuple[str, ...]
    title: str
    halts: tuple[Halt, ...] = ()
    sentences: tuple[str, ...] = ()
    relations: tuple[Stated, ...] = ()
    particulars: Particulars = NOTHING_SAID
    reader: int = READER

    @property
    def told(self) -> Classification:
        """The classification as people are told it: without the doubt of a reader whose confidence nobody had tried."""
        return self.classification if self.reader >= CALIBRATED else self.classification.undoubted()


@dataclass(frozen=True, slots=True)
class Edition:
    """One distinct content. Its key is (`modified`, `observed`, `hash`); `facts` come with `classify`.

    `modified`: Microsoft's stamp as we first saw it; `touched`: the others that the same content had, one after the
    other; `observed`: when we first saw this content; `tenant`: where. `late`: it came when a newer one was decided.
    `second`: what a second reader was asked about it, and said.
    """

    modified: datetime
    observed: datetime
    hash: str
    tenant: str
    late: bool = False
    facts: Facts | None = None
    touched: tuple[datetime, ...] = ()
    second: "SecondReading | None" = None

    @property
    def told(self) -> Classification | None:
        """What is read of it: our reading, and over it what stands of the second one; None before it is read."""
        if self.facts is None or self.second is None or not self.second.fields:
            return self.facts.told if self.facts else None
        from shared.core.changes.second import both  # noqa: PLC0415 - not loaded where there is no second reader

        return both(self.facts.told, self.second)

    @property
    def stamps(self) -> tuple[datetime, ...]:
        """Every stamp that this content is known to have had, oldest first."""
        return tuple(sorted((self.modified, *self.touched)))

    @property
    def key(self) -> tuple[datetime, datetime, str]:
        return (self.modified, self.observed, self.hash)

    @property
    def id(self) -> str:
        """The edition in row keys and event ids: sorts by Microsoft's stamp; 12 hex digits tell contents apart."""
        return f"{self.modified:%Y%m%d%H%M%S}-{self.hash[:12]}"


@dataclass(frozen=True, slots=True)
class Event:
    """What happened from one edition to the next; `late` ones are shown and have no effects.

    `old` and `new` are for people: one line a window, a sentence, a part. `slips`: how far each date moved.
    `tenant`: whose own row noticed it, for what the editions do not say. Where the rest of the plan stands, `part` is
    what was cancelled or put on hold; `postponed`: the plan was only put off to other dates. `kept`: an earlier reader
    saw it, and the newer one does not.
    """

    type: EventType
    edition: str
    at: datetime
    old: str = ""
    new: str = ""
    late: bool = False
    slips: tuple[Slip, ...] = ()
    tenant: str = ""
    part: str = ""
    postponed: bool = False
    kept: bool = False

    @property
    def id(self) -> str:
        return f"{self.edition}:{self.type}" + (":tenant" if self.tenant else "")

    @staticmethod
    def type_in(event_id: str) -> str:
        """What stands for the type in an event's id."""
        return event_id.split(":")[1]


_REMINDERS = ("silent-", "asked@", "impact@")


@dataclass(frozen=True, slots=True)
class Effect:
    """One thing that a decision wants done.

    `target` is the ticket system or channel of the policy; `why` are the reasons;
    `answers`: who answers for the team on that day, a person or a group. `occasion`: what the card is sent for where
    that is no edition, such as `act-7@<day>`; `edition` is then the one that was current.
    A ticket's row is keyed by system, a card's by channel and occasion, which is the edition where there is none.
    """

    kind: Literal["ticket", "card"]
    target: str
    team: str
    edition: str
    why: tuple[Reason, ...]
    events: tuple[str, ...] = ()
    answers: str = ""
    occasion: str = ""

    @property
    def key(self) -> str:
        if self.kind == "ticket":
            return f"ticket|{self.target}"
        return f"card|{self.target}|{self.occasion or self.edition}"

    @property
    def is_reminder(self) -> bool:
        """Whether nobody spoke, somebody asked, or it asks how the rollout went: nobody hears of it from then on.

        Whoever got a card of another kind is kept up to date.
        """
        return self.occasion.startswith(_REMINDERS)


@dataclass(frozen=True, slots=True)
class Decision:
    """What the policy made of the change at one edition. `silent`: why nothing follows, where nothing does.

    `unowned`: services of the post that nobody owns. `tenants`: those that were looked at, where the policy asks.
    `withheld`: why effects that a route wanted do not follow, one line each. `seq`: of the assessment that
    was looked at.
    """

    edition: str
    at: datetime
    teams: tuple[str, ...]
    workloads: tuple[str, ...]
    effects: tuple[Effect, ...] = ()
    silent: str = ""
    unowned: tuple[str, ...] = ()
    tenants: tuple[str, ...] = ()
    withheld: tuple[str, ...] = ()
    seq: int = 0


class Days(NamedTuple):
    """Days until a change was looked at, decided and closed; None where nobody did."""

    triage: int | None = None
    decide: int | None = None
    close: int | None = None


class Stood(NamedTuple):
    """How long a change stood closed between its openings: seconds, and working days."""

    seconds: int = 0
    working: int = 0


NO_DAYS, NEVER_STOOD = Days(), Stood()


@dataclass(frozen=True, slots=True)
class Closing:
    """That the change is done: when, through what, and which closing of the change it is.

    `reference`: the ticket's number, or how many tasks or teams; `by`: the person who closed it on its page. `worked`:
    working days by the calendar of the day on which it was closed; `target`: the days that the policy allowed then.
    `before`: it lapsed before anybody measured, and counts in no measure.
    """

    at: datetime
    through: Through
    reference: str
    number: int
    by: str = ""
    worked: Days = NO_DAYS
    target: Days = NO_DAYS
    before: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """One Message Center id over all tenants and editions. `post` is Graph's JSON of the newest edition.

    `closings`: how often it was closed; `stood`: how long, where it was opened again. `moments`: `reopened`, when that
    was; `resumed`, when Microsoft's word did it.
    `first_load`: the first reading of a tenant's feed brought it, when nothing of that feed was known.
    `assessment`: what people decided; it stands in a row of its own.
    """

    id: str
    post: Mapping[str, Any] = field(repr=False)
    first_seen: datetime
    editions: tuple[Edition, ...]
    stage: Stage = "classify"
    events: tuple[Event, ...] = ()
    decision: Decision | None = None
    closed: Closing | None = None
    closings: int = 0
    moments: Mapping[str, datetime] = field(default_factory=dict)
    parked: str = ""
    first_load: bool = False
    assessment: Assessment = NOTHING_SETTLED
    stood: Stood = NEVER_STOOD
    _read: Post | None = field(default=None, repr=False, compare=False)

    @property
    def current(self) -> Edition:
        return self.editions[-1]

    @property
    def revision(self) -> int:
        return len(self.editions)

    @property
    def reading(self) -> Classification:
        """What the newest classified edition is read as, by both readers where there are two.

        The neutral values while none has been classified.
        """
        return next((read for edition in reversed(self.editions) if (read := edition.told)), Classification(self.id))

    @property
    def own_reading(self) -> Classification:
        """The same as our own reader alone reads it: what events come from, and what settled days are held against."""
        told = (edition.facts.told for edition in reversed(self.editions) if edition.facts)
        return next(told, Classification(self.id))

    @property
    def classification(self) -> Classification:
        """The same, and over it what people settled: what routes, cards, tickets, lists and pages look at."""
        readings = self._readings() if self.assessment.settled else ()
        return overlaid(self.reading, self.assessment, readings) if readings else self.reading

    def standing(self, name: FieldName) -> Standing | None:
        """How a settled field stands to the newest edition; None where it is not settled."""
        settled = self.assessment.settled.get(name)
        return standing(name, settled, self._readings()) if settled else None

    def _readings(self) -> tuple[Reading, ...]:
        """What was read of the editions, without those that came late, which decide nothing any more."""
        read = [edition for edition in self.editions if edition.facts]
        timely = (edition for edition in read if not edition.late or edition is read[-1])
        return tuple(Reading(each.id, each.facts.classification) for each in timely if each.facts)

    @property
    def particulars(self) -> Particulars:
        """What the newest edition that was read says of who, which setting, which steps, how to get out."""
        return next((e.facts.particulars for e in reversed(self.editions) if e.facts), NOTHING_SAID)

    def read(self) -> Post:
        """The post of the newest edition; read once, also for what is made of this change by `replace`."""
        if self._read is None or self._read.raw is not self.post:
            object.__setattr__(self, "_read", read_post(self.post))
        assert self._read is not None
        return self._read


@dataclass(frozen=True, slots=True)
class Copy:
    """One tenant's copy of a change: row `t|<id>|<tenant>`.

    `edition` is the edition's id that the tenant shows; `variant` the content hash where its text truly differs. `due`:
    the tenant joined a change that is decided, and a policy that asks for tenants has not looked at that yet.
    `first_load`: it joined with the first reading of its feed.
    """

    tenant: str
    services: tuple[str, ...]
    edition: str
    first_seen: datetime
    observed: datetime
    modified: datetime
    variant: str = ""
    gone: datetime | None = None
    rollout_state: str = ""
    due: bool = False
    first_load: bool = False


@dataclass(frozen=True, slots=True)
class Claim:
    """Who works on an effect. One that has run out was never finished: what was done under it is unknown."""

    owner: str
    until: datetime


@dataclass(frozen=True, slots=True)
class TicketState:
    """The ticket of an effect, as far as it is known. A `number` comes with the first filing.

    `state` is one of ours, `remote_state` the system's own word for it; `decision` is the board's, with who and when
    as far as the system says. `applied`: ids of the events that the ticket has been told. `followed_by`: the change
    that deals with the ticket from now on (nothing is done here any more). `adopted_from`: the change whose ticket
    this is, and `key` that ticket's key; empty for a ticket of its own. `not_taken`: what the system did not let us do
    at the last filing, a line each that asks people to. `written`: the fields that we wrote, by the system's names,
    each with the fingerprint of what stood there then. `tasks`: keys of the steps for which a task was made.
    `moved_at`: when a person was first seen to have moved it. `risk`, `planned_start`, `planned_end`: of the built-in
    register the risk in the ticket, and the days that a person set there in place of ours.
    """

    number: str = ""
    url: str = ""
    state: str = ""
    remote_state: str = ""
    decision: str = ""
    decided_by: str = ""
    decided_at: datetime | None = None
    opened_at: datetime | None = None
    applied: tuple[str, ...] = ()
    followed_by: str = ""
    adopted_from: str = ""
    key: str = ""
    not_taken: tuple[str, ...] = ()
    written: Mapping[str, str] = field(default_factory=dict)
    tasks: tuple[str, ...] = ()
    moved_at: datetime | None = None
    risk: str = ""
    planned_start: date | None = None
    planned_end: date | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a card waits: the channel, which may be another than its own, and the slot in which that sends a digest."""

    channel: str
    slot: str


@dataclass(frozen=True, slots=True)
class EffectState:
    """One effect and how far it is: what is due, who holds it and what is done are three separate things.

    `due`: the edition's id to be applied, empty when nothing is. `due_because`: what made it due again: another change,
    or `a` and the number of the assessment. `done`: the edition that was applied last, `done_at` when. `parked`: why it
    waits for a person. `ticket` stays empty for a card. `first_load`: what became of an effect of a first load; while
    it is kept, nothing is due. `place`: where a card waits for a digest; nothing is due then, as the digest sends it.
    `stopped`: why a card is not sent any more. `held`: its channel had had its cards of the day, so that it waited.
    """

    effect: Effect
    due: str = ""
    due_because: str = ""
    claim: Claim | None = None
    done: str = ""
    done_at: datetime | None = None
    parked: str = ""
    ticket: TicketState = TicketState()
    first_load: FirstLoadStep = ""
    place: Place | None = None
    stopped: str = ""
    held: bool = False

    @property
    def is_kept(self) -> bool:
        """Whether it waits until a person releases it."""
        return self.first_load == "kept"

    @property
    def is_silent(self) -> bool:
        """Whether nobody was told by it, and nobody will be by itself."""
        return self.first_load in {"kept", "over"}
