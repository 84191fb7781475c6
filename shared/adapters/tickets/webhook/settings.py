"""What the policy says of a system behind a URL."""

from pydantic import Field, StrictBool

from shared.adapters.ticketing.settings import TicketSettings
from shared.core.policy.model import SecretName


class Settings(TicketSettings):
    """Where messages go, and how they are signed.

    `url`: the NAME of the secret that holds the address, since it may hold a token. `secret`: the NAME of the secret
    that signs (`whsec_` and base64, or any text). `allow_private`: whether the address may lead into a private network.
    `states` maps the receiver's own words. `fields` are sent as `custom`.
    """

    url: SecretName = Field(min_length=1)
    secret: SecretName = Field(min_length=1)
    allow_private: StrictBool = False
