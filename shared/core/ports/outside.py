"""The systems outside: sources, tasks, ticket systems, channels."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

if TYPE_CHECKING:  # whoever only fetches posts loads no card
    from shared.core.cards.card import Card
    from shared.core.policy.model import Tenant
    from shared.core.tickets.ticket import Difference, Preview, Ticket, TicketRef

if TYPE_CHECKING:  # whoever has no second reader loads nothing of it
    from shared.core.second.asking import Question, Reply


@dataclass(frozen=True, slots=True)
class Identity:
    """Who we are, as a token says it. `tenant`, `app`, `object_id`: ids; `name`: what people call it, where it is told.

    `roles`: the application roles that it has. `is_person`: somebody who has signed in, not an app.
    """

    tenant: str
    app: str = ""
    object_id: str = ""
    name: str = ""
    roles: frozenset[str] = frozenset()
    is_person: bool = False


class Access(Protocol):
    """Who we are, and whether tenants let us in. Nothing is changed.

    Every method raises SignInError where Entra gives no token (its code says why; `elsewhere`: it is that of the app,
    which does not run on this machine), and PermanentError and TransientError as Feed.
    """

    async def own(self) -> Identity | None:
        """Our own identity, with which storage is read; None where storage takes a key, or the token says nothing."""
        ...

    async def identity(self, name: str, tenant: Tenant) -> Identity | None:
        """Whom the tenant's Graph takes us for; None where the token says nothing."""
        ...

    async def try_read(self, name: str, tenant: Tenant) -> float | None:
        """Read one post. The seconds by which Graph's clock is ahead of ours; None where it does not say.

        Raises UngrantedError where we may not.
        """
        ...


class Feed(Protocol):
    """What a tenant's source shows: the posts of Message Center, the tasks of a plan."""

    def pages(self, name: str, tenant: Tenant) -> AsyncIterator[list[Mapping[str, Any]]]:
        """Every item of the tenant's feed as raw JSON, page by page, to the end.

        Raises TransientError (429, 503, network; `retry_after` in seconds where told) or PermanentError (401 after a
        fresh token, 403, 404), both naming the tenant and what to do, and no secret.
        """
        ...


class TaskSource(Feed, Protocol):
    """A tenant's plans of synced tasks."""

    def pages(self, name: str, tenant: Tenant) -> AsyncIterator[list[Mapping[str, Any]]]:
        """Every task of the plans `tenant.plan` as raw `plannerTask` JSON; errors as Feed."""
        ...

    async def task(self, name: str, tenant: Tenant, task: str) -> Mapping[str, Any]:
        """Raw `plannerTask` of one task; an empty mapping where it is gone."""
        ...

    async def details(self, name: str, tenant: Tenant, task: str) -> Mapping[str, Any]:
        """Raw `plannerTaskDetails` of one task; an empty mapping where it is gone."""
        ...

    async def write(self, name: str, tenant: Tenant, task: str, part: str, body: Mapping[str, Any], etag: str) -> str:
        """Write part `task` or `details` of a task over the version `etag`; the new one, empty where Graph names none.

        Raises StaleError where somebody wrote it meanwhile (409, 412) or took it away (404), DeclinedError for what
        Planner does not take (400, or 403 with the code of a limit), else TransientError and PermanentError as Feed.
        After these but a TransientError without an answer nothing is written.
        """
        ...


class RoadmapSource(Protocol):
    """The public roadmap of Microsoft 365."""

    async def items(self, url: str) -> Any:
        """The API's JSON as it came, with TransientError and PermanentError as Feed."""
        ...


class TicketSystem(Protocol):
    """A Change Review Board's ticket system. Our key is on every ticket, so what a failed call did can be looked up.

    Every method raises TransientError (429, 5xx, network; `retry_after` where told), TargetDownError (401; 403, 404 and
    410 to what concerns no ticket that is known) or PermanentError (the rest that waiting does not mend), all naming
    the system in the policy and what to do, and no secret. None of them tries again.
    """

    searches_late: float
    """Seconds that a new ticket may take to be found by its key; 0 where look-ups see it at once."""

    async def find(self, key: str) -> TicketRef | None:
        """The ticket that carries the key, in the place where we file and made by our own account.

        The oldest of those that have not ended, else the oldest. Keys can be guessed: one that another account made is
        none of ours, whatever it carries.
        """
        ...

    async def open(self, ticket: Ticket) -> TicketRef:
        """Create the ticket. Called under a claim; one that `find` finds already is amended and returned.

        One that has ended is not, unless `ticket.cancelled`: another is created, and a note on it tells of the other.
        """
        ...

    async def amend(self, ref: TicketRef, ticket: Ticket) -> TicketRef:
        """Make the ticket `ref.number` what it should be now, and add those `ticket.notes` that it does not have.

        What is the board's stays: state, assignment, decision. A ticket that was deleted by hand is opened again.
        `ticket.cancelled` cancels it and `ticket.reopen` opens it again, where it can be; else a note asks for it.
        """
        ...

    async def states(self, numbers: Sequence[str]) -> Mapping[str, TicketRef]:
        """The tickets of these numbers as they are now; one that no longer exists is absent."""
        ...

    def preview(self, ticket: Ticket) -> Preview:
        """What `open` would send, without a call."""
        ...

    async def differences(self, ref: TicketRef, ticket: Ticket) -> Sequence[Difference] | None:
        """How the fields of the ticket `ref.number` differ from what they should be; nothing is written.

        Those that `amend` would write, and those that it would leave to people; no notes, no state. Empty for a ticket
        that has ended and is left as it is; None where there is none. PermanentError where nobody can be asked.
        """
        ...

    async def ping(self) -> str:
        """Whether we may do all this, without changing anything: a line that says as whom, and where.

        Raises PermanentError naming the permission or setting that is missing.
        """
        ...


@runtime_checkable
class AnswersMany(Protocol):
    """A ticket system that `states` may ask for more than a hundred tickets at once: they lie in our own storage."""

    answers_at_once: int


@runtime_checkable
class Receives(Protocol):
    """A ticket system that cannot be asked: it tells us, and its adapter keeps what it says, for `states` to answer."""

    async def receive(self, body: Mapping[str, Any]) -> Sequence[str]:
        """Keep what a call's body says. The tickets' numbers; nothing where none of them is ours.

        Raises PermanentError for a body that it does not take.
        """
        ...


class Channel(Protocol):
    """Where cards go."""

    async def check(self) -> str:
        """Whether its settings lead somewhere, without sending anything: a line that says where, without a secret.

        Raises TargetDownError and TransientError as `post` would where they do not. Whether a card is taken there, only
        a card can tell.
        """
        ...

    async def post(self, card: Card) -> None:
        """Render one card as this channel shows it, and send it; returns when it was accepted.

        Raises TargetDownError where it takes no card at all, else PermanentError or TransientError.
        """
        ...


class Reader(Protocol):
    """A second reader: a language model in the organisation's own subscription."""

    async def ask(self, question: Question) -> Reply:
        """One call, with a deadline; nothing is tried again.

        Raises TransientError (429, 5xx, network, no answer in time; `retry_after` in seconds where told),
        TargetDownError (401, 403, 404: nothing can be asked until a person does something), DeclinedError (the
        service's content filter, a refusal, an answer that was cut off: this post gets no answer), else PermanentError.
        None names a secret or repeats the post.
        """
        ...

    async def check(self) -> str:
        """Whether we may ask, without asking anything that costs: a line that says where. Raises as `ask`."""
        ...
