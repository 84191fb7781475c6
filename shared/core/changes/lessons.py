"""What somebody learned of a rollout, as it is told where the same service changes next (pure)."""

from dataclasses import dataclass
from datetime import date

from shared.core.terms import Load


@dataclass(frozen=True, slots=True)
class Lesson:
    """A person's words about the rollout of another change, with its help-desk load and the day of those words."""

    change: str
    load: Load
    words: str
    day: date
