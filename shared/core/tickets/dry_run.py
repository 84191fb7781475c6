"""What a ticket would be that a dry run keeps on our side; one row of table `dryruns` (pure)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.core.terms import State


@dataclass(frozen=True, slots=True)
class DryTicket:
    """What one change's ticket would be. `fields` by the system's own names; `notes` as it would have been told.

    `opened_for`: the change in whose key it stands; `change_id` is another one where that took the ticket over.
    """

    system: str
    number: str
    opened_for: str
    change_id: str
    title: str
    where: str
    fields: Mapping[str, Any]
    notes: tuple[str, ...]
    state: State
    created: datetime
    updated: datetime
