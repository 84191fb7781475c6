"""Tokens of the sandbox: they name the tenant, the roles and when they end, and only the sandbox takes them.

They have the form of Entra's, so that what reads those reads these. Whoever wants to see a fault writes it into
`sign-in.json` in the sandbox's state folder: `{"contoso": {"roles": [], "tid": "...", "refusal": "AADSTS65001: ..."}}`.
"""

import base64
import binascii
import json
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any
from uuid import NAMESPACE_DNS, uuid5

from azure.core.credentials import AccessToken, AccessTokenInfo, TokenRequestOptions
from azure.core.exceptions import ClientAuthenticationError

ROLES = ("ServiceMessage.Read.All", "Tasks.ReadWrite.All")
SIGN_IN = "sign-in.json"
_PREFIX = "sandbox"
APP = "00000000-5a4d-4b0c-9000-000000000001"


def token_for(tenant: str, expires: float, *, roles: Sequence[str] = ROLES, tid: str = "") -> str:
    """`expires`: seconds since 1970, in real time: clients compare it with their own clock. `tid`: the tenant's id."""
    claims = {
        "sandbox": tenant, "exp": int(expires), "roles": list(roles), "tid": tid or tenant_id(tenant),
        "appid": APP, "oid": APP, "app_displayname": "sandbox",
    }  # fmt: skip
    return f"{_PREFIX}.{_encoded(claims)}.unsigned"


def tenant_id(tenant: str) -> str:
    """The id of a tenant of the sandbox, as its policy has it."""
    return str(uuid5(NAMESPACE_DNS, f"{tenant}.example"))


def read_token(token: str) -> tuple[str, int] | None:
    """The tenant and the end of a token; None for anything else."""
    claims = _claims(token)
    tenant, expires = claims.get("sandbox"), claims.get("exp")
    return (tenant, expires) if isinstance(tenant, str) and tenant and isinstance(expires, int) else None


def roles_in(token: str) -> frozenset[str]:
    """The application roles that a token has."""
    return frozenset(map(str, _claims(token).get("roles", ())))


def _encoded(claims: Mapping[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")


def _claims(token: str) -> Mapping[str, Any]:
    kind, _, rest = token.partition(".")
    payload, _, end = rest.partition(".")
    if kind != _PREFIX or end != "unsigned":
        return {}
    try:
        read = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (ValueError, binascii.Error):
        return {}
    return read if isinstance(read, Mapping) else {}


class SandboxCredential:
    """azure.core's `AsyncTokenCredential` for one sandbox tenant. `lifetime`: seconds; below 1, tokens come expired.

    `state`: the folder in which `sign-in.json` may stand.
    """

    def __init__(self, tenant: str, lifetime: float = 3600, state: Path | None = None) -> None:
        self.tenant, self.lifetime = tenant, lifetime
        self.issued = 0
        self._state = state

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
        fault = self._fault()
        if refusal := fault.get("refusal"):
            raise ClientAuthenticationError(message=str(refusal))
        expires = int(time.time() + self.lifetime)
        return token_for(self.tenant, expires, roles=fault.get("roles", ROLES), tid=fault.get("tid", "")), expires

    def _fault(self) -> Mapping[str, Any]:
        file = self._state / SIGN_IN if self._state else None
        known: Mapping[str, Any] = json.loads(file.read_text(encoding="utf-8")) if file and file.is_file() else {}
        fault: Mapping[str, Any] = known.get(self.tenant, {})
        return fault

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
