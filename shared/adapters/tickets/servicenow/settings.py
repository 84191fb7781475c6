"""What the policy says of a ServiceNow instance that takes our tickets."""

import re
from typing import Literal

from pydantic import Field, field_validator, model_validator

from shared.adapters.ticketing.settings import TicketSettings
from shared.core.policy.model import SecretName

_ADDRESS = re.compile(r"https://[A-Za-z0-9.-]+(:\d+)?|http://(localhost|127\.0\.0\.1)(:\d+)?")

_MAY_CREATE = frozenset({"admin", "itil", "change_manager"})
_TABLE_ROLE = "sn_change_write"


class Settings(TicketSettings):
    """Where the change requests go, and as whom.

    `instance`: "contoso" for contoso.service-now.com; `url` where it has another address. OAuth client credentials:
    `client_id` and the NAME of the secret `client_secret`; or basic: `user` and the NAME of the secret `password`.
    `api`: `change_management` creates by the change models, `table` inserts into the table. `type` is the change's; a
    standard change needs the `template` (the sys_id of a standard change template).
    """

    instance: str = Field("", pattern=r"^[A-Za-z0-9-]*$")
    url: str = ""
    client_id: str = ""
    client_secret: SecretName = ""
    user: str = ""
    password: SecretName = ""
    api: Literal["change_management", "table"] = "change_management"
    type: Literal["normal", "standard", "emergency"] = "normal"
    template: str = Field("", pattern=r"^([0-9a-f]{32})?$")

    @field_validator("url")
    @classmethod
    def _an_address(cls, url: str) -> str:
        if url and not _ADDRESS.fullmatch(url.rstrip("/")):
            raise ValueError("an address that begins with https://, without a path")
        return url.rstrip("/")

    @model_validator(mode="after")
    def _can_be_reached(self) -> "Settings":
        if not (self.instance or self.url):
            raise ValueError("say `instance`, the name before .service-now.com")
        if bool(self.client_id) != bool(self.client_secret) or bool(self.user) != bool(self.password):
            raise ValueError("`client_id` goes with `client_secret`, and `user` with `password`")
        if bool(self.client_id) == bool(self.user):
            raise ValueError("say either `client_id` and `client_secret` (OAuth), or `user` and `password`")
        if self.type == "standard" and self.api == "change_management" and not self.template:
            raise ValueError("a standard change is made of a `template`: its sys_id")
        return self

    @property
    def writing_roles(self) -> frozenset[str]:
        """The roles of which our user needs one, by the API that makes the changes."""
        return _MAY_CREATE if self.api == "change_management" else _MAY_CREATE | {_TABLE_ROLE}

    @property
    def role_names(self) -> str:
        """Which role to give our user."""
        if self.api == "table":
            return f"the role {_TABLE_ROLE} (or itil)"
        return f"the role itil (or change_manager; {_TABLE_ROLE} will do with `api: table`)"

    @property
    def address(self) -> str:
        return self.url or f"https://{self.instance.lower()}.service-now.com"

    def page(self, sys_id: str) -> str:
        """The address of a change request for people."""
        return f"{self.address}/nav_to.do?uri=change_request.do?sys_id={sys_id}"
