"""Teams through a Workflows webhook ("When a Teams webhook request is received", callable by anyone)."""

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from pydantic import ConfigDict, Field

from shared.adapters.registry import AdapterDeps
from shared.core.errors import PermanentError, TargetDownError
from shared.core.policy.parts import SecretName, Strict

if TYPE_CHECKING:
    from shared.core.cards.card import Card

# Power Automate's new addresses, and the Logic Apps ones before them; worldwide, GCC, GCC High, DoD, China.
HOSTS = (
    ".environment.api.powerplatform.com",
    ".environment.api.gov.powerplatform.microsoft.us",
    ".environment.api.high.powerplatform.microsoft.us",
    ".environment.api.appsplatform.us",
    ".environment.api.powerplatform.partner.microsoftonline.cn",
    ".logic.azure.com",
    ".logic.azure.us",
    ".logic.azure.cn",
)
RETIRED = (".webhook.office.com", "outlook.office.com", "outlook.office365.com")
_SHOWN = 300  # characters of an answer that an error repeats
LOOPBACK = frozenset({"localhost", "127.0.0.1"})
_ADDRESS = re.compile(r"(https?)://([A-Za-z0-9.-]+)(:\d{1,5})?(/[!-\[\]-~]*)")
_HINTS = {
    400: "Teams does not take the card",
    401: "the workflow's trigger must accept requests from anyone",
    403: "the workflow's trigger must accept requests from anyone",
    404: "the workflow is gone or has a new address",
    410: "the workflow is gone or has a new address",
    413: "the card is larger than Teams takes (about 28 KB)",
}
_ANYONE = "Open the flow in Power Automate, let anyone trigger it, and store its address, with `sig`, as {secret}. "
_MAKE = "Make a workflow 'Send webhook alerts to a channel' in Teams and store its address as {secret}. "
_COPY = "Copy the address of the flow's trigger and store it as {secret}; make a flow that is gone anew. "
_TURN_ON = "Turn the flow on in Power Automate (My flows, the flow, Turn on). "
_ITSELF = "Nothing else is needed: what waits is sent when it answers."
_REMEDIES = {401: _ANYONE, 403: _ANYONE, 404: _COPY, 410: _COPY}
_OFF = re.compile(
    r"WorkflowTriggerIsNotEnabled|\bstate\W{1,3}(?:is\W{1,3})?(?:Disabled|Deleted|Suspended)\b", re.IGNORECASE
)
_DELETED = re.compile(r"\bDeleted\b", re.IGNORECASE)


class Settings(Strict):
    """`url`: the NAME of the secret that holds the webhook's address; the address itself is the secret."""

    model_config = ConfigDict(strict=True)

    url: SecretName = Field(min_length=1)


class TeamsWorkflow:
    """One Teams channel or chat. Accepted is not delivered: the workflow answers before it posts."""

    def __init__(self, settings: Settings, deps: AdapterDeps) -> None:
        self._secret = settings.url
        self._deps = deps
        self._what = f"channel {deps.name}"

    async def post(self, card: "Card") -> None:
        """Send one card. The address is read anew each time, so that a changed secret needs no restart."""
        # Only who sends a card needs what renders it; whoever reads the policy needs the settings above.
        from shared.adapters.cards.adaptive import render, teams_message
        from shared.adapters.clients.http import hide_address

        url = await self._url()
        response = await self._deps.http.send(
            "POST", url, what=self._what, json=teams_message(render(card)), expected=frozenset(_HINTS)
        )
        if response.status_code in _HINTS:
            raise self._refusal(response.status_code, hide_address(url, response.text)[:2000])

    async def check(self) -> str:
        url = await self._url()
        if fault := fault_of_secret(url):
            raise self._down(f"{self._what}: secret {self._secret}: {fault}", _COPY)
        await self._deps.http.may_call(url, self._what)
        return f"{urlsplit(url).hostname}, a workflow whose address is the secret {self._secret}"

    async def _url(self) -> str:
        """The address; TargetDownError where the secret holds none, as that is no fault of a card."""
        try:
            url = (await self._deps.secrets.get(self._secret)).strip()
        except PermanentError as error:
            raise self._down(f"{self._what}: {error}", _COPY) from None
        if fault := fault_of(url):
            raise self._down(f"{self._what}: secret {self._secret}: {fault}", _MAKE)
        return url

    def _refusal(self, status: int, answer: str) -> PermanentError:
        """What a refusal means: the channel is down, or it does not take this card."""
        hint, remedy = _HINTS[status], _REMEDIES.get(status, "")
        if status == 400 and _OFF.search(answer):
            is_gone = _DELETED.search(answer)
            hint, remedy = ("the flow was deleted", _MAKE) if is_gone else ("the flow is turned off", _TURN_ON)
        reason = f"{self._what}: answered {status}: {hint} (secret {self._secret}) {answer[:_SHOWN]}"
        return self._down(reason, remedy) if remedy else PermanentError(reason)

    def _down(self, reason: str, remedy: str) -> TargetDownError:
        return TargetDownError(reason, remedy.format(secret=f"the secret {self._secret}") + _ITSELF)


def build(settings: Settings, deps: AdapterDeps) -> TeamsWorkflow:
    return TeamsWorkflow(settings, deps)


def fault_of(url: str) -> str:
    """Why this is no address that cards may be sent to, in words without the address; empty where it is one."""
    parts = _ADDRESS.fullmatch(url)
    if not parts:
        return "its value is not a web address; copy it from the workflow's trigger in Power Automate"
    scheme, host, port = parts[1], parts[2].lower(), parts[3]
    if port and int(port[1:]) > 65_535:
        return "its address has an impossible port"
    if host in LOOPBACK:
        return ""
    if host.endswith(RETIRED):
        return (
            "an Office 365 connector (webhook.office.com); Microsoft retired those in May 2026. Make a workflow "
            "'Send webhook alerts to a channel' in Teams and store its address instead"
        )
    if scheme != "https":
        return "the address must begin with https://"
    if not host.endswith(HOSTS):
        return f"{host} is no host of Teams Workflows (known: {', '.join('*' + suffix for suffix in HOSTS)})"
    return ""


def fault_of_secret(value: str) -> str:
    """What `check --secrets` says of the secret, without its value; empty for a good one."""
    if fault := fault_of(value):
        return fault
    parts = urlsplit(value)
    if "&amp;" in value:
        return "its address was copied out of a web page (it holds &amp; where & belongs); copy it from the trigger"
    if parts.hostname not in LOOPBACK and "sig" not in dict(parse_qsl(parts.query)):
        return (
            "its address has no `sig`: it was cut at an & when it was stored (put it into quotes), or the workflow's "
            "trigger does not accept requests from anyone"
        )
    return ""
