"""What the policy says of an endpoint that takes our tickets."""

import re

from pydantic import Field, field_validator

from shared.core.policy import SecretName
from shared.ticket_settings import TicketSettings

ADDRESS = re.compile(
    r"https://[A-Za-z0-9.-]+(:\d{1,5})?(/[!-~]*)?|http://(localhost|127\.0\.0\.1)(:\d{1,5})?(/[!-~]*)?"
)
_SECRET = re.compile(r"[A-Z][A-Z0-9_]*")
FAULT = "an address that begins with https://, or the NAME of a secret that holds one"


class Settings(TicketSettings):
    """Where the messages go, and how they are signed.

    `url`: the address, or the NAME of a secret where the address is one. `secret`: the NAME of the secret that signs:
    `whsec_` and base64 of 24 to 64 bytes; while it is changed, the new one and the old one with a space between.
    `allow_private`: the address may be in a private network, such as one that the app is joined to.
    """

    url: str
    secret: SecretName = Field(min_length=1)
    allow_private: bool = False

    @field_validator("url")
    @classmethod
    def _an_address(cls, url: str) -> str:
        if not (ADDRESS.fullmatch(url) or _SECRET.fullmatch(url)):
            raise ValueError(FAULT)
        return url

    @property
    def url_is_secret(self) -> bool:
        return bool(_SECRET.fullmatch(self.url))
