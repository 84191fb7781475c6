"""Calls to one ServiceNow instance: signed in, each answer that refuses in words for the one who set it up."""

import base64
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from shared.adapters.registry import AdapterDeps
from shared.adapters.tickets.servicenow.settings import Settings
from shared.core.errors import PermanentError, TransientError

_SPEAKING = frozenset({400, 401, 403, 404, 405, 413, 422})
_SIGN_IN = "/oauth_token.do"
_EARLY = timedelta(seconds=60)  # a token is used no longer than so long before it ends
_SHOWN = 300
_HINTS = {
    401: "ServiceNow does not know us",
    403: "we lack a right: the integration's user needs the role sn_change_write (or itil)",
    404: "there is nothing there, or we may not see it",
    413: "what we sent is too large",
}


class Calls:
    """One instance. A token is kept until it ends; one that is refused is asked for anew once."""

    def __init__(self, settings: Settings, deps: AdapterDeps) -> None:
        self._settings, self._deps = settings, deps
        self.what = f"ticket system {deps.name}"
        self._token, self._until = "", datetime.min.replace(tzinfo=UTC)
        self._hidden = ""  # the client secret that the token was got with: no error may hold it either

    async def ask(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        params: Mapping[str, str] | None = None,
        allowed: frozenset[int] = frozenset(),
    ) -> httpx.Response:
        """One call, under the instance's address; `allowed`: refusals that are returned as well."""
        fresh = not self._settings.client_id or self._token == ""
        response, hide = await self._send(method, path, body, params)
        if response.status_code == 401 and not fresh:  # the token was taken back; nothing was done
            self._token = ""
            response, hide = await self._send(method, path, body, params)
        status = response.status_code
        if status in _SPEAKING and status not in allowed:
            said = _without(complaint(response), hide)
            hint = f"{_HINTS.get(status, 'ServiceNow does not take it')}{self._who() if status == 401 else ''}"
            more = f" ({said})" if said else ""
            raise PermanentError(f"{self.what}: {method} {path} answered {status}: {hint}{more}")
        return response

    async def results(self, path: str, params: Mapping[str, str]) -> list[Mapping[str, Any]]:
        """The records of a list."""
        found = self.read(await self.ask("GET", path, params=params), list)
        return [one for one in found if isinstance(one, dict)]

    def read(self, response: httpx.Response, holds: type) -> Any:
        """The answer's `result`; TransientError where it is not what ServiceNow says, but what stands before it.

        An instance that is asleep answers 200 with a page.
        """
        try:
            found = response.json()
        except ValueError:
            found = None
        result = found.get("result") if isinstance(found, dict) else None
        if not isinstance(result, holds):
            path = response.request.url.path
            raise TransientError(f"{self.what}: {path} answered without a result: is the instance awake?", 60)
        return result

    async def _send(
        self, method: str, path: str, body: Any, params: Mapping[str, str] | None
    ) -> tuple[httpx.Response, tuple[str, ...]]:
        header, hide = await self._signed_in()
        response = await self._deps.http.send(
            method, self._settings.address + path, what=self.what, json=body, params=params,
            headers={"Authorization": header, "Accept": "application/json"},
            expected=_SPEAKING, transient=frozenset({409, 412}), hide=hide,
        )  # fmt: skip
        return response, hide

    async def _signed_in(self) -> tuple[str, tuple[str, ...]]:
        """The Authorization header, and what no error may hold."""
        if self._settings.user:
            password = await self._secret(self._settings.password)
            basic = base64.b64encode(f"{self._settings.user}:{password}".encode()).decode()
            return f"Basic {basic}", (basic, password)
        if self._token and self._deps.clock() < self._until:
            return f"Bearer {self._token}", (self._token, self._hidden)
        self._hidden = secret = await self._secret(self._settings.client_secret)
        form = {
            "grant_type": "client_credentials", "client_id": self._settings.client_id, "client_secret": secret,
        }  # fmt: skip
        response = await self._deps.http.send(
            "POST", self._settings.address + _SIGN_IN, what=self.what, form=form, expected=_SPEAKING, hide=(secret,)
        )
        status = response.status_code
        if status in _SPEAKING:
            said = _without(complaint(response), (secret,))
            raise PermanentError(f"{self.what}: {_SIGN_IN} answered {status}: {self._who().strip(': ')} ({said})")
        try:
            found = response.json()
            self._token, seconds = str(found["access_token"]), float(found.get("expires_in") or 0)
        except (ValueError, KeyError, TypeError, AttributeError):
            raise TransientError(
                f"{self.what}: {_SIGN_IN} answered without a token: is the instance awake?", 60
            ) from None
        self._until = self._deps.clock() + timedelta(seconds=seconds) - _EARLY
        return f"Bearer {self._token}", (self._token, secret)

    async def _secret(self, name: str) -> str:
        value = (await self._deps.secrets.get(name)).strip()
        if not value.isprintable():
            raise PermanentError(f"{self.what}: the secret {name} holds what no password has: was it copied whole?")
        return value

    def _who(self) -> str:
        if self._settings.user:
            return f": the user {self._settings.user} and the secret {self._settings.password} do not go together"
        return (
            f": the client {self._settings.client_id} and the secret {self._settings.client_secret} are not accepted "
            "for client credentials (Application Registry; glide.oauth.inbound.client.credential.grant_type.enabled)"
        )


def complaint(response: httpx.Response) -> str:
    """What ServiceNow says about a request that it does not take, in one line."""
    try:
        body = response.json()
    except ValueError:
        return ""
    error = body.get("error") if isinstance(body, dict) else None
    if isinstance(error, dict):
        parts = [str(error.get(name) or "") for name in ("message", "detail")]
    else:
        parts = [str(error or ""), str(body.get("error_description") or "") if isinstance(body, dict) else ""]
    return " ".join(": ".join(part for part in parts if part).split())[:_SHOWN]


def _without(text: str, hide: tuple[str, ...]) -> str:
    for secret in hide:
        text = text.replace(secret, "…") if secret else text
    return text
