"""A version of a post, as it is played over a policy."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

TENANT = "replay"
"""The tenant of a post of which none is known."""


@dataclass(frozen=True, slots=True)
class Version:
    """What one tenant showed at one moment: Graph's JSON of the post."""

    observed: datetime
    raw: Mapping[str, Any]
    tenant: str = TENANT
