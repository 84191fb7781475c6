"""One endpoint: messages signed and sent, each answer that refuses in words for the one who set it up."""

from typing import Any

from shared.adapter import Deps
from shared.core.errors import PermanentError
from shared.http import redact
from shared.tickets.webhook import guard, signing
from shared.tickets.webhook.message import HARD, Message
from shared.tickets.webhook.settings import ADDRESS, FAULT, Settings

REFUSED = frozenset({400, 406, 413, 415, 422})
"""Statuses that are about what was sent: it is not sent again as it is."""
_SPEAKING = REFUSED | {301, 302, 303, 307, 308, 401, 403, 404, 405, 410}
_SHOWN = 300
_HINTS = {
    401: "our signature is not accepted: do both sides hold the secret {secret}, and do both clocks go right?",
    403: "we are not let in: do both sides hold the secret {secret}?",
    404: "there is nothing at this address",
    405: "nothing takes messages at this address (POST)",
    410: "the endpoint is gone for good; take it out of the policy, or give its new address",
    413: "the message is larger than the endpoint takes",
}
_ELSEWHERE = "it sends us elsewhere, where we do not go; give the right address in the policy"


class RefusedError(PermanentError):
    """The endpoint does not take this content."""


class Endpoint:
    """Address and secret are read anew for each message, so that a changed one needs no restart."""

    def __init__(self, settings: Settings, deps: Deps) -> None:
        self._settings, self._deps = settings, deps
        self.what = f"ticket system {deps.name}"

    async def ready(self) -> tuple[str, str]:
        """Address and secret, when nothing is wrong with them; PermanentError says what is."""
        settings = self._settings
        url = (await self._deps.secrets.get(settings.url)).strip() if settings.url_is_secret else settings.url
        if not ADDRESS.fullmatch(url):
            raise PermanentError(f"{self.what}: the secret {settings.url} holds no address; expected {FAULT}")
        secret = (await self._deps.secrets.get(settings.secret)).strip()
        try:
            signing.keys(secret)
        except ValueError as error:
            raise PermanentError(
                f"{self.what}: the secret {settings.secret} cannot sign: {error}; "
                "make one by `openssl rand -base64 32`, with whsec_ before it"
            ) from None
        await guard.check(url, self.what, allow_private=settings.allow_private)
        return url, secret

    async def send(self, message: Message) -> Any:
        """The answer's JSON, None where it holds none; RefusedError for content that is not taken."""
        if len(message.body) > HARD:
            raise RefusedError(
                f"{self.what}: a message of {len(message.body)} bytes is too large (at most {HARD}): shorten `fields`"
            )
        url, secret = await self.ready()
        seconds = int(self._deps.clock().timestamp())
        hide = (url, *secret.split(), *(one.removeprefix("whsec_") for one in secret.split()))
        response = await self._deps.http.send(
            "POST", url, what=self.what, content=message.body,
            headers={
                "Content-Type": "application/json", **signing.headers(secret, message.id, seconds, message.body)
            },
            expected=_SPEAKING, transient=frozenset({409, 412}), hide=hide,
        )  # fmt: skip
        status = response.status_code
        if status in _SPEAKING:
            text = " ".join(response.text.split())
            for one in hide:
                text = text.replace(one, "…")
            hint = _HINTS.get(status, _ELSEWHERE if status < 400 else "the endpoint does not take the message")
            hint = hint.format(secret=self._settings.secret)
            said = f"{self.what}: {redact(url)} answered {status}: {hint}{f' ({text[:_SHOWN]})' if text else ''}"
            raise RefusedError(said) if status in REFUSED else PermanentError(said)
        try:
            return response.json()
        except ValueError:
            return None
