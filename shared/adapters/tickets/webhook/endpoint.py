"""The receiver's address: messages signed and sent; address and secret are read anew for each."""

from collections.abc import Mapping
from typing import Any

import httpx

from shared.adapters.clients.http import hide_address, without
from shared.adapters.registry import AdapterDeps
from shared.adapters.ticketing.calls import down_of, json_without
from shared.adapters.tickets.webhook.address import checked
from shared.adapters.tickets.webhook.message import HARD, Message
from shared.adapters.tickets.webhook.settings import Settings
from shared.core.errors import PermanentError, TargetDownError
from shared.core.signing import fault_of, signature

_STRANGER = frozenset({401, 410})  # the receiver lets us in no more, whatever is sent
_OF_CREATION = frozenset({403, 404})  # the same where a ticket is opened; else it may be that ticket's own
_REFUSED = frozenset({400, 406, 413, 415, 422})  # about what was sent: it is not sent again as it is
_SHOWN = 300


class RefusedError(PermanentError):
    """The receiver does not take this content."""


class Endpoint:
    """One receiver."""

    def __init__(self, settings: Settings, deps: AdapterDeps) -> None:
        self._settings, self._deps = settings, deps
        self.what = f"ticket system {deps.name}"

    async def ready(self) -> tuple[str, list[str]]:
        """The address and the keys that sign, when nothing is wrong with them; TargetDownError says what is.

        While a secret is changed it may hold the new one and the old one, with a space between.
        """
        settings = self._settings
        try:
            url = (await self._deps.secrets.get(settings.url)).strip()
            secret = (await self._deps.secrets.get(settings.secret)).strip()
        except PermanentError as error:
            raise down_of(f"{self.what}: {error}", 401) from error
        keys = secret.split() if secret.startswith("whsec_") else [secret]
        for key in keys:
            if fault := fault_of(key):
                raise down_of(f"{self.what}: the secret {settings.secret} {fault}", 401)
        return checked(url, self.what), keys

    async def may_send(self) -> None:
        """Raise what sending would, before anything is sent."""
        url, _ = await self.ready()
        await self._deps.http.may_call(url, self.what)

    async def send(self, message: Message) -> Mapping[str, Any]:
        """The answer's JSON, empty where it holds none; RefusedError for content that is not taken."""
        url, keys = await self.ready()
        body = message.body.encode(errors="replace")
        if len(body) > HARD:
            raise RefusedError(f"{self.what}: a message of {len(body)} bytes is too large ({HARD}): shorten `fields`")
        seconds = str(int(self._deps.clock().timestamp()))
        signatures = " ".join(signature(key, message.id, seconds, body) for key in keys)
        headers = {
            "webhook-id": message.id, "webhook-timestamp": seconds, "webhook-signature": signatures,
            "Content-Type": "application/json",
        }  # fmt: skip
        hide = (*keys, *(key.removeprefix("whsec_") for key in keys), url, signatures)
        response = await self._deps.http.send(
            "POST", url, what=self.what, content=body, headers=headers, transient=frozenset({409, 412}), hide=hide,
            expected=_REFUSED | _STRANGER | (_OF_CREATION if message.kind == "ticket.opened" else frozenset()),
        )  # fmt: skip
        if response.status_code in _STRANGER | _OF_CREATION:
            raise self._down(response.status_code)
        if response.status_code in _REFUSED:
            answer_text = without(hide_address(url, " ".join(response.text.split())), hide)
            raise RefusedError(
                f"{self.what}: the receiver answered {response.status_code}: it does not take the message "
                f"({answer_text[:_SHOWN]})"
            )
        return self._answer(response, hide)

    def _down(self, status: int) -> TargetDownError:
        settings = self._settings
        if status == 410:
            reason = f"it takes no more messages; give the secret {settings.url} another address"
        elif status == 404:
            reason = f"nobody takes messages there; is the address in the secret {settings.url} right?"
        else:
            reason = f"it does not accept our signature; does it have the secret {settings.secret}?"
        return down_of(f"{self.what}: the receiver answered {status}, {reason}", status)

    def _answer(self, response: httpx.Response, hide: tuple[str, ...]) -> Mapping[str, Any]:
        try:
            answer = json_without(response.json(), hide)
        except ValueError:
            return {}  # an answer without a word is one: our key is the number
        return answer if isinstance(answer, dict) else {}
