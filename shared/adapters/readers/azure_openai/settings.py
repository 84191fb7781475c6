"""What the policy says of a deployment of Azure OpenAI."""

import re
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from shared.adapters.clients.credentials import OPENAI_HOSTS, may_have
from shared.core.policy.parts import Strict

_ADDRESS = re.compile(r"https://[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+|http://(localhost|127\.0\.0\.1)(:\d{1,5})?")
_HOSTS = ", ".join(f"*{suffix}" for hosts in OPENAI_HOSTS.values() for suffix in hosts)
_PUBLIC = next(iter(OPENAI_HOSTS))


class Settings(Strict):
    """Where the model is.

    `endpoint`: the address of the resource, as its page in the portal shows it: https://NAME.openai.azure.com.
    `deployment`: the name that the model was deployed under. `timeout_seconds`: for one answer, all of it.
    """

    endpoint: str
    deployment: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=64)
    timeout_seconds: int = Field(default=60, ge=5, le=120)

    @field_validator("endpoint")
    @classmethod
    def _of_the_service(cls, endpoint: str) -> str:
        """The portal shows it with a slash, and beside code with the path of the API."""
        address = endpoint.removesuffix("/").removesuffix("/openai/v1").removesuffix("/").lower()
        if not _ADDRESS.fullmatch(address):
            raise ValueError("the address of the resource, https://NAME.openai.azure.com, without anything behind it")
        if address.startswith("https://") and not any(may_have(scope, address[8:]) for scope in OPENAI_HOSTS):
            raise ValueError(f"no host of Azure OpenAI (known: {_HOSTS})")
        return address

    @property
    def host(self) -> str:
        return urlsplit(self.endpoint).hostname or ""

    @property
    def scope(self) -> str:
        """What a token must be for to be taken there."""
        return next((scope for scope in OPENAI_HOSTS if may_have(scope, self.host)), _PUBLIC)

    @property
    def api(self) -> str:
        """The v1 API has no versions to choose; chat completions and models are generally available in it.

        learn.microsoft.com/azure/foundry/openai/api-version-lifecycle
        """
        return f"{self.endpoint}/openai/v1/"
