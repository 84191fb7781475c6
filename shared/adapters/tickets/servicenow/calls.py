"""Calls to one ServiceNow instance, and what it says about those that it refuses."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from shared.adapters.clients.http import without
from shared.adapters.registry import AdapterDeps
from shared.adapters.ticketing.calls import SHOWN, Call, RemoteCalls, SignIn, basic, bearer, down_of
from shared.adapters.ticketing.shapes import Shape
from shared.adapters.tickets.servicenow.settings import Settings
from shared.core.errors import TransientError

_TOKENS = "/oauth_token.do"
_LONGEST = 86_400.0  # seconds that a token is used, whatever is said of it
_EARLY = timedelta(seconds=60)  # a token is used no longer than so long before it ends


class Calls(RemoteCalls):
    """One instance. A token is kept until it ends; one that is refused is asked for anew once.

    An instance that is asleep answers 200 with a page.
    """

    system = "ServiceNow"
    refusals = frozenset({400, 401, 403, 404, 405, 413, 422})
    doubt = "is the instance awake?"
    wait = 60

    def __init__(self, settings: Settings, deps: AdapterDeps) -> None:
        self._settings = settings
        hints = {
            401: f"ServiceNow does not know us: {self._who()}",
            403: f"we lack a right: the integration's user needs {settings.role_names}",
        }
        super().__init__(deps, settings.address, hints)
        self._token, self._until = "", datetime.min.replace(tzinfo=UTC)
        self._hidden = ""  # the client secret that the token was got with: no error may hold it either

    async def send(self, call: Call) -> tuple[httpx.Response, tuple[str, ...]]:
        kept = self._token != ""
        response, secrets = await super().send(call)
        if response.status_code == 401 and kept:  # the token was taken back; nothing was done
            self._token = ""
            response, secrets = await super().send(call)
        return response, secrets

    async def results(self, path: str, params: Mapping[str, str]) -> list[Mapping[str, Any]]:
        """The records of a list."""
        records = self.result(await self.ask("GET", path, params=params), list)
        return [record for record in records if isinstance(record, dict)]

    def result(self, response: httpx.Response, shape: Shape) -> Any:
        """The answer's `result`."""
        return self.read_part(response, "result", shape)

    def one(self, response: httpx.Response) -> Mapping[str, Any]:
        """The one record of an answer, which some instances put into a list."""
        result = self.result(response, object)
        record = result[0] if isinstance(result, list) and result else result
        if not isinstance(record, dict):
            raise TransientError(
                f"{self.what}: {response.request.url.path} answered without a record: {self.doubt}", self.wait
            )
        return record

    async def sign_in(self) -> SignIn:
        if self._settings.user:
            return basic(self._settings.user, await self._secret(self._settings.password))
        if not (self._token and self._deps.clock() < self._until):
            await self._get_token()
        return bearer(self._token, self._hidden)

    async def _get_token(self) -> None:
        self._hidden = secret = await self._secret(self._settings.client_secret)
        form = {
            "grant_type": "client_credentials", "client_id": self._settings.client_id, "client_secret": secret,
        }  # fmt: skip
        response = await self._deps.http.send(
            "POST", self._address + _TOKENS, what=self.what, form=form, expected=self.refusals, hide=(secret,)
        )
        if response.status_code in self.refusals:
            complaint = without(self.complaint_of(response), (secret,))[:SHOWN]
            raise down_of(f"{self.what}: {_TOKENS} answered {response.status_code}: {self._who()} ({complaint})", 401)
        try:
            answer = response.json()
            self._token, seconds = str(answer["access_token"]), float(answer.get("expires_in") or 0)
            self._until = self._deps.clock() + timedelta(seconds=min(max(0.0, seconds), _LONGEST)) - _EARLY
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError):
            self._token = ""
            raise TransientError(f"{self.what}: {_TOKENS} answered without a token: {self.doubt}", self.wait) from None

    async def _secret(self, name: str) -> str:
        return await self.secret(name, "password", blanks=True)

    def complaint(self, body: Mapping[str, Any]) -> str:
        error = body.get("error")
        if isinstance(error, dict):
            parts = [error.get("message"), error.get("detail")]
        else:
            parts = [error, body.get("error_description")]
        return ": ".join(str(part) for part in parts if part)

    def _who(self) -> str:
        if self._settings.user:
            return f"the user {self._settings.user} and the secret {self._settings.password} do not go together"
        return (
            f"the client {self._settings.client_id} and the secret {self._settings.client_secret} are not accepted "
            "for client credentials (Application Registry; glide.oauth.inbound.client.credential.grant_type.enabled)"
        )
