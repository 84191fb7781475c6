"""What the policy says of a Jira project that takes our tickets."""

import re

from pydantic import Field, field_validator, model_validator

from shared.adapters.ticketing.settings import TicketSettings
from shared.core.policy.model import SecretName

_SITE = re.compile(r"(?!-)[a-z0-9-]+(\.[a-z0-9-]+)*")
_ADDRESS = re.compile(r"https://[A-Za-z0-9.-]+(:\d+)?(/[\w./-]*)?|http://(localhost|127\.0\.0\.1)(:\d+)?(/[\w./-]*)?")


class Settings(TicketSettings):
    """Where the issues go, and as whom.

    `site`: "contoso" for contoso.atlassian.net. `token`: the NAME of the secret. With `email` it is that user's API
    token; without, it is a bearer token (OAuth 2.0, a service account), for which Atlassian's gateway wants `cloud_id`.
    `url`: the API's address where it is none of these. `issue_type`: its name or id. `resolution`: the one with which
    a cancelled change is resolved, where the workflow asks for one.
    """

    site: str = ""
    url: str = ""
    cloud_id: str = Field("", pattern=r"^[A-Za-z0-9-]*$")
    email: str = ""
    token: SecretName = Field(min_length=1)
    project: str = Field(pattern=r"^[A-Z][A-Z0-9_]+$")
    issue_type: str = Field(min_length=1)
    resolution: str = ""

    @field_validator("site")
    @classmethod
    def _a_site(cls, site: str) -> str:
        site = site.removeprefix("https://").strip("/").lower()
        if site and not _SITE.fullmatch(site):
            raise ValueError("the name before .atlassian.net, or the whole host")
        return site if "." in site or not site else f"{site}.atlassian.net"

    @field_validator("url")
    @classmethod
    def _an_address(cls, url: str) -> str:
        if url and not _ADDRESS.fullmatch(url):
            raise ValueError("an address that begins with https://")
        return url.rstrip("/")

    @model_validator(mode="after")
    def _can_be_reached(self) -> "Settings":
        if not (self.site or self.url):
            raise ValueError("say `site`, the name before .atlassian.net")
        if not (self.email or self.cloud_id or self.url):
            raise ValueError("say `email` for an API token, or `cloud_id` for a bearer token")
        return self

    @property
    def api(self) -> str:
        """Where the API is: the site itself for API tokens, Atlassian's gateway for others."""
        if self.url:
            return self.url
        return f"https://{self.site}" if self.email else f"https://api.atlassian.com/ex/jira/{self.cloud_id}"

    def page(self, number: str) -> str:
        """The address of an issue for people."""
        return f"{f'https://{self.site}' if self.site else self.url}/browse/{number}"
