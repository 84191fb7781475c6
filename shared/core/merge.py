"""Merging: what one tenant's copy of a post does to the organisation's change (rule 6; state.md, Hashes)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from shared.core.change import Change, Copy, Edition, Event
from shared.core.hashes import content_hash
from shared.core.post import Post, read_post
from shared.core.services import canonical_set

Outcome = Literal["new", "edition", "late", "known", "variant"]


@dataclass(frozen=True, slots=True)
class Arrival:
    """One tenant's copy as it was read at `observed`."""

    tenant: str
    observed: datetime
    post: Post
    hash: str

    @classmethod
    def of(cls, tenant: str, observed: datetime, raw: Mapping[str, Any]) -> "Arrival":
        """Raises PermanentError for something without a usable id."""
        return cls(tenant, observed, read_post(raw), content_hash(raw))


@dataclass(frozen=True, slots=True)
class Merged:
    """What must be written: the change and the copy where they differ from before, and an edition that is new."""

    outcome: Outcome
    change: Change
    copy: Copy
    change_differs: bool
    copy_differs: bool
    edition: Edition | None = None


def merge(change: Change | None, copy: Copy | None, arrival: Arrival) -> Merged:
    """The change and the tenant's copy after this arrival. The same arrival again changes nothing."""
    arrived = Edition(arrival.post.modified, arrival.observed, arrival.hash, arrival.tenant)
    if change is None:
        new = Change(arrival.post.id, arrival.post.raw, arrival.observed, (arrived,))
        return Merged("new", new, _copied(None, arrival, arrived, ""), True, True, arrived)
    known = _known(change, arrived)
    if known:
        return _with_copy("known", change, change, copy, arrival, shown=known)
    if _is_variant(change, copy, arrival):
        return _with_copy("variant", change, change, copy, arrival, shown=_shown(change, copy), variant=arrival.hash)
    late = arrived.key < change.current.key
    arrived = replace(arrived, late=late)
    editions = tuple(sorted((*change.editions, arrived), key=lambda edition: edition.key))
    merged = replace(change, editions=editions, stage="classify", parked="")
    if not late:
        merged = replace(merged, post=arrival.post.raw)
    return _with_copy("late" if late else "edition", change, merged, copy, arrival, shown=arrived, new=arrived)


def _known(change: Change, arrived: Edition) -> Edition | None:
    """The edition that this content is, None for a new one.

    A touch of the stamp alone is no edition; a return to an older content, with another one in between, is.
    """
    before = [edition for edition in change.editions if edition.modified <= arrived.modified]
    after = [edition for edition in change.editions if edition.modified > arrived.modified]
    same_stamp = [edition for edition in before if edition.modified == arrived.modified]
    near = same_stamp or before[-1:]
    return next((edition for edition in (*near, *after[:1]) if edition.hash == arrived.hash), None)


def _is_variant(change: Change, copy: Copy | None, arrival: Arrival) -> bool:
    """Another content under the same stamp is an edit only from a tenant that held the current one (state.md)."""
    if all(edition.modified != arrival.post.modified for edition in change.editions):
        return False
    held_current = copy is not None and not copy.variant and copy.edition == change.current.id
    fresh = copy is not None and arrival.observed > copy.observed
    return not (held_current and fresh and change.current.modified == arrival.post.modified)


def _shown(change: Change, copy: Copy | None) -> Edition:
    return next((e for e in change.editions if copy and e.id == copy.edition), change.current)


def _with_copy(
    outcome: Outcome,
    before: Change,
    change: Change,
    copy: Copy | None,
    arrival: Arrival,
    *,
    shown: Edition,
    variant: str = "",
    new: Edition | None = None,
) -> Merged:
    after = _copied(copy, arrival, shown, variant)
    if copy and copy.gone and after is not copy and all_gone(change):
        change = replace(change, events=(*change.events, Event("returned", change.current.id, arrival.observed)))
    return Merged(outcome, change, after, change is not before, after is not copy, new)


def _copied(copy: Copy | None, arrival: Arrival, shown: Edition, variant: str) -> Copy:
    """The tenant's row after this arrival; an older observation never changes it, a repeated one leaves it as it is."""
    if copy and arrival.observed <= copy.observed:
        return copy
    return Copy(
        tenant=arrival.tenant,
        services=canonical_set(arrival.post.services),
        edition=shown.id,
        first_seen=copy.first_seen if copy else arrival.observed,
        observed=arrival.observed,
        modified=arrival.post.modified,
        variant=variant,
        rollout_state=(arrival.post.detail("FeatureStatusJson") or ("",))[0][:4000],
    )


def all_gone(change: Change) -> bool:
    """Whether the last that was heard is that every tenant had lost the post."""
    last = next((event.type for event in reversed(change.events) if event.type in {"gone", "returned"}), None)
    return last == "gone"


def went(copy: Copy, observed: datetime) -> Copy | None:
    """The tenant's row once the post is gone there; None where a newer observation, or the same one, is recorded."""
    if copy.gone or observed < copy.observed:
        return None
    return replace(copy, gone=observed, observed=observed)


def gone_everywhere(change: Change, at: datetime) -> Change:
    """The change with the event that no tenant shows it any more; gone is never closed."""
    if all_gone(change):
        return change
    return replace(change, events=(*change.events, Event("gone", change.current.id, at)))
