"""The Teams channels: takes cards as a Workflows webhook does, keeps them, and shows them as Teams would.

The envelope, its limit of 28 KB and the answer 202 without a body are those of
learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using; the codes of refusals are
those of the request trigger under the Workflows (learn.microsoft.com/azure/connectors/connectors-native-reqres).
"""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from aiohttp import web

from sandbox.errors import SandboxError

LARGEST = 28 * 1024
"""Bytes of a message as Teams counts them: as a JSON string within another one, each quotation mark escaped."""
CARD_TYPE = "application/vnd.microsoft.card.adaptive"

_HERE = Path(__file__).parent
_RENDERER = _HERE.parents[1] / "node_modules" / "adaptivecards" / "dist" / "adaptivecards.min.js"
_FILES = {path.name: path for path in (*_HERE.glob("*.js"), _HERE / "inbox.css")}
_FILES["adaptivecards.js"] = _RENDERER
_TYPES = {".js": "text/javascript", ".css": "text/css"}  # not left to the machine's own table: modules are refused
# Nothing from outside, nothing inline: a card's text can at worst look odd. The renderer sets styles through the DOM.
_PAGE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
}
_NO_SNIFFING = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-cache"}


_STATE = "Could not execute workflow '{channel}' trigger 'manual' with state '{state}': trigger is not enabled."
SWITCHES = {
    "off": (400, "WorkflowTriggerIsNotEnabled", _STATE.replace("{state}", "Disabled")),
    "deleted": (400, "WorkflowTriggerIsNotEnabled", _STATE.replace("{state}", "Deleted")),
    "stranger": (
        401,
        "DirectApiAuthorizationRequired",
        "The request must be authenticated only by Shared Access scheme.",
    ),
    "gone": (404, "WorkflowNotFound", "The workflow '{channel}' could not be found."),
}
"""What `POST /switch/{channel}/{how}` makes a channel answer, until `on`: status, code and message."""


@dataclass(frozen=True, slots=True)
class Card:
    """One message in a channel. `number` counts from 1 over all channels; `at` is the sandbox's time.

    `toast`: what Teams shows of it in the corner of the screen and in the activity feed. `size`: its bytes, as counted.
    """

    number: int
    at: str
    channel: str
    card: dict[str, Any]
    toast: str = ""
    size: int = 0

    def as_json(self) -> dict[str, Any]:
        return {
            "number": self.number, "at": self.at, "channel": self.channel, "card": self.card, "toast": self.toast,
            "size": self.size,
        }  # fmt: skip


@dataclass(slots=True)
class Refusals:
    """What a channel did not take: how often, and the last answer."""

    count: int = 0
    at: str = ""
    answer: str = ""


class Inbox:
    """All channels' cards, oldest first. `path`: a JSONL file they are appended to, and read from at the start."""

    def __init__(self, clock: Callable[[], datetime], path: Path | None = None) -> None:
        self._clock, self._path = clock, path
        self.switched: dict[str, str] = {}
        """How each channel answers that does not take cards: a name of SWITCHES."""
        self.refused: dict[str, Refusals] = defaultdict(Refusals)
        """What each channel did not take since the inbox started."""
        self.cards: list[Card] = list(_cards_in(path)) if path and path.exists() else []

    def add(self, channel: str, cards: list[dict[str, Any]], toast: str = "", size: int = 0) -> None:
        """Each attachment becomes a message of its own, as the Workflows template posts them."""
        at = f"{self._clock():%Y-%m-%dT%H:%M:%SZ}"
        added = [Card(len(self.cards) + 1 + i, at, channel, card, toast, size) for i, card in enumerate(cards)]
        if self._path:
            with self._path.open("a", encoding="utf-8") as file:
                file.writelines(json.dumps(card.as_json(), ensure_ascii=False) + "\n" for card in added)
        self.cards += added

    def select(self, channel: str = "", after: int = 0, before: int = 0, limit: int = 0) -> list[Card]:
        """Newest first: those of a channel (all without), numbered higher than `after` and lower than `before`."""
        until = before - 1 if before else len(self.cards)
        cards = [card for card in self.cards[after:until] if channel in ("", card.channel)]
        return cards[::-1][: limit or None]

    def app(self) -> web.Application:
        """`POST /hook/{channel}`, the page at `/`, `/cards.json`, and `POST /switch/{channel}/{how}` of SWITCHES."""
        app = web.Application(client_max_size=1024 * 1024)
        app.add_routes(
            [
                web.post("/hook/{channel}", self._hook),
                web.post("/switch/{channel}/{how}", self._switch),
                web.get("/", self._page),
                web.get("/cards.json", self._cards),
                web.get("/{file}", _file),
            ]
        )
        return app

    async def _switch(self, request: web.Request) -> web.Response:
        channel, how = request.match_info["channel"], request.match_info["how"]
        if how != "on" and how not in SWITCHES:
            return _refused(400, "BadRequest", f"one of on, {', '.join(SWITCHES)}")
        self.switched.pop(channel, None)
        if how != "on":
            self.switched[channel] = how
        return web.Response(text=f"{channel}: {how}\n")

    async def _hook(self, request: web.Request) -> web.Response:
        channel = request.match_info["channel"]
        refusal = await self._refusal(channel, request)
        if refusal:
            refused = self.refused[channel]
            refused.count += 1
            refused.at, refused.answer = f"{self._clock():%Y-%m-%dT%H:%M:%SZ}", f"{refusal.status} {refusal.reason}"
            return refusal
        body = await request.read()
        envelope = json.loads(body)
        cards = [attachment["content"] for attachment in envelope["attachments"]]
        self.add(channel, cards, toast_of(envelope), counted(body))
        return web.Response(status=202)

    async def _refusal(self, channel: str, request: web.Request) -> web.Response | None:
        """What Teams would answer in place of 202."""
        if how := self.switched.get(channel):
            status, code, message = SWITCHES[how]
            return _refused(status, code, message.format(channel=channel))
        if not request.query.get("sig"):
            words = "The request must be authenticated only by Shared Access scheme."
            return _refused(401, "DirectApiAuthorizationRequired", words)
        if (request.content_length or 0) > LARGEST:
            return _too_large()
        body = await request.read()
        if counted(body) > LARGEST:
            return _too_large()
        try:
            envelope = json.loads(body)
        except ValueError as error:
            return _refused(400, "InvalidRequestContent", f"The request content is not valid JSON: {error}")
        fault = fault_of(envelope)
        if fault:
            return _refused(400, "TriggerInputSchemaMismatch", f"The input body does not match its schema: {fault}")
        return None

    async def _page(self, _: web.Request) -> web.Response:
        text = (_HERE / "inbox.html").read_text(encoding="utf-8")
        return web.Response(text=text, content_type="text/html", headers=_PAGE_HEADERS | _NO_SNIFFING)

    async def _cards(self, request: web.Request) -> web.Response:
        try:
            after, before, limit = (int(request.query.get(name, "0")) for name in ("after", "before", "limit"))
        except ValueError:
            return _refused(400, "BadRequest", "after, before and limit are numbers")
        cards = self.select(request.query.get("channel", ""), max(0, after), max(0, before), max(0, limit))
        body = {
            "now": f"{self._clock():%Y-%m-%dT%H:%M:%SZ}",
            "newest": len(self.cards),
            "channels": dict(sorted(Counter(card.channel for card in self.cards).items())),
            "states": {channel: self._state(channel) for channel in sorted({*self.switched, *self.refused})},
            "cards": [card.as_json() for card in cards],
        }
        return web.json_response(body, headers=_NO_SNIFFING)

    def _state(self, channel: str) -> dict[str, Any]:
        """How the channel answers, and what it did not take."""
        refused = self.refused.get(channel, Refusals())
        how = self.switched.get(channel, "on")
        return {"how": how, "refused": refused.count, "at": refused.at, "answer": refused.answer}


def counted(body: bytes) -> int:
    """The bytes of a message as Teams counts them."""
    return len(json.dumps(body.decode(errors="replace"), ensure_ascii=False).encode())


def toast_of(envelope: dict[str, Any]) -> str:
    """What the toast and the activity feed say: the message's summary, and without one nothing but "Card"."""
    summary = envelope.get("summary")
    return summary if isinstance(summary, str) and summary.strip() else "Card"


async def _file(request: web.Request) -> web.StreamResponse:
    path = _FILES.get(request.match_info["file"])
    if path is None or not path.exists():
        raise web.HTTPNotFound(text="not here; adaptivecards.js comes with `npm ci`")
    return web.FileResponse(path, headers=_NO_SNIFFING | {"Content-Type": _TYPES[path.suffix]})


def fault_of(envelope: object) -> str | None:
    """What keeps a Workflows webhook from taking this message; None when it is as it should be."""
    if not isinstance(envelope, dict) or envelope.get("type") != "message":
        return '`type` must be "message"'
    attachments = envelope.get("attachments")
    if not isinstance(attachments, list) or not attachments:
        return "`attachments` must be a list with at least one card"
    for index, attachment in enumerate(attachments):
        where = f"attachments[{index}]"
        if not isinstance(attachment, dict) or attachment.get("contentType") != CARD_TYPE:
            return f'`{where}.contentType` must be "{CARD_TYPE}"'
        if not isinstance(attachment.get("contentUrl"), str | None):
            return f"`{where}.contentUrl` must be null or text"
        content = attachment.get("content")
        if not isinstance(content, dict) or content.get("type") != "AdaptiveCard":
            return f'`{where}.content` must be an object of `type` "AdaptiveCard"'
    return None


def _cards_in(path: Path) -> Iterator[Card]:
    """The cards of a state file. A last line that was cut off by a sudden end is taken out of the file."""
    data = path.read_bytes()
    whole = data.rfind(b"\n") + 1
    if whole < len(data):
        path.write_bytes(data[:whole])
    for number, line in enumerate(data[:whole].splitlines(), 1):
        try:
            card = json.loads(line)
            yield Card(number, card["at"], card["channel"], card["card"], card.get("toast", ""), card.get("size", 0))
        except (ValueError, TypeError, KeyError) as error:
            raise SandboxError(f"{path}:{number}: this is no card of the inbox ({error!r})") from error


def _too_large() -> web.Response:
    return _refused(413, "RequestEntityTooLarge", f"The message is larger than {LARGEST} bytes.")


def _refused(status: int, code: str, message: str) -> web.Response:
    return web.json_response({"error": {"code": code, "message": message}}, status=status)
