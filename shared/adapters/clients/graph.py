"""Microsoft Graph for every tenant: msgraph's request builders, raw JSON answers, our two kinds of failure."""

import asyncio
import json
import re
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import httpx

from shared.adapters.clients import proxies
from shared.adapters.clients.answers import LARGEST_OF_GRAPH, TooLargeError, read_json
from shared.adapters.clients.clock import seconds_ahead
from shared.adapters.clients.credentials import GRAPH_HOSTS, Renewable
from shared.adapters.clients.direct import is_here
from shared.adapters.clients.http import retry_after
from shared.adapters.clients.reach import ForbiddenAddressError, Reach
from shared.adapters.clients.tokens import identity_in, refusal_of
from shared.core.errors import DeclinedError, PermanentError, StaleError, TransientError, UngrantedError
from shared.core.policy.model import Tenant
from shared.core.ports.outside import Identity

if TYPE_CHECKING:
    from azure.core.credentials_async import AsyncTokenCredential
    from kiota_abstractions.api_error import APIError
    from kiota_abstractions.request_information import RequestInformation
    from msgraph.graph_service_client import GraphServiceClient

    CredentialFactory = Callable[[str, Tenant], AsyncTokenCredential]
    """A new credential for a tenant's name and policy; Graph closes it, and makes another when a token is refused."""

TIMEOUT = 60.0
"""Seconds for a whole call, with signing in."""
_MAX_PAGES = 1000
_NOT_NOW = frozenset({408, 425, 429})
_STALE = frozenset({404, 409, 412})


@dataclass(frozen=True, slots=True)
class Question:
    """A call: `what` it is about and the app role that it needs, for errors; `optional`: 404 is an answer, None.

    `build` makes a GET. `write`: what is written there instead, over a version.
    """

    what: str
    role: str
    build: "Callable[[GraphServiceClient], RequestInformation]"
    optional: bool = False
    write: "GraphWrite | None" = None


@dataclass(frozen=True, slots=True)
class GraphWrite:
    """A PATCH over the version `etag`; what stands there then is the answer, if Graph gives one.

    It raises StaleError for 404, 409 and 412, DeclinedError for 400 and for 403 with a code of `limits`.
    """

    body: Mapping[str, Any]
    etag: str
    limits: str


class RefusedTokenError(Exception):
    """Graph answered 401: the token is expired, revoked, or not for this tenant."""


class Graph:
    """One HTTP client a process, one `GraphServiceClient` a tenant, made on first use.

    `calls["graph"]` counts the HTTP requests. The SDK's retries and redirects are off: only the triggers' shell tries
    again, and a token goes only to the host that the policy names.
    """

    def __init__(
        self,
        credential: "CredentialFactory",
        calls: Counter[str] | None = None,
        timeout: float = TIMEOUT,
        reach: Reach | None = None,
        told: "Callable[[], None]" = lambda: None,
    ) -> None:
        """`reach`: which addresses may be called; public ones alone where nothing is said. `told`: of each request."""
        self.calls: Counter[str] = Counter() if calls is None else calls
        self._credential = credential
        self._timeout = timeout
        self._reach = reach or Reach()
        self._told = told
        self._http: httpx.AsyncClient | None = None
        self._tenants: dict[str, _Client] = {}
        self.ahead: float | None = None
        """By how many seconds the clock of the last answer was ahead of ours."""

    async def ask(self, name: str, tenant: Tenant, question: Question, link: str = "") -> Any:
        """The answer's JSON, from `link` where the last page named one.

        Raises TransientError and PermanentError that name the tenant and what to do. A credential may hand out a
        cached token that has expired: after the first 401 it is made anew.
        """
        try:
            return await self._attempt(name, tenant, question, link)
        except RefusedTokenError:
            await (await self._client(name, tenant)).credential.close()
        try:
            return await self._attempt(name, tenant, question, link)
        except RefusedTokenError:
            raise PermanentError(
                f"tenant {name}: Graph refuses a fresh token for {question.what} (401); check tenants.{name}.tenant_id "
                f"and .auth in the policy, and that the app role {question.role} is granted there"
            ) from None

    async def identity(self, name: str, tenant: Tenant) -> Identity | None:
        """Whom the tenant takes us for; None where the token says nothing. Errors as `ask`."""
        from azure.core.exceptions import AzureError, ClientAuthenticationError

        client = await self._client(name, tenant)
        try:
            async with asyncio.timeout(self._timeout):
                token = await client.credential.get_token(client.scope)
        except TimeoutError as error:
            raise TransientError(f"tenant {name}: no token in {self._timeout:g} s") from error
        except ClientAuthenticationError as error:
            raise _unknown_here(name, error) from None
        except AzureError as error:
            raise TransientError(f"tenant {name}: signing in is not to be had ({type(error).__name__})") from error
        return identity_in(token.token)

    async def pages(self, name: str, tenant: Tenant, question: Question) -> AsyncIterator[list[Any]]:
        """Every page to the end, also behind an empty one. A pull that cannot be complete raises."""
        base = _base(name, tenant)
        link, links = "", set[str]()
        while True:
            page = await self.ask(name, tenant, question, link)
            items = page.get("value") if isinstance(page, Mapping) else None
            link = page.get("@odata.nextLink") or "" if isinstance(page, Mapping) else ""
            if not isinstance(items, list) or not isinstance(link, str):
                raise TransientError(f"tenant {name}: Graph's answer about {question.what} is no page of a list")
            yield items
            if not link:
                return
            _must_be_at(base, link, name)
            if link in links or len(links) >= _MAX_PAGES:
                raise TransientError(f"tenant {name}: the pages of {question.what} do not end; page {len(links) + 1}")
            links.add(link)

    async def close(self) -> None:
        for client in self._tenants.values():
            await client.credential.close()
        self._tenants.clear()
        if self._http:
            await self._http.aclose()
            self._http = None

    async def _attempt(self, name: str, tenant: Tenant, question: Question, link: str) -> Any:
        from azure.core.exceptions import AzureError, ClientAuthenticationError
        from kiota_abstractions.api_error import APIError

        service = (await self._client(name, tenant)).service
        adapter: Any = service.request_adapter  # its type knows no "bytes"
        request, errors = _request(service, question, link)
        try:
            async with asyncio.timeout(self._timeout):
                answer: bytes | None = await adapter.send_primitive_async(request, "bytes", errors)
        except TimeoutError as error:
            raise TransientError(f"tenant {name}: no answer about {question.what} in {self._timeout:g} s") from error
        except (ForbiddenAddressError, TooLargeError) as error:
            raise PermanentError(f"tenant {name}: Graph, asked about {question.what}: {error}") from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:  # the latter of a redirect that leads nowhere
            raise TransientError(f"tenant {name}: Graph is not to be reached ({type(error).__name__})") from error
        except APIError as error:
            if question.optional and error.response_status_code == 404:
                return None
            raise _refusal(name, question, error) from error
        except ClientAuthenticationError as error:
            raise _unknown_here(name, error) from None  # the original names ids and addresses, and holds what was sent
        except AzureError as error:
            raise TransientError(f"tenant {name}: signing in is not to be had ({type(error).__name__})") from error
        try:
            return read_json(answer or (b"{}" if question.write else b""))
        except ValueError as error:
            raise TransientError(
                f"tenant {name}: the answer about {question.what} is no JSON; is a proxy in between?"
            ) from error

    async def _client(self, name: str, tenant: Tenant) -> "_Client":
        client = self._tenants.get(name)
        if client and client.tenant != tenant:  # the policy changed
            await self._tenants.pop(name).credential.close()
        if name not in self._tenants:
            self._tenants[name] = self._connect(name, tenant)
        return self._tenants[name]

    def _connect(self, name: str, tenant: Tenant) -> "_Client":
        from kiota_authentication_azure.azure_identity_authentication_provider import (
            AzureIdentityAuthenticationProvider,
        )
        from msgraph.graph_request_adapter import GraphRequestAdapter
        from msgraph.graph_service_client import GraphServiceClient

        base = _base(name, tenant)
        credential = Renewable(lambda: self._credential(name, tenant))
        host = GRAPH_HOSTS["worldwide"] if is_here(base.host) else base.host
        scope = f"https://{host}/.default"
        provider = AzureIdentityAuthenticationProvider(
            credential, scopes=[scope], allowed_hosts=[base.host], is_cae_enabled=False
        )
        adapter = GraphRequestAdapter(provider, self._client_of_all())
        adapter.base_url = f"{base}/v1.0"
        return _Client(tenant, credential, scope, GraphServiceClient(request_adapter=adapter))

    def _client_of_all(self) -> httpx.AsyncClient:
        from kiota_http.middleware.options import RedirectHandlerOption, RetryHandlerOption
        from msgraph_core.graph_client_factory import GraphClientFactory

        if self._http is None:
            client = proxies.client(self._timeout, self._reach, http2=True, largest=LARGEST_OF_GRAPH)
            client.event_hooks = {"request": [self._count], "response": [self._hear]}
            never = (RetryHandlerOption(should_retry=False), RedirectHandlerOption(should_redirect=False))
            self._http = GraphClientFactory.create_with_default_middleware(
                client=client, options={option.get_key(): option for option in never}
            )
        return self._http

    async def _count(self, _: httpx.Request) -> None:
        self.calls["graph"] += 1
        self._told()

    async def _hear(self, response: httpx.Response) -> None:
        self.ahead = seconds_ahead(response.headers)


@dataclass(frozen=True, slots=True)
class _Client:
    tenant: Tenant
    credential: Renewable
    scope: str
    service: "GraphServiceClient"


def _base(name: str, tenant: Tenant) -> httpx.URL:
    """Where the tenant's Graph is, without a path's end; PermanentError where a token would travel in the clear."""
    try:
        base = httpx.URL(tenant.graph_url.rstrip("/") or f"https://{GRAPH_HOSTS[tenant.cloud]}")
    except httpx.InvalidURL as error:
        raise PermanentError(f"tenants.{name}.graph_url: {error}") from error
    if base.userinfo or not (base.scheme == "https" or (base.scheme == "http" and is_here(base.host))):
        raise PermanentError(f"tenants.{name}.graph_url: https://<host> is needed (http only on this machine)")
    if not (is_here(base.host) or base.host in GRAPH_HOSTS.values()):
        raise PermanentError(
            f"tenants.{name}.graph_url: {base.host} is no host of Microsoft Graph, so it gets no token of ours "
            f"(known: {', '.join(dict.fromkeys(GRAPH_HOSTS.values()))})"
        )
    return base


def _must_be_at(base: httpx.URL, link: str, name: str) -> None:
    """A nextLink is read from an answer: it must not lead our token elsewhere."""
    try:
        url = httpx.URL(link)
    except httpx.InvalidURL:
        url = httpx.URL("")
    if url.userinfo or (url.scheme, url.host, url.port) != (base.scheme, base.host, base.port):
        raise PermanentError(
            f"tenant {name}: the next page is said to be on {url.host or 'no host'}, not on {base.host}; not followed"
        )


def _refusal(name: str, question: Question, error: "APIError") -> Exception:
    status = error.response_status_code or 0
    headers: Mapping[str, str] = error.response_headers or {}
    text = f"tenant {name}: Graph answered {status} to {question.what}"
    if status == 401:
        return RefusedTokenError(text)
    if question.write and status in _STALE:
        return StaleError(text)
    if question.write and status == 403 and (limit := _limit(question.write, error)):
        return DeclinedError(f"{text}: {limit}; Planner takes no more of it there. Make room in the plan or the task")
    if question.write and status == 400:
        return DeclinedError(f"{text}, which refuses what would be written (request-id {_request_id(headers)})")
    if status == 403:
        return UngrantedError(f"{text}; grant the app role {question.role} there and consent to it")
    if status in _NOT_NOW or status >= 500:
        return TransientError(text, retry_after(headers.get("retry-after"), datetime.now(UTC)))
    return PermanentError(f"{text} (request-id {_request_id(headers)}); check the policy of this tenant")


def _unknown_here(name: str, error: Exception) -> PermanentError:
    check = f"check tenants.{name}.tenant_id and .auth in the policy, and the consent given there"
    return refusal_of(error, f"tenant {name}: signing in failed", check)


def _request_id(headers: Mapping[str, str]) -> str:
    return headers.get("request-id", "none")


def _request(
    service: "GraphServiceClient", question: Question, link: str
) -> "tuple[RequestInformation, dict[str, Any]]":
    """What is sent, and how errors of it are read: of a GET by their status alone."""
    request, write = question.build(service), question.write
    if link:
        request.url = link
    if write is None:
        return request, {}
    from kiota_abstractions.method import Method
    from msgraph.generated.models.o_data_errors.o_data_error import ODataError

    request.http_method = Method.PATCH
    request.headers.try_add("If-Match", write.etag)
    request.headers.try_add("Prefer", "return=representation")
    request.set_stream_content(json.dumps(write.body).encode(), "application/json")
    return request, {"4XX": ODataError}


def _limit(write: GraphWrite, error: "APIError") -> str:
    """The code of a limit that Graph names; empty where it names none."""
    code = str(getattr(getattr(error, "error", None), "code", None) or "")
    return code if re.fullmatch(write.limits, code) else ""
