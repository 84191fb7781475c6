"""Reading the editions of a change: each once by each version of the reader, so that like is compared with like."""

import logging
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from shared.core.changes.change import Change
from shared.core.changes.events import derive
from shared.core.changes.facts import is_stale, read_anew
from shared.core.changes.readings import FieldDifference, differences
from shared.core.classify.classifier import classify
from shared.core.errors import ConflictError, PermanentError
from shared.core.posts.privacy import shown_title
from shared.record import changes
from shared.record.changes import ChangeRecord, all_changes
from shared.record.editions import raw_edition
from shared.usecases.deps import Deps

_LOG = logging.getLogger("foresignal.classify")


@dataclass(frozen=True, slots=True)
class Rereading:
    """One change that another version of the reader read: what this version reads otherwise in its newest edition."""

    change: str
    title: str
    closed: bool
    differences: tuple[FieldDifference, ...]


async def with_facts(deps: Deps, change: Change) -> tuple[Change, bool]:
    """The change with this reader's facts of every edition, and whether another version had read some of them.

    An older content is read from its own row. Where that is gone, the facts that there are stand; PermanentError where
    there are none.
    """
    stale = [edition for edition in change.editions if is_stale(edition.facts)]
    read = {edition.hash: edition.facts for edition in change.editions if not is_stale(edition.facts)}
    for edition in stale:
        if edition.hash not in read:
            raw = change.post if edition.hash == change.current.hash else await _raw(deps, change, edition.hash)
            read[edition.hash] = edition.facts if raw is None else read_anew(edition.facts, raw)
            if raw is None:
                _missing(change, edition.id, known=edition.facts is not None)
    editions = (
        replace(edition, facts=read[edition.hash] or edition.facts) if is_stale(edition.facts) else edition
        for edition in change.editions
    )
    return replace(change, editions=tuple(editions)), any(edition.facts for edition in stale)


async def _raw(deps: Deps, change: Change, content: str) -> Mapping[str, Any] | None:
    for edition in change.editions:  # a content that was shown before and after another one has one row
        if edition.hash == content:
            raw = await raw_edition(deps.storage.tables, change.id, edition.id)
            if raw is not None:
                return raw
    return None


def _missing(change: Change, edition: str, *, known: bool) -> None:
    if not known:
        raise PermanentError(f"edition {edition} of {change.id} was recorded, but its row is gone; restore the table")
    _LOG.warning("edition %s of %s cannot be read anew: its row is gone; its old reading stands", edition, change.id)


async def reread(deps: Deps, record: ChangeRecord) -> bool:
    """Read a decided change anew where another version read it; True where that was written.

    Nothing follows from it: every event that only this reader sees is late. The next one tries again where somebody
    has just written the change.
    """
    change, again = await with_facts(deps, record.change)
    if not again:
        return False
    before = record.change
    write = record.replace_change(replace(change, events=derive(change, reread=True)))
    try:
        await changes.commit(deps.storage.tables, [write])
    except ConflictError:
        record.change = before
        return False
    return True


async def rereadings(deps: Deps) -> AsyncIterator[Rereading]:
    """Every change that another version read, with what differs now; nothing is written."""
    async for record in all_changes(deps.storage.tables):
        change = record.change
        facts = change.current.facts
        if facts and is_stale(facts):
            post = change.read()
            fields = differences(facts.classification, classify(post))
            yield Rereading(change.id, shown_title(post), change.closed is not None, fields)
