"""What people filled in stays theirs: a field is written again only where it holds what we last wrote.

A fingerprint of each field that we wrote is kept with the ticket's number. A field that holds something else was filled
in by somebody since, and is left alone until it holds again what we wrote, or what we want.
"""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Literal

from shared.adapters.recent import Recent
from shared.core.terms import State

_LENGTH, _REMEMBERED = 12, 1_000
IN_WORK: frozenset[State] = frozenset({"implement", "review"})
"""States of a ticket whose plan is running: its planned dates are kept."""


def fingerprint(text: str) -> str:
    """Of a field's value in the form in which the adapter compares it: 12 hex digits."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_LENGTH]


def filled_in(written: Mapping[str, str], values: Mapping[str, str]) -> frozenset[str]:
    """The fields that people filled in since we wrote them.

    `values`: what the fields hold now, in the form in which the adapter compares them. Of a field that we never wrote,
    or wrote before fingerprints were kept, nobody is known to have filled it in.
    """
    return frozenset(name for name, text in values.items() if name in written and written[name] != fingerprint(text))


def theirs(
    written: Mapping[str, str], values: Mapping[str, str], planned: Iterable[str], state: State | Literal["unknown"]
) -> frozenset[str]:
    """The fields that are not written: those that people filled in, and the dates of a plan that is running.

    `planned`: the fields that hold its first and last day.
    """
    return filled_in(written, values) | (frozenset(planned) if state in IN_WORK else frozenset())


def written_now(written: Mapping[str, str], values: Mapping[str, str], ours: Iterable[str]) -> dict[str, str]:
    """The fingerprints after a write. `values`: what the fields hold now; `ours`: those that hold what we want."""
    return {**written, **{name: fingerprint(values[name]) for name in ours if name in values}}


class Attempts:
    """What was sent to tickets lately: a write whose answer was lost is not taken for somebody's edit.

    Only this process knows them; what another one began is somebody's edit, unless it is what we want.
    """

    def __init__(self) -> None:
        self._sent: Recent[str, dict[str, str]] = Recent(_REMEMBERED)  # by the system's id

    def keep(self, ticket_id: str, values: Mapping[str, str]) -> None:
        """Remember what is about to be sent. `values`: as for `filled_in`."""
        prints = {name: fingerprint(text) for name, text in values.items()}
        self._sent[ticket_id] = {**self._sent.get(ticket_id, {}), **prints}

    def known(self, ticket_id: str, written: Mapping[str, str], values: Mapping[str, str]) -> dict[str, str]:
        """The fingerprints `written`, and in their place those of what was sent since, where a field holds that."""
        sent = self._sent.get(ticket_id, {})
        since = {name: sent[name] for name in written if sent.get(name) == fingerprint(values.get(name, ""))}
        return {**written, **since}
