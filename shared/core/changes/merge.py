"""Merging: what one tenant's copy of a post does to the organisation's change, in whatever order copies arrive."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from shared.core.changes.change import Change, Copy, Edition, Event
from shared.core.posts.fingerprints import content_hash
from shared.core.posts.post import Post, read_post
from shared.core.posts.services import canonical_set

_PROPERTY = 30_000  # characters; a property holds 32,768
Outcome = Literal["new", "edition", "late", "known", "variant"]


@dataclass(frozen=True, slots=True)
class Arrival:
    """One tenant's copy as it was read at `observed`. `first_load`: nothing of the tenant's feed was known before."""

    tenant: str
    observed: datetime
    post: Post
    hash: str
    first_load: bool = False

    @classmethod
    def of(cls, tenant: str, observed: datetime, raw: Mapping[str, Any], *, first_load: bool = False) -> "Arrival":
        """Raises PermanentError for something without a usable id."""
        return cls(tenant, observed, read_post(raw), content_hash(raw), first_load)


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
        new = Change(arrival.post.id, arrival.post.raw, arrival.observed, (arrived,), first_load=arrival.first_load)
        return Merged("new", new, _copied(None, arrival, arrived, ""), True, True, arrived)
    twin = _twin_of(change, arrived)
    if twin:
        return _with_copy("known", change, _touched(change, twin, arrived.modified), copy, arrival, shown=twin)
    if _is_variant(change, copy, arrived):
        return _with_copy(
            "variant", change, change, copy, arrival, shown=_edition_shown(change, copy), variant=arrival.hash
        )
    arrived = replace(arrived, late=_is_late(change, arrived))
    merged = replace(change, editions=_placed(change, arrived), stage="classify", parked="")
    newest = merged.current is arrived
    if newest:
        merged = replace(merged, post=arrival.post.raw)
    return _with_copy("edition" if newest else "late", change, merged, copy, arrival, shown=arrived, new=arrived)


def _twin_of(change: Change, arrived: Edition) -> Edition | None:
    """The edition that this content is, None for a new one.

    A touch of the stamp alone is no edition; a return to an older content, with another one in between, is.
    """
    stamp = arrived.modified
    near = [edition for edition in change.editions if stamp in edition.stamps]
    if not near:
        near = [edition for edition in change.editions if edition.stamps[0] < stamp < edition.stamps[-1]]
    if not near:
        before = [edition for edition in change.editions if edition.stamps[-1] < stamp]
        after = [edition for edition in change.editions if edition.stamps[0] > stamp]
        near = [*before[-1:], *after[:1]]
    return next((edition for edition in near if edition.hash == arrived.hash), None)


def _touched(change: Change, twin: Edition, stamp: datetime) -> Change:
    """The change with one more stamp of a known content, so that what was shown before it is known to be older."""
    if stamp in twin.stamps:
        return change
    after = replace(twin, touched=tuple(sorted((*twin.touched, stamp))))
    return replace(change, editions=tuple(after if edition is twin else edition for edition in change.editions))


def _is_variant(change: Change, copy: Copy | None, arrived: Edition) -> bool:
    """Another content under the same stamp is an edit only from a tenant that held the current one."""
    newest = change.current
    if all(arrived.modified not in edition.stamps for edition in change.editions):
        return False
    if any(_came_before(arrived, edition) for edition in change.editions):
        return False
    if copy is None or copy.variant or _edition_shown(change, copy).hash != newest.hash:
        return True
    follows = arrived.observed > copy.observed
    preceded = arrived.observed < copy.observed and arrived.key < newest.key  # two messages in the wrong order
    return arrived.modified != newest.stamps[-1] or not (follows or preceded)


def _came_before(arrived: Edition, edition: Edition) -> bool:
    """Whether the tenant that the edition is from had shown this content before it, under the same stamp."""
    same = arrived.modified == edition.modified and arrived.tenant == edition.tenant
    return same and arrived.observed < edition.observed


def _is_late(change: Change, arrived: Edition) -> bool:
    """Whether something newer has been decided; before the first decision nothing is late."""
    decided = next((e for e in change.editions if change.decision and e.id == change.decision.edition), None)
    return decided is not None and (arrived.key < decided.key or arrived.modified < decided.stamps[-1])


def _placed(change: Change, arrived: Edition) -> tuple[Edition, ...]:
    """The editions with the new one in its place; a content that was shown before and after it is two of them."""
    placed = [arrived]
    for edition in change.editions:
        if edition.stamps[0] < arrived.modified < edition.stamps[-1]:
            placed += _split(edition, arrived)
        else:
            placed.append(edition)
    return tuple(sorted(placed, key=lambda edition: edition.key))


def _split(edition: Edition, between: Edition) -> tuple[Edition, Edition]:
    """What was taken for one content throughout, around another one; the half with its first stamp keeps its id."""
    halves = [
        tuple(stamp for stamp in edition.stamps if (stamp < between.modified) is before) for before in (True, False)
    ]
    own, other = halves if edition.modified in halves[0] else halves[::-1]
    observed, late = max(edition.observed, between.observed), edition.late or between.late
    return (
        replace(edition, touched=tuple(stamp for stamp in own if stamp != edition.modified)),
        replace(edition, modified=other[0], touched=other[1:], observed=observed, late=late),
    )


def _edition_shown(change: Change, copy: Copy | None) -> Edition:
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
    back = copy is not None and copy.gone is not None and after is not copy
    if after is not copy and all_gone(change):
        change = replace(change, events=(*change.events, Event("returned", change.current.id, arrival.observed)))
    # A copy that is back writes the change in any case: whoever is about to mark it gone everywhere meets a conflict.
    return Merged(outcome, change, after, back or change is not before, after is not copy, new)


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
        rollout_state=_rollout_state(arrival.post),
    )


def _rollout_state(post: Post) -> str:
    """Microsoft's own rollout state in this tenant, as it came; one too long for a table's property is left out."""
    state = (post.detail("FeatureStatusJson") or ("",))[0]
    return state if len(state) <= _PROPERTY else ""


def all_gone(change: Change) -> bool:
    """Whether the last that was heard is that every tenant had lost the post."""
    last = next((event.type for event in reversed(change.events) if event.type in {"gone", "returned"}), None)
    return last == "gone"


def went(copy: Copy, observed: datetime) -> Copy | None:
    """The tenant's row once the post is gone there; None where a newer observation, or the same one, is recorded."""
    if copy.gone or observed <= copy.observed:
        return None
    return replace(copy, gone=observed, observed=observed)


def gone_everywhere(change: Change, at: datetime) -> Change:
    """The change with the event that no tenant shows it any more; gone is never closed."""
    if all_gone(change):
        return change
    return replace(change, events=(*change.events, Event("gone", change.current.id, at)))
