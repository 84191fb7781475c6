"""What came of the changes of a run, and why nothing came of the others, in one sentence."""

from collections.abc import Mapping

from shared.record.changes import ChangeRecord

FOLLOWED = "got a ticket or a card"
KEPT = "came with the first load and wait until somebody releases them"
_OVER = "came with the first load and were over before anybody released them"
_NOBODY = "concern nobody that the policy names"
_UNREAD = "are not read yet"
# By the beginning of what a decision says about its silence (shared/core/decisions/decide.py).
_SILENCES = {
    "its plan was over": "had run out when they were first seen",
    "published ": "were older than the policy's first_load when they were first seen",
    "nothing that asks": "changed in nothing that asks people to look again",
    "a data privacy post": "are on data privacy, and may not be sent",
}


def why_nothing(record: ChangeRecord) -> str:
    """Why nothing follows from a change; FOLLOWED where something does."""
    if record.states:
        kept = KEPT if any(state.is_kept for state in record.states) else _OVER
        return kept if all(state.is_silent for state in record.states) else FOLLOWED
    decision = record.change.decision
    if decision is None:
        return "are parked" if record.change.parked else _UNREAD
    said = decision.silent or "; ".join(decision.withheld)
    return next((words for begin, words in _SILENCES.items() if said.startswith(begin)), said or _NOBODY)


def summed_up(counts: Mapping[str, int]) -> str:
    """`96 changes: 44 got a ticket or a card, 40 concern nobody that the policy names, ...`; the most first."""
    total = sum(counts.values())
    order = sorted(counts.items(), key=lambda each: (each[0] != FOLLOWED, -each[1], each[0]))
    listed = ", ".join(f"{count:,} {words}" for words, count in order)
    return f"{total:,} change{'' if total == 1 else 's'}: {listed or 'there is none'}"
