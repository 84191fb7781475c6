"""How we sign in to a tenant: our managed identity, our identity as a federated credential, or a client secret."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from shared.core.clouds import CLOUDS
from shared.core.errors import PermanentError
from shared.core.policy.model import Tenant
from shared.core.ports.deployment import Secrets

if TYPE_CHECKING:
    from azure.core.credentials import AccessToken
    from azure.core.credentials_async import AsyncTokenCredential

GRAPH_HOSTS = {cloud: hosts.graph for cloud, hosts in CLOUDS.items()}
"""Where a cloud's Microsoft Graph is."""
_FRESH = 300.0  # seconds that an assertion must still be good for


class Credentials:
    """Makes the credential that a tenant's policy names; `client_id` is our managed identity's, empty for the system's.

    One assertion of our identity a cloud serves every federated tenant there.
    """

    def __init__(self, client_id: str, secrets: Secrets) -> None:
        self._client_id = client_id
        self._secrets = secrets
        self._assertions: dict[str, AccessToken] = {}
        self._lock = asyncio.Lock()

    def make(self, name: str, tenant: Tenant) -> "AsyncTokenCredential":
        """A new credential, which the caller closes; PermanentError naming what the policy lacks."""
        if tenant.auth.kind == "managed_identity":
            return self._identity(tenant.auth.client_id or self._client_id)
        for path, value in (("tenant_id", tenant.tenant_id), ("auth.client_id", tenant.auth.client_id)):
            if not value:
                raise PermanentError(f"tenants.{name}.{path}: needed to sign in with auth.kind {tenant.auth.kind}")
        return _Late(self._federated if tenant.auth.kind == "federated" else self._with_secret, name, tenant)

    def _identity(self, client_id: str) -> "AsyncTokenCredential":
        from azure.identity.aio import ManagedIdentityCredential

        return ManagedIdentityCredential(client_id=client_id or None)

    async def _federated(self, tenant: Tenant, credential: "AsyncTokenCredential | None") -> "AsyncTokenCredential":
        from azure.identity.aio import ClientAssertionCredential

        authority, _, audience = CLOUDS[tenant.cloud]
        await self._assertion(audience)  # the SDK asks for it in a synchronous callback, where nothing can be awaited
        return credential or ClientAssertionCredential(
            tenant.tenant_id,
            tenant.auth.client_id,
            func=lambda: self._assertions[audience].token,
            authority=authority,
        )

    async def _assertion(self, audience: str) -> None:
        async with self._lock:
            assertion = self._assertions.get(audience)
            if assertion and assertion.expires_on - time.time() > _FRESH:
                return
            identity = self._identity(self._client_id)
            try:
                self._assertions[audience] = await identity.get_token(f"{audience}/.default")
            finally:
                await identity.close()

    async def _with_secret(self, tenant: Tenant, credential: "AsyncTokenCredential | None") -> "AsyncTokenCredential":
        from azure.identity.aio import ClientSecretCredential

        if credential:
            return credential
        secret = await self._secrets.get(tenant.auth.secret)
        authority = CLOUDS[tenant.cloud].login
        return ClientSecretCredential(tenant.tenant_id, tenant.auth.client_id, secret, authority=authority)


class Renewable:
    """A credential that is made on first use, and anew after it was closed."""

    def __init__(self, make: "Callable[[], AsyncTokenCredential]") -> None:
        self._make = make
        self._held: AsyncTokenCredential | None = None
        self._lock = asyncio.Lock()

    async def get_token(self, *scopes: str, **options: Any) -> Any:
        async with self._lock:
            if self._held is None:
                self._held = self._make()
            return await self._held.get_token(*scopes, **options)

    async def close(self) -> None:
        async with self._lock:
            credential, self._held = self._held, None
            if credential:
                await credential.close()

    async def __aenter__(self) -> "Renewable":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


_Prepare = Callable[[Tenant, "AsyncTokenCredential | None"], Awaitable["AsyncTokenCredential"]]


class _Late:
    """A credential that needs something awaited before it can be made, or before each token."""

    def __init__(self, prepare: _Prepare, name: str, tenant: Tenant) -> None:
        self._prepare = prepare
        self._name = name
        self._tenant = tenant
        self._held: AsyncTokenCredential | None = None

    async def get_token(self, *scopes: str, **options: Any) -> "AccessToken":
        try:
            self._held = await self._prepare(self._tenant, self._held)
        except ValueError as error:  # azure-identity checks the form of ids
            raise PermanentError(f"tenants.{self._name}: {error}") from error
        return await self._held.get_token(*scopes, **options)

    async def close(self) -> None:
        if self._held:
            await self._held.close()

    async def __aenter__(self) -> "_Late":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


#: Azure OpenAI's scope in each cloud, and the hosts of its resources there. A resource of Foundry has all of a cloud's.
#: learn.microsoft.com/azure/foundry/openai/api-version-lifecycle, .../openai/azure-government. The documentation also
#: names the scope https://ai.azure.com/.default, which opens more of Foundry than this one does.
OPENAI_HOSTS = {
    "https://cognitiveservices.azure.com/.default": (
        ".openai.azure.com",
        ".cognitiveservices.azure.com",
        ".services.ai.azure.com",
    ),
    "https://cognitiveservices.azure.us/.default": (".openai.azure.us", ".cognitiveservices.azure.us"),
}
#: Which hosts a token of our own identity may be sent to, by what it is for: whoever gets one can use it as we do.
_AUDIENCES = {
    **OPENAI_HOSTS,
    "499b84ac-1321-427f-aa17-267ca6975798/.default": ("dev.azure.com", ".dev.azure.com", ".visualstudio.com"),
    **{f"https://{host}/.default": (host,) for host in GRAPH_HOSTS.values()},
}


def may_have(scope: str, host: str) -> bool:
    """Whether a host is one of the service that a scope is for."""
    name = host.lower().rstrip(".")
    return any(name == each or (each.startswith(".") and name.endswith(each)) for each in _AUDIENCES.get(scope, ()))
