"""A line of the bench's table."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """`budget` is what the value may be at most."""

    what: str
    value: float
    budget: float

    @property
    def held(self) -> bool:
        return self.value <= self.budget
