"""Outcomes: a line of the log for each, with the change's id, and a counter for some (docs/operating.md, Telemetry)."""

import logging
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from shared.usecases.deps import Deps

Outcome = Literal[
    "fetched", "fetch_failed", "announced", "revised", "ticket_filed", "ticket_changed", "ticket_tried", "card_sent",
    "digest_sent", "parked", "replayed", "down", "up", "closed", "reopened", "answered",
    "read_again", "not_read_again",
]  # fmt: skip
COUNTERS: Mapping[Outcome, str] = MappingProxyType(
    {
        "announced": "foresignal.posts",
        "revised": "foresignal.revisions",
        "ticket_filed": "foresignal.tickets",
        "card_sent": "foresignal.cards",
        "digest_sent": "foresignal.cards",
        "parked": "foresignal.parked",
    }
)
"""The counter of an outcome, where it has one."""
GRAPH_CALLS = "foresignal.graph_calls"
_LOG = logging.getLogger("foresignal.outcome")
_ID = re.compile(r"\b([0-9a-fA-F]{4})[0-9a-fA-F]{4}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b")
_DOMAIN = re.compile(r"\b([\w-]{1,3})[\w-]*(\.onmicrosoft\.(?:com|us)|\.partner\.onmschina\.cn)\b", re.IGNORECASE)


def tell(
    deps: Deps, outcome: Outcome, *, change: str = "", tenant: str = "", target: str = "", ticket: str = "", by: int = 1
) -> None:
    """Say what has come of something: once it is recorded, and never a post's text.

    `target`: a channel, ticket system, queue or source, as the policy calls it. `by`: what the counter grows by.
    """
    about = {"change": change, "tenant": masked(tenant), "target": target, "ticket": ticket}
    about = {name: value for name, value in about.items() if value}
    words = " ".join(f"{name}={value}" for name, value in about.items())
    _LOG.info("outcome %s %s", outcome, words, extra={"outcome": outcome, **about})
    if outcome in COUNTERS:
        labels = {name: value for name, value in about.items() if name in {"tenant", "target"}}
        deps.here.telemetry.count(COUNTERS[outcome], by, labels)


def masked(text: str) -> str:
    """A tenant as it may stand in a log: of an id, or of a directory's own domain, the first characters."""
    return _DOMAIN.sub(r"\1…\2", _ID.sub(r"\1…", text))
