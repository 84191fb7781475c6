"""Calls to one remote ticket system: signed in, and each refusal in words for the one who set it up."""

import base64
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import urlsplit

import httpx

from shared.adapters.clients.http import without
from shared.adapters.registry import AdapterDeps
from shared.adapters.ticketing.shapes import Shape, misfit
from shared.core.errors import PermanentError, TargetDownError, TransientError

SHOWN = 300
"""Characters of a complaint that an error repeats."""
_TELLING = 8  # characters; a shorter secret may be any word of an answer
NOTHING_THERE = "there is nothing there, or we may not see it"
_HINTS = {403: "we lack a permission", 404: NOTHING_THERE, 413: "what we sent is too large"}


_REMEDIES = {
    401: "Put a secret that is valid into Key Vault, or let our account in again there.",
    403: "Give our account its rights back there.",
    404: "Put the address and the place in it right in the policy, or let our account see it again.",
    410: "Put the address right in the policy; an API that is gone needs a newer Foresignal.",
}
_SHOW = "`foresignal check --online` shows whether it is well; what waits is then filed without being sent again."


class RefusalError(PermanentError):
    """The system does not take a call; `status` is its answer's."""

    def __init__(self, reason: str, status: int) -> None:
        super().__init__(reason)
        self.status = status


@contextmanager
def about_system() -> Iterator[None]:
    """Whatever is asked here concerns no ticket that is known: where it is refused, the system as a whole is down.

    Look-ups by our key, a ping, and the creation of a ticket stand in it. What a known ticket is refused is its own.
    """
    try:
        yield
    except RefusalError as error:
        if error.status in {403, 404, 410}:
            raise down_of(str(error), error.status) from error
        raise


def down_of(reason: str, status: int) -> TargetDownError:
    """A system that answered so to what concerns no single ticket."""
    return TargetDownError(reason, f"{_REMEDIES.get(status, _REMEDIES[401])} {_SHOW}")


@dataclass(frozen=True, slots=True)
class SignIn:
    """The headers that sign a call in. `secrets`: what no error may hold."""

    headers: Mapping[str, str]
    secrets: tuple[str, ...]


def basic(user: str, password: str, secret: str = "") -> SignIn:
    """HTTP's basic authentication. `secret`: which of the two is the secret, where it is not the password."""
    encoded = base64.b64encode(f"{user}:{password}".encode()).decode()
    return SignIn({"Authorization": f"Basic {encoded}"}, (encoded, secret or password))


def bearer(token: str, *more: str) -> SignIn:
    """A bearer token. `more`: other secrets that the system may repeat."""
    return SignIn({"Authorization": f"Bearer {token}"}, (token, *more))


@dataclass(frozen=True, slots=True)
class Call:
    """One call, its path under the system's address. `expected`: statuses that are returned besides the refusals."""

    method: str
    path: str
    body: Any = None
    params: Mapping[str, str] | None = None
    headers: Mapping[str, str] | None = None
    expected: frozenset[int] = frozenset()


class RemoteCalls(ABC):
    """One system. Secrets are read anew for each call, so that a changed one needs no restart.

    `refusals`: statuses of which the system says what is wrong. `strangers`: those that mean that it does not know us,
    so that it is down for everything. `conflicts`: somebody else has just written.
    `holds`: the shapes of what its answers hold; a string where none is given. `doubt` and `wait`: the question for an
    answer that is none of the system's, and the seconds until it is asked again.
    """

    system: ClassVar[str]
    refusals: ClassVar[frozenset[int]]
    strangers: ClassVar[frozenset[int]] = frozenset({401})
    conflicts: ClassVar[frozenset[int]] = frozenset({409, 412})
    holds: ClassVar[Mapping[str, Shape]] = {}
    headers: ClassVar[Mapping[str, str]] = {}
    doubt: ClassVar[str] = ""
    wait: ClassVar[float | None] = None

    def __init__(self, deps: AdapterDeps, address: str, hints: Mapping[int, str]) -> None:
        self._deps, self._address = deps, address
        self.name, self.what = deps.name, f"ticket system {deps.name}"
        self.hints = {**_HINTS, **hints}
        self.host = urlsplit(address).hostname or ""
        self._secrets: tuple[str, ...] = ()  # of the last sign-in

    @abstractmethod
    async def sign_in(self) -> SignIn:
        """Sign the next call in."""

    @abstractmethod
    def complaint(self, body: Mapping[str, Any]) -> str:
        """Say what the system's answer complains about."""

    def complaint_of(self, response: httpx.Response) -> str:
        """What the system says about a request that it does not take, in one line without our secrets."""
        body = _json(response)
        return without(" ".join(self.complaint(body).split()), self._secrets) if isinstance(body, dict) else ""

    async def ask(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        allowed: frozenset[int] = frozenset(),
    ) -> httpx.Response:
        """One call, under the system's address. `allowed`: refusals and failures that are returned as well."""
        response, secrets = await self.send(Call(method, path, body, params, headers, allowed))
        if response.status_code in self.refusals - allowed:
            raise self.refused(f"{method} {path}", response, secrets)
        return response

    async def send(self, call: Call) -> tuple[httpx.Response, tuple[str, ...]]:
        """Send one call, signed in; the answer, and what no error about it may hold."""
        sign_in = await self.sign_in()
        self._secrets = sign_in.secrets
        response = await self._deps.http.send(
            call.method,
            self._address + call.path,
            what=self.what,
            json=call.body,
            params=call.params,
            headers={"Accept": "application/json", **self.headers, **sign_in.headers, **(call.headers or {})},
            expected=self.refusals | call.expected,
            transient=self.conflicts,
            hide=sign_in.secrets,
        )
        return response, sign_in.secrets

    def refused(self, call: str, response: httpx.Response, secrets: tuple[str, ...]) -> Exception:
        """The error for a refusal: a hint for the one who set the system up, and what the system says."""
        status = response.status_code
        hint = self.hints.get(status, f"{self.system} does not take it")
        complaint = without(self.complaint_of(response), secrets)[:SHOWN]
        reason = f"{self.what}: {call} answered {status}: {hint}{f' ({complaint})' if complaint else ''}"
        return down_of(reason, 401) if status in self.strangers else RefusalError(reason, status)

    async def get(self, path: str, name: str, params: Mapping[str, str] | None = None) -> Any:
        """Get an object that holds `name`."""
        return self.read(await self.ask("GET", path, params=params), name)

    async def get_part(self, path: str, name: str, params: Mapping[str, str] | None = None) -> Any:
        """Get what an object holds under `name`."""
        return self.read_part(await self.ask("GET", path, params=params), name)

    def read(self, response: httpx.Response, name: str, shape: Shape | None = None) -> Any:
        """The answer, an object that holds `name`; TransientError where something before the system answered."""
        return self.read_whole(response, {name: self.holds.get(name, str) if shape is None else shape})

    def read_whole(self, response: httpx.Response, shape: Shape) -> Any:
        """The answer, which has that shape; errors as `read`."""
        body = self.json(response)
        if fault := misfit(body, shape):
            doubt = self.doubt or f"is it {self.system}?"
            raise TransientError(
                f"{self.what}: {response.request.url.path} answered without {fault!r}: {doubt}", self.wait
            )
        return body

    def json(self, response: httpx.Response) -> Any:
        """The answer's JSON, None where it holds none.

        What it repeats of our secrets is an ellipsis: names out of it stand in errors.
        """
        told = [secret for secret in self._secrets if len(secret) >= _TELLING and secret.encode() in response.content]
        return json_without(_json(response), tuple(told)) if told else _json(response)

    def read_part(self, response: httpx.Response, name: str, shape: Shape | None = None) -> Any:
        """What the answer holds under `name`; errors as `read`."""
        return self.read(response, name, shape)[name]

    async def secret(self, name: str, noun: str, *, blanks: bool = False) -> str:
        """A secret's value; TargetDownError where it holds what no `noun` has. `blanks`: it may be any text."""
        try:
            value = (await self._deps.secrets.get(name, self.host)).strip()
        except PermanentError as error:
            raise down_of(f"{self.what}: {error}", 401) from error
        if not value.isprintable() or not (blanks or (value.isascii() and " " not in value)):
            raise down_of(f"{self.what}: the secret {name} holds what no {noun} has: was it copied whole?", 401)
        return value


def json_without(value: Any, secrets: tuple[str, ...]) -> Any:
    """JSON, an ellipsis in place of each secret."""
    if isinstance(value, str):
        return without(value, secrets)
    if isinstance(value, dict):
        return {without(name, secrets): json_without(each, secrets) for name, each in value.items()}
    return [json_without(each, secrets) for each in value] if isinstance(value, list) else value


def _json(response: httpx.Response) -> Any:
    try:
        return response.json()
    except ValueError:
        return None
