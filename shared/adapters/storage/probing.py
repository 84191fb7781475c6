"""What the doctor asks of storage: names that nobody uses, and the clock in an answer."""

from typing import Any

from shared.adapters.clients.clock import seconds_ahead

NOBODY = "foresignal-doctor"
"""A row, message and blob of this name is never written."""
NEVER = "W/\"datetime'2001-01-01T00%3A00%3A00.0000000Z'\""
"""A version that nothing ever had."""


class Clock:
    """Hears an answer of an SDK. `ahead`: by how many seconds storage's clock is ahead of ours; None before."""

    def __init__(self) -> None:
        self.ahead: float | None = None

    def __call__(self, response: Any) -> None:
        self.ahead = seconds_ahead(dict(response.http_response.headers))
