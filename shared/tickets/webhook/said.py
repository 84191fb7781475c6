"""What an endpoint says of a ticket, in an answer or in a call of its own, and what we then know; without a call."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal, get_args

from shared.core.ticket import ENDED, UNKNOWN, State, Verdict, cut
from shared.ticket_document import bare, value
from shared.tickets.webhook.memory import Held
from shared.tickets.webhook.message import Message, Operation
from shared.tickets.webhook.settings import Settings

DELETED = "deleted"
"""As a state: the ticket is no more."""
_URL = re.compile(r"https?://[!-~]{1,500}")
_LONGEST = 100  # characters of a number, a state, a name
_AFTER: Mapping[Operation, State] = {"opened": "new", "cancelled": "cancelled", "reopened": "new"}
"""What a ticket is when the endpoint took the message and says nothing of its state."""


@dataclass(frozen=True, slots=True)
class Said:
    """Empty where nothing was said. `at`: when, by the other side's clock."""

    key: str = ""
    number: str = ""
    url: str = ""
    state: str = ""
    decision: Verdict | Literal["unreadable"] = ""
    decided_by: str = ""
    decided_at: datetime | None = None
    closed_at: datetime | None = None
    at: datetime | None = None


def read(body: Any) -> Said:
    """From `{key, number, url, state, decision, decided_by, decided_at, closed_at}`, or that inside of `data`."""
    if not isinstance(body, Mapping):
        return Said()
    data = body.get("data")
    inside: Mapping[str, Any] = data if isinstance(data, Mapping) else body
    decision = _text(inside.get("decision")).casefold()
    url = _text(inside.get("url"), 500)
    return Said(
        key=_text(inside.get("key")),
        number=_text(inside.get("number")),
        url=url if _URL.fullmatch(url) else "",
        state=_text(inside.get("state")),
        decision=decision if decision in {"", "approved", "rejected"} else "unreadable",  # type: ignore[arg-type]  # ruled out just here
        decided_by=_text(inside.get("decided_by")),
        decided_at=_moment(inside.get("decided_at")),
        closed_at=_moment(inside.get("closed_at")),
        at=_moment(body.get("timestamp")) or _moment(inside.get("timestamp")),
    )


def state_of(settings: Settings, word: str) -> State | Literal["unknown"]:
    """Our state for the endpoint's word: the policy's, else one of our own words."""
    mapped = {theirs.casefold(): ours for theirs, ours in settings.states.items()}.get(word.casefold())
    if mapped:
        return mapped
    plain = word.casefold().replace("canceled", "cancelled")
    return next((state for state in get_args(State) if state == plain), UNKNOWN)


def acknowledged(settings: Settings, held: Held, message: Message, said: Said, now: datetime) -> Held:
    """After the endpoint took a message."""
    opened = message.operation == "opened"
    held = replace(
        held,
        standing=True,
        content=held.content if message.operation == "noted" else message.content,
        told=tuple(dict.fromkeys((*(() if opened else held.told), *message.notes))),
        number=said.number or ("" if opened else held.number) or held.key,
        url=said.url or ("" if opened else held.url),
    )
    if held.pending and held.pending.id == message.id:
        held = replace(held, pending=None, attempts=0)
    if opened:
        held = replace(held, remote_state="", decision="", decided_by="", decided_at=None)
    after = _AFTER.get(message.operation)
    if after and not said.state:
        held = _moved(held, after, held.remote_state if not opened else "", now)
    return heard(settings, held, said, now)


def heard(settings: Settings, held: Held, said: Said, now: datetime) -> Held:
    """With the state and the decision that were said."""
    if said.state.casefold() == DELETED:
        return replace(held, standing=False, life=held.life + 1, content="", told=(), pending=None)
    if said.state:
        held = _moved(held, state_of(settings, said.state), said.state, said.closed_at or now)
    if said.decision in {"approved", "rejected"}:
        verdict: Verdict = "approved" if said.decision == "approved" else "rejected"
        same = verdict == held.decision
        held = replace(
            held,
            decision=verdict,
            decided_by=said.decided_by or (held.decided_by if same else ""),
            decided_at=said.decided_at or (held.decided_at if same else now),
        )
    return replace(held, url=said.url or held.url)


def _moved(held: Held, state: State | Literal["unknown"], word: str, at: datetime) -> Held:
    ended = at if state in ENDED else None
    if state in ENDED and held.state == state and held.closed_at:
        ended = held.closed_at
    return replace(held, state=state, remote_state=word, closed_at=ended)


def _text(what: Any, limit: int = _LONGEST) -> str:
    """A word or a number as one line; empty for anything else."""
    if isinstance(what, bool) or not isinstance(what, str | int) or (isinstance(what, int) and abs(what) > 10**18):
        return ""
    return cut(" ".join(bare(value(what)).split()), limit)


def _moment(what: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(what)
    except (TypeError, ValueError):
        return None
    return found.astimezone(UTC) if found.tzinfo else None
