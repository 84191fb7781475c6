"""The plan of a change without the parts that do not go on: what is told of it (pure)."""

from dataclasses import replace

from shared.core.changes.change import Change
from shared.core.posts.classification import Classification, Halt
from shared.core.words.plan import UNDATED


def halts_of(change: Change) -> tuple[Halt, ...]:
    """The parts that do not go on, by the newest edition that was read; none where the whole plan does not stand."""
    if change.classification.status in UNDATED:
        return ()
    return next((edition.facts.halts for edition in reversed(change.editions) if edition.facts), ())


def standing_plan(change: Change) -> Classification:
    """The classification without rollouts to clouds that have no plan now."""
    classification = change.classification
    gone = {cloud for halt in halts_of(change) for cloud in halt.clouds}
    if not gone:
        return classification
    left = (
        replace(window, clouds=tuple(cloud for cloud in window.clouds if cloud not in gone))
        if gone & set(window.clouds)
        else window
        for window in classification.windows
    )
    return replace(
        classification, windows=tuple(after for after in left if after.clouds or after in classification.windows)
    )
