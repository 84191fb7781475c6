"""What the policy says of a project of Azure Boards that takes our tickets."""

import re

from pydantic import Field, field_validator

from shared.adapters.ticketing.settings import TicketSettings
from shared.core.policy.model import SecretName

_ADDRESS = re.compile(r"https://[A-Za-z0-9.-]+(:\d+)?(/[\w./-]*)?|http://(localhost|127\.0\.0\.1)(:\d+)?(/[\w./-]*)?")


class Settings(TicketSettings):
    """Where the work items go, and as whom.

    `organization`: the name behind dev.azure.com. Without `pat` we sign in with our managed identity, which must be a
    user of the organisation, with Basic access; `pat` is the NAME of the secret that holds a personal access token.
    `url`: in place of https://dev.azure.com.
    """

    organization: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9-]*$")
    project: str = Field(min_length=1, max_length=64)
    work_item_type: str = Field(min_length=1)
    pat: SecretName = ""
    url: str = ""

    @field_validator("url")
    @classmethod
    def _an_address(cls, url: str) -> str:
        if url and not _ADDRESS.fullmatch(url):
            raise ValueError("an address that begins with https://")
        return url.rstrip("/")

    @property
    def api(self) -> str:
        return f"{self.url or 'https://dev.azure.com'}/{self.organization}"
