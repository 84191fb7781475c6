"""What the policy says of a system behind a URL."""

from collections.abc import Iterator

from pydantic import Field, StrictBool

from shared.adapters.clients.reach import SETTING
from shared.adapters.ticketing.settings import TicketSettings
from shared.core.policy.model import SecretName


class Settings(TicketSettings):
    """Where messages go, and how they are signed.

    `url`: the NAME of the secret that holds the address, since it may hold a token. `secret`: the NAME of the secret
    that signs (`whsec_` and base64, or any text). `states` maps the receiver's own words; `fields` are sent as
    `custom`.
    `allow_private` has no effect any more: no policy opens the network (clients/reach.py).
    """

    url: SecretName = Field(min_length=1)
    secret: SecretName = Field(min_length=1)
    allow_private: StrictBool = False

    def objections(self) -> Iterator[tuple[str, str]]:
        """What `check` and `push` refuse; a policy in force goes on with it."""
        if self.allow_private:
            what = f"has no effect any more: an admin names private hosts in the app setting {SETTING}"
            yield "allow_private", what
