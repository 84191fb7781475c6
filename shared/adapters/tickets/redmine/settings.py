"""What the policy says of a Redmine project that takes our tickets."""

import re
from typing import Literal

from pydantic import Field, field_validator, model_validator

from shared.adapters.ticketing.settings import TicketSettings
from shared.core.policy.model import SecretName

_ADDRESS = re.compile(r"https://[A-Za-z0-9.-]+(:\d+)?(/[\w./-]*)?|http://(localhost|127\.0\.0\.1)(:\d+)?(/[\w./-]*)?")


class Settings(TicketSettings):
    """Where the issues go, and as whom.

    `api_key`: the NAME of the secret, a user's API access key. `project`: its identifier, as in its address.
    `tracker`, `key_field`: name or number; `key_field` is the custom field for our key (text, "used as a filter").
    `markup`: as under Administration, Settings, General, Text formatting. `fields` takes Redmine's own names
    (`assigned_to_id`) and custom fields by name or number. `values.group` names issue categories. `decision_field`
    is a custom field in which the board decides, and `decisions` says which of its values mean what.
    """

    url: str
    api_key: SecretName = Field(min_length=1)
    project: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,99}$")
    tracker: str | int = Field(union_mode="left_to_right")
    key_field: str | int = Field(union_mode="left_to_right")
    markup: Literal["textile", "markdown", "common_mark"] = "textile"
    decision_field: str | int = Field("", union_mode="left_to_right")
    decisions: dict[str, Literal["approved", "rejected"]] = Field(
        default={"Approved": "approved", "Rejected": "rejected"}
    )

    @field_validator("url")
    @classmethod
    def _an_address(cls, url: str) -> str:
        if not _ADDRESS.fullmatch(url):
            raise ValueError("an address that begins with https://")
        return url.rstrip("/")

    @model_validator(mode="after")
    def _named(self) -> "Settings":
        if self.tracker == "" or self.key_field == "":
            raise ValueError("say `tracker` and `key_field`, by name or number")
        return self

    def page(self, number: str) -> str:
        """The address of an issue for people."""
        return f"{self.url}/issues/{number}"
