"""The receiver's address: messages signed and sent; address and secret are read anew for each."""

from collections.abc import Mapping
from typing import Any

from shared.adapters.registry import AdapterDeps
from shared.adapters.tickets.webhook.address import checked
from shared.adapters.tickets.webhook.message import HARD, Message
from shared.adapters.tickets.webhook.settings import Settings
from shared.core.errors import PermanentError
from shared.core.signing import fault_of, signature

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
        """The address and the keys that sign, when nothing is wrong with them; PermanentError says what is.

        While a secret is changed it may hold the new one and the old one, with a space between.
        """
        settings = self._settings
        url = (await self._deps.secrets.get(settings.url)).strip()
        secret = (await self._deps.secrets.get(settings.secret)).strip()
        keys = secret.split() if secret.startswith("whsec_") else [secret]
        for key in keys:
            if fault := fault_of(key):
                raise PermanentError(f"{self.what}: the secret {settings.secret} {fault}")
        await checked(url, self.what, allow_private=settings.allow_private)
        return url, keys

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
            "POST", url, what=self.what, content=body, headers=headers, expected=_REFUSED | {410},
            transient=frozenset({409, 412}), hide=hide,
        )  # fmt: skip
        if response.status_code == 410:
            raise PermanentError(
                f"{self.what}: the receiver answered 410, it takes no more messages; give the secret "
                f"{self._settings.url} another address"
            )
        if response.status_code in _REFUSED:
            answer_text = " ".join(response.text.split())
            for secret in hide:
                answer_text = answer_text.replace(secret, "…")
            raise RefusedError(
                f"{self.what}: the receiver answered {response.status_code}: it does not take the message "
                f"({answer_text[:_SHOWN]})"
            )
        try:
            answer = response.json()
        except ValueError:
            return {}  # an answer without a word is one: our key is the number
        return answer if isinstance(answer, dict) else {}
