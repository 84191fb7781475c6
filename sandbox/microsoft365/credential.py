"""Tokens of the sandbox: they name the tenant and when they end, and only the sandbox takes them."""

import time
from types import TracebackType
from typing import Any

from azure.core.credentials import AccessToken, AccessTokenInfo, TokenRequestOptions

_PREFIX = "sandbox."


def token_for(tenant: str, expires: float) -> str:
    """`expires`: seconds since 1970, in real time: clients compare it with their own clock."""
    return f"{_PREFIX}{tenant}.{int(expires)}"


def read_token(token: str) -> tuple[str, int] | None:
    """The tenant and the end of a token; None for anything else."""
    tenant, _, expires = token.removeprefix(_PREFIX).rpartition(".")
    if not token.startswith(_PREFIX) or not tenant or not (expires.isascii() and expires.isdigit()):
        return None
    return tenant, int(expires)


class SandboxCredential:
    """azure.core's `AsyncTokenCredential` for one sandbox tenant. `lifetime`: seconds; below 1, tokens come expired."""

    def __init__(self, tenant: str, lifetime: float = 3600) -> None:
        self.tenant, self.lifetime = tenant, lifetime
        self.issued = 0

    async def get_token(
        self,
        *scopes: str,  # noqa: ARG002 - the protocol's
        claims: str | None = None,  # noqa: ARG002
        tenant_id: str | None = None,  # noqa: ARG002
        enable_cae: bool = False,  # noqa: ARG002
        **kwargs: Any,  # noqa: ARG002
    ) -> AccessToken:
        return AccessToken(*self._token())

    async def get_token_info(
        self,
        *scopes: str,  # noqa: ARG002 - the protocol's
        options: TokenRequestOptions | None = None,  # noqa: ARG002
    ) -> AccessTokenInfo:
        return AccessTokenInfo(*self._token())

    def _token(self) -> tuple[str, int]:
        self.issued += 1
        expires = int(time.time() + self.lifetime)
        return token_for(self.tenant, expires), expires

    async def close(self) -> None:
        """Nothing is held open."""

    async def __aenter__(self) -> "SandboxCredential":
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        await self.close()
