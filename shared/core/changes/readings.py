"""What two readings of one post differ in (pure)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.core.changes.events import windows_in_words
from shared.core.posts.classification import Classification

_NOT_COMPARED = frozenset({"id", "rollouts", "crb_why", "why", "unsure"})


@dataclass(frozen=True, slots=True)
class FieldDifference:
    """One field, as it was read and as it is read now."""

    field: str
    was: str
    now: str


def differences(was: Classification, now: Classification) -> tuple[FieldDifference, ...]:
    """The fields that differ, the rollout windows first; no reasons, which differ with every rule."""
    old, new = _values(was), _values(now)
    return tuple(FieldDifference(name, old[name], new[name]) for name in old if old[name] != new[name])


def _values(classification: Classification) -> dict[str, str]:
    label: Mapping[str, Any] = classification.to_label()
    values = {name: _in_words(value) for name, value in label.items() if name not in _NOT_COMPARED}
    return {"rollouts": "; ".join(windows_in_words(classification.windows).split("\n")) or "none", **values}


def _in_words(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value or "none")
