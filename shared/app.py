"""The composition root: the only module that knows every adapter; builds one set of clients a process, on first use."""

import json
import logging
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from shared import settings as environment
from shared.core import names
from shared.core.errors import PermanentError, SignInError, TransientError
from shared.core.policy.model import Outside, Policy, Tenant
from shared.core.ports.deployment import Clock, Secrets, SecretState, Telemetry
from shared.core.ports.outside import Channel, Identity, Reader, TaskSource, TicketSystem
from shared.core.upkeep.sign_in import ELSEWHERE
from shared.settings import Settings
from shared.usecases.deps import Deps, Here, OutsidePorts, Place, StoragePorts, Untold
from shared.usecases.telling import GRAPH_CALLS

if TYPE_CHECKING:
    from shared.adapters.clients.reach import Reach

_STORAGE = "https://storage.azure.com/.default"


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What differs between Azure, a developer's machine and the sandbox; the defaults are Azure's.

    `credential` makes a tenant's token credential, `pace` is a factor on delays, `calls` counts what leaves.
    """

    settings: Settings
    clock: Clock = _utc_now
    credential: Callable[[str, Tenant], Any] | None = None
    secrets: Secrets | None = None
    telemetry: Telemetry | None = None
    claim_seconds: float = 120.0
    pace: float = 1.0
    calls: Counter[str] = field(default_factory=Counter)


class EnvironmentSecrets:
    """The port `Secrets` over environment variables, where there is no Key Vault."""

    async def get(self, name: str, host: str = "") -> str:  # noqa: ARG002 - on a machine of one's own, nothing is tagged
        value = environment.environment_secret(name).strip()  # copies end with a newline
        if environment.is_unresolved(value):
            raise PermanentError(f"secret {name} is a Key Vault reference that did not resolve")
        if not value:
            raise PermanentError(f"secret {name} is not set: neither a Key Vault nor an environment variable holds it")
        return value

    async def inspect(self, name: str) -> SecretState | None:
        value = environment.environment_secret(name)
        return SecretState(value) if value else None


class App:
    """Everything built: `deps` for use cases, and what pages and tools need besides."""

    def __init__(self, around: Surroundings) -> None:
        self.around = around
        self.settings = around.settings
        self._closing: list[Callable[[], Awaitable[None]]] = []
        self._built: dict[str, Any] = {}
        self._own_credential: Any = None
        self._connect()

    def _connect(self) -> None:
        from shared.adapters.policy.in_force import PolicyInForce
        from shared.adapters.storage.blobs import AzureBlobs
        from shared.adapters.storage.queues import AzureQueues
        from shared.adapters.storage.tables import AzureTables

        s, calls = self.settings, self.around.calls
        self.telemetry = self.around.telemetry or self._telemetry()
        own: dict[str, Any] = {"connection": s.connection_string}
        if not s.connection_string:
            own = {"credential": self._identity()}
        self.tables = AzureTables.connect(calls, url=s.table_url, **own)
        self.queues = AzureQueues.connect(calls, url=s.queue_url, trace=self.telemetry.trace, **own)
        self.blobs = AzureBlobs.connect(calls, url=s.blob_url, **own)
        self._closing += [self.tables.close, self.queues.close, self.blobs.close]
        self.secrets = self.around.secrets or self._secrets()
        self.policy = PolicyInForce(self.blobs, self.around.clock)
        tasks = _Tasks(self)
        self.deps = Deps(
            StoragePorts(self.tables, self.queues, self.blobs),
            OutsidePorts(
                feeds={"messages": _Posts(self), "planner": tasks},
                tasks=tasks,
                roadmap=_Roadmap(self),
                ticket_system=self._ticket_system,
                channel=self._channel,
                access=_Access(self),
                secret_names=_secret_names,
                reader=self._reader if s.reader else None,
            ),
            Here(
                policy=self.policy,
                clock=self.around.clock,
                deployment=s.deployment,
                public_url=s.public_url,
                worker=uuid.uuid4().hex,
                claim_seconds=self.around.claim_seconds,
                pace=self.around.pace,
                secrets=self.secrets,
                telemetry=self.telemetry,
                place=self._place(),
            ),
        )

    def _place(self) -> Place:
        s = self.settings
        return Place(account=s.account, vault=s.vault, bound_secrets=s.bound_secrets, is_app=s.hosted)

    def _telemetry(self) -> Telemetry:
        """The worker loads OpenTelemetry where telemetry is on; elsewhere it is not worth its time."""
        if not self.settings.telemetry:
            return Untold()
        from shared.adapters.telemetry import OpenTelemetry

        return OpenTelemetry()

    def _identity(self) -> Any:
        """The app's managed identity; on an admin's machine, whoever is signed in there."""
        if self._own_credential is None:
            from azure.identity.aio import DefaultAzureCredential, ManagedIdentityCredential

            own = self.settings.client_id
            self._own_credential = ManagedIdentityCredential(client_id=own) if own else DefaultAzureCredential()
            self._closing.append(self._own_credential.close)
        return self._own_credential

    async def token(self, scope: str, host: str = "") -> str:
        """A token of our own identity, which keeps it until it runs out; TransientError where there is none now.

        `host`: where it is about to be sent; PermanentError where that is no host of the scope's.
        """
        from azure.core.exceptions import ClientAuthenticationError

        from shared.adapters.clients.credentials import may_have
        from shared.adapters.clients.direct import is_here

        if host and not may_have(scope, host) and not (self.settings.loopback and is_here(host)):
            raise PermanentError(f"our identity's token for {scope} is not sent to {host}, which is not that service's")
        try:
            ours = self.around.credential("-", Tenant()) if self.around.credential else self._identity()
            return str((await ours.get_token(scope)).token)
        except ClientAuthenticationError as error:
            reason = str(error.message).splitlines()[0][:200]
            raise TransientError(f"our identity gets no token for {scope}: {reason}", 60) from error

    def _secrets(self) -> Secrets:
        if not self.settings.key_vault_url:
            return EnvironmentSecrets()
        from shared.adapters.storage.vault import VaultSecrets

        bound = self.settings.bound_secrets
        vault = VaultSecrets(self.settings.key_vault_url, self._identity(), bound=bound)
        self._closing.append(vault.close)
        return vault

    def graph(self) -> Any:
        """The Graph clients of every tenant, one object a process."""
        if "graph" not in self._built:
            from shared.adapters.clients.credentials import Credentials
            from shared.adapters.clients.graph import Graph

            make = self.around.credential or Credentials(self.settings.client_id, self.secrets).make
            self._built["graph"] = graph = Graph(
                make, self.around.calls, reach=self._reach(), told=lambda: self.telemetry.count(GRAPH_CALLS, 1, {})
            )
            self._closing.append(graph.close)
        return self._built["graph"]

    async def _ticket_system(self, policy: Policy, name: str) -> TicketSystem:
        system: TicketSystem = self._adapter("tickets", policy.tickets, name)
        if policy.tickets[name].mode == "live":
            return system
        from shared.adapters.ticketing.dry_run import DryRun

        return DryRun(name, system, self.tables, self.around.clock, self.settings.public_url)

    async def _channel(self, policy: Policy, name: str) -> Channel:
        channel: Channel = self._adapter("channels", policy.channels, name)
        return channel

    async def _reader(self, policy: Policy) -> Reader:
        reader: Reader = self._adapter("readers", {"reader": policy.reader} if policy.reader else {}, "reader")
        return reader

    def _adapter(self, folder: str, entries: Mapping[str, Outside], name: str) -> Any:
        """The adapter that the policy names; built once for the same settings."""
        from shared.adapters import registry

        if name not in entries:
            raise PermanentError(f"the policy has no {folder} {name!r} (known: {', '.join(entries) or 'none'})")
        outside = entries[name]
        key = json.dumps([folder, name, outside.kind, outside.settings], sort_keys=True, default=str)
        if key not in self._built:
            made_of = registry.AdapterDeps(
                name=name,
                http=self.http(),
                secrets=self.secrets,
                clock=self.around.clock,
                tables=self.tables,
                deployment=self.settings.deployment,
                public_url=self.settings.public_url,
                token=self.token,
            )
            self._built[key] = registry.build(folder, outside.kind, outside.settings, made_of)
        return self._built[key]

    def http(self) -> Any:
        """The HTTP client for everything that is not Graph, one a process."""
        if "http" not in self._built:
            from shared.adapters.clients.http import Http

            self._built["http"] = http = Http(reach=self._reach())
            self._closing.append(http.close)
        return self._built["http"]

    def _reach(self) -> "Reach":
        from shared.adapters.clients.reach import Reach

        return Reach.of(self.settings.private_hosts, loopback=self.settings.loopback)

    async def close(self) -> None:
        for close in reversed(self._closing):
            await close()


class _Posts:
    """The port `Feed`; Graph's packages are loaded by the first call, not before."""

    def __init__(self, app: App) -> None:
        self._app = app

    def pages(self, name: str, tenant: Tenant) -> AsyncIterator[list[Mapping[str, Any]]]:
        from shared.adapters.sources.message_center import MessageCenter

        return MessageCenter(self._app.graph()).pages(name, tenant)


class _Access:
    """The port `Access`, as lazily."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def own(self) -> Identity | None:
        from azure.core.exceptions import ClientAuthenticationError

        from shared.adapters.clients.tokens import identity_in, refusal_of

        if self._app.settings.connection_string and not self._app.around.credential:
            return None
        try:
            return identity_in(await self._app.token(_STORAGE))
        except TransientError as error:
            if isinstance(error.__cause__, ClientAuthenticationError):
                raise refusal_of(error.__cause__, "our own identity gets no token", "sign in") from None
            raise

    async def identity(self, name: str, tenant: Tenant) -> Identity | None:
        self._must_be_here(name, tenant)
        identity: Identity | None = await self._app.graph().identity(name, tenant)
        return identity

    async def try_read(self, name: str, tenant: Tenant) -> float | None:
        from shared.adapters.sources.message_center import MessageCenter

        self._must_be_here(name, tenant)
        return await MessageCenter(self._app.graph()).try_read(name, tenant)

    def _must_be_here(self, name: str, tenant: Tenant) -> None:
        """An admin's machine has no managed identity, and asking for one takes a minute."""
        around = self._app.around
        is_ours = tenant.auth.kind != "secret" and not around.credential
        if is_ours and not (around.settings.hosted or around.settings.client_id):
            raise SignInError(f"tenant {name}: the app's identity is not on this machine", ELSEWHERE)


def _secret_names(policy: Policy) -> list[tuple[str, str]]:
    from shared.adapters.policy.secret_names import secret_names

    return secret_names(policy)


class _Tasks:
    """The port `TaskSource`, as lazily."""

    def __init__(self, app: App) -> None:
        self._app = app

    def pages(self, name: str, tenant: Tenant) -> AsyncIterator[list[Mapping[str, Any]]]:
        return self._planner().pages(name, tenant)

    async def task(self, name: str, tenant: Tenant, task: str) -> Mapping[str, Any]:
        return await self._planner().task(name, tenant, task)

    async def details(self, name: str, tenant: Tenant, task: str) -> Mapping[str, Any]:
        return await self._planner().details(name, tenant, task)

    async def write(self, name: str, tenant: Tenant, task: str, part: str, body: Mapping[str, Any], etag: str) -> str:
        return await self._planner().write(name, tenant, task, part, body, etag)

    def _planner(self) -> TaskSource:
        from shared.adapters.tasks.planner import Planner

        return Planner(self._app.graph())


class _Roadmap:
    """The port `RoadmapSource`, as lazily."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def items(self, url: str) -> Any:
        from shared.adapters.sources.roadmap import Roadmap

        return await Roadmap(self._app.http()).items(url)


_around: Surroundings | None = None
_app: App | None = None


def use(surroundings: Surroundings) -> None:
    """Say where we are, before anything is built: the sandbox, tests and tools do; Azure needs nothing."""
    global _around, _app
    _around, _app = surroundings, None


def current() -> App:
    """The app of this process, built on first use from the environment unless `use` said otherwise."""
    global _app  # noqa: PLW0603 - the same
    if _app is None:
        for noisy in (
            "azure",
            "httpx",
            "msal",
        ):  # they log addresses and headers at INFO, and an address can be a secret
            logging.getLogger(noisy).setLevel(logging.WARNING)
        logging.getLogger("foresignal").setLevel(logging.INFO)  # outcomes, whatever the root logger says
        around = _around or Surroundings(environment.from_environment())
        if fault := names.deployment_fault(around.settings.deployment):
            logging.getLogger("foresignal").warning("%s; one that is in use keeps its name, and works on", fault)
        _app = App(around)
    return _app


async def close() -> None:
    """Close every client; the next use builds anew."""
    global _app  # noqa: PLW0603 - the same
    if _app is not None:
        await _app.close()
        _app = None
