"""What the policy says of a Freshservice account that takes our tickets."""

import re
from collections.abc import Iterator
from typing import Literal

from pydantic import Field, field_validator, model_validator

from shared.adapters.ticketing.settings import TicketSettings
from shared.core.policy.model import SecretName

_ADDRESS = re.compile(r"https://[A-Za-z0-9.-]+(:\d+)?|http://(localhost|127\.0\.0\.1)(:\d+)?")
_API_HOST = re.compile(
    r"https://[a-z0-9-]+\.freshservice\.com(:443)?|https?://(localhost|127\.0\.0\.1)(:\d+)?", re.IGNORECASE
)
TYPES = {"minor": 1, "standard": 2, "major": 3, "emergency": 4}


class Settings(TicketSettings):
    """Where the changes go, and as whom.

    `domain`: "contoso" for contoso.freshservice.com, or its whole address as `url`. `api_key`: the NAME of the
    secret that holds an agent's API key. `requester_id`: the id of the one in whose name changes are requested.
    `key_field`: the name of a custom field of changes (single line of text) that holds our key; without it the key is
    the last line of the description, and look-ups read the changes page by page. `workspace_id`: 0 for the first one.
    `undated_days`: so many days after a change is filed its planned dates are set, where the form requires some and
    Microsoft announces neither dates nor a deadline.
    """

    domain: str = Field("", pattern=r"^[A-Za-z0-9-]*$")
    url: str = ""
    api_key: SecretName = Field(min_length=1)
    requester_id: int = Field(gt=0)
    key_field: str = Field("", pattern=r"^[a-z0-9_]*$")
    type: Literal["minor", "standard", "major", "emergency"] = "minor"
    workspace_id: int = Field(0, ge=0)
    undated_days: int = Field(30, ge=0, le=730)

    @field_validator("url")
    @classmethod
    def _an_address(cls, url: str) -> str:
        if url and not _ADDRESS.fullmatch(url.rstrip("/")):
            raise ValueError("an address that begins with https://, without a path")
        return url.rstrip("/")

    @model_validator(mode="after")
    def _can_be_reached(self) -> "Settings":
        if not (self.domain or self.url):
            raise ValueError("say `domain`, the name before .freshservice.com")
        return self

    def objections(self) -> Iterator[tuple[str, str]]:
        """What `check` and `push` refuse; a policy in force goes on with it."""
        if self.url and not _API_HOST.fullmatch(self.url):
            yield (
                "url",
                "Freshservice's API answers at <name>.freshservice.com only, not at an own address: say `domain`",
            )

    @property
    def address(self) -> str:
        return self.url or f"https://{self.domain.lower()}.freshservice.com"
