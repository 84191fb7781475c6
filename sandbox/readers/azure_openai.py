"""A resource of Azure OpenAI with one deployment, whose model is any function, and the faults that the service has.

It takes what chat completions of the v1 API take of us: a token, the deployment, two messages, a strict JSON schema and
a bound of tokens. Anything else is refused, so that nothing is sent which a newer model would refuse.
"""

import asyncio
import json
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from sandbox.microsoft365.credential import read_token
from sandbox.readers.answers import (
    Refused,
    bad_request,
    completion,
    filtered_prompt,
    no_deployment,
    no_token,
    outside_network,
    stranger,
    throttled,
    tokens,
)

DEPLOYMENT = "reader"
Model = Callable[[Mapping[str, Any]], str | Awaitable[str]]
"""What answers: from the body of the request to the text of the answer."""
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
_KNOWN = frozenset({"model", "messages", "response_format", "max_completion_tokens"})
_OF_SCHEMAS = frozenset({
    "type", "properties", "required", "additionalProperties", "items", "enum", "const", "anyOf", "$ref", "$defs",
    "description", "title", "$schema",
})  # fmt: skip
_MOST_PROPERTIES, _DEEPEST = 100, 5
_HUGE = 50 * 1024 * 1024
_PIECE = 64 * 1024
_PAGE = "<!DOCTYPE html><html><head><title>Service unavailable</title></head><body>Try later.</body></html>"


@dataclass(slots=True)
class Call:
    """What came: the path, the headers and the body."""

    path: str
    headers: Mapping[str, str]
    body: Mapping[str, Any] = field(default_factory=dict)


def by_post(answers: Mapping[str, str], otherwise: str = "{}") -> Model:
    """A model that has an answer for each text that occurs in a post."""

    def answer(body: Mapping[str, Any]) -> str:
        post = body["messages"][-1]["content"]
        return next((text for part, text in answers.items() if part in post), otherwise)

    return answer


class AzureOpenAI:
    """One resource. `knows`: which tokens it takes; those of the sandbox where nothing is said.

    `fault`: what every question meets from now on, by its name in `FAULTS`; empty for none. `next_faults`: what the
    next questions meet, in turn. `retry_after`: headers of a 429. `elsewhere`: where `redirect` leads.
    """

    def __init__(
        self, model: Model, *, deployment: str = DEPLOYMENT, knows: Callable[[str], bool] | None = None
    ) -> None:
        self.model, self.deployment = model, deployment
        self.calls: list[Call] = []
        self.fault = ""
        self.next_faults: deque[str] = deque()
        self.retry_after: Mapping[str, str] = {"Retry-After": "7"}
        self.elsewhere = "http://127.0.0.1:9/openai/v1/chat/completions"
        self.tokens_in = self.tokens_out = 0
        self._knows = knows or (lambda token: read_token(token) is not None)
        self._released = asyncio.Event()

    @property
    def questions(self) -> list[Call]:
        """What was asked, whatever came of it."""
        return [call for call in self.calls if call.path.endswith("/chat/completions")]

    def settings(self, url: str) -> dict[str, Any]:
        """What a policy says of this server at `url`."""
        return {"endpoint": url, "deployment": self.deployment}

    def release(self) -> None:
        """Let go whoever hangs."""
        self._released.set()

    def app(self) -> web.Application:
        app = web.Application(client_max_size=4_000_000, middlewares=[self._answering])
        app.add_routes(
            [
                web.post("/openai/v1/chat/completions", self._complete),
                web.get("/openai/v1/models", self._models),
            ]
        )
        return app

    @web.middleware
    async def _answering(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        call = Call(request.path, dict(request.headers))
        self.calls.append(call)
        try:
            if request.can_read_body:
                call.body = _json(await request.text())
            fault = self.next_faults.popleft() if self.next_faults else self.fault
            if fault:
                return await FAULTS[fault](self, request, call.body)
            self._sign_in(request)
            return await handler(request)
        except Refused as refused:
            return refused.answer()
        except web.HTTPNotFound:
            return Refused(404, "404", "Resource not found").answer()

    def _sign_in(self, request: web.Request) -> None:
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        if kind != "Bearer" or "api-key" in request.headers or not self._knows(token):
            raise no_token()

    async def _models(self, _request: web.Request) -> web.Response:
        model = {
            "id": "gpt-5-mini-2025-08-07", "object": "model", "created": 1_754_000_000, "status": "succeeded",
            "capabilities": {"fine_tune": False, "inference": True, "completion": False, "chat_completion": True},
            "lifecycle_status": "generally-available", "deprecation": {"inference": 1_790_000_000},
        }  # fmt: skip
        return web.json_response({"object": "list", "data": [model]})

    async def _complete(self, request: web.Request) -> web.Response:
        body = _json(await request.text())
        self._look_at(body)
        text = self.model(body)
        return self._completed(body, await text if isinstance(text, Awaitable) else text)

    def _completed(self, body: Mapping[str, Any], text: str | None, **how: Any) -> web.Response:
        asked = sum(tokens(str(message.get("content"))) for message in body["messages"])
        answer = completion(text, asked=asked, **how)
        self.tokens_in += asked
        self.tokens_out += answer["usage"]["completion_tokens"]
        return web.json_response(answer)

    def _look_at(self, body: Mapping[str, Any]) -> None:
        """Refuse what no newer model takes."""
        if unknown := sorted(set(body) - _KNOWN):
            message = f"Unsupported parameter: '{unknown[0]}' is not supported with this model."
            raise bad_request(message, unknown[0], "unsupported_parameter")
        if body.get("model") != self.deployment:
            raise no_deployment()
        messages = body.get("messages")
        roles = [message.get("role") for message in messages] if isinstance(messages, list) else []
        if roles != ["system", "user"]:
            raise bad_request("Invalid value for 'messages'.", "messages")
        most = body.get("max_completion_tokens")
        if type(most) is not int or not 0 < most <= 16_384:
            message = f"max_tokens is too large: {most}. This model supports at most 16384 completion tokens."
            raise bad_request(message, "max_completion_tokens", "invalid_value")
        _look_at_format(body.get("response_format"))

    async def _hang(self, _request: web.Request, _body: Mapping[str, Any]) -> web.StreamResponse:
        await self._released.wait()
        return web.Response(status=504)

    async def _filter_answer(self, _request: web.Request, body: Mapping[str, Any]) -> web.StreamResponse:
        return self._completed(body, None, finish="content_filter")

    async def _refuse(self, _request: web.Request, body: Mapping[str, Any]) -> web.StreamResponse:
        return self._completed(body, None, refusal="I'm sorry, I cannot assist with that request.")

    async def _cut_off(self, _request: web.Request, body: Mapping[str, Any]) -> web.StreamResponse:
        text = self.model(body)
        whole = await text if isinstance(text, Awaitable) else text
        return self._completed(body, whole[: len(whole) // 2], finish="length")

    async def _think_only(self, _request: web.Request, body: Mapping[str, Any]) -> web.StreamResponse:
        return self._completed(body, "", finish="length")

    async def _say_nothing(self, _request: web.Request, body: Mapping[str, Any]) -> web.StreamResponse:
        return self._completed(body, None)

    async def _throttle(self, _request: web.Request, _body: Mapping[str, Any]) -> web.StreamResponse:
        raise throttled(self.retry_after)

    async def _redirect(self, _request: web.Request, _body: Mapping[str, Any]) -> web.StreamResponse:
        return web.Response(status=307, headers={"Location": self.elsewhere})


def _json(text: str) -> Mapping[str, Any]:
    try:
        body = json.loads(text)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise bad_request("We could not parse the JSON body of your request.", "body")
    return body


def _look_at_format(given: Any) -> None:
    """Structured outputs: the schema must be strict, and of the part of JSON Schema that the service knows."""
    schema = given.get("json_schema") if isinstance(given, dict) and given.get("type") == "json_schema" else None
    if not isinstance(schema, dict) or set(schema) != {"name", "strict", "schema"} or schema["strict"] is not True:
        raise bad_request("Missing required parameter: 'response_format.json_schema'.", "response_format")
    fault = _fault_of(schema["schema"], 1)
    if not fault and _properties(schema["schema"]) > _MOST_PROPERTIES:
        fault = f"more than {_MOST_PROPERTIES} properties"
    if not fault and schema["schema"].get("type") != "object":
        fault = "schema must be a JSON Schema of 'type: \"object\"'"
    if fault:
        raise bad_request(f"Invalid schema for response_format 'reading': {fault}", "response_format")


def _fault_of(schema: Any, level: int) -> str:
    if not isinstance(schema, dict):
        return "a schema must be an object"
    if level > _DEEPEST + 1:
        return f"nested deeper than {_DEEPEST} levels"
    if unknown := sorted(set(schema) - _OF_SCHEMAS):
        return f"'{unknown[0]}' is not permitted"
    if "properties" in schema:
        if schema.get("additionalProperties") is not False:
            return "'additionalProperties' is required to be supplied and to be false"
        if sorted(schema.get("required", ())) != sorted(schema["properties"]):
            return "'required' is required to be supplied and to be an array including every key in properties"
    below = [*schema.get("properties", {}).values(), *schema.get("$defs", {}).values()]
    nested = next(filter(None, (_fault_of(each, level + 1) for each in below)), "")
    beside = [schema["items"]] if "items" in schema else []
    return nested or next(filter(None, (_fault_of(each, level) for each in (*beside, *schema.get("anyOf", ())))), "")


def _properties(schema: Mapping[str, Any]) -> int:
    properties: Sequence[Any] = list(schema.get("properties", {}).values())
    below = [*properties, *schema.get("$defs", {}).values(), *schema.get("anyOf", ())]
    below += [schema["items"]] if "items" in schema else []
    return len(properties) + sum(map(_properties, below))


async def _huge(_server: AzureOpenAI, request: web.Request, _body: Mapping[str, Any]) -> web.StreamResponse:
    """A page without end, as it seems."""
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    await response.prepare(request)
    for _ in range(_HUGE // _PIECE):
        await response.write(b" " * _PIECE)
    return response


async def _drop(_server: AzureOpenAI, request: web.Request, _body: Mapping[str, Any]) -> web.StreamResponse:
    if request.transport:
        request.transport.close()
    return web.Response()


def _refusing(refused: Callable[[], Refused]) -> "Callable[..., Awaitable[web.StreamResponse]]":
    async def refuse(_server: AzureOpenAI, _request: web.Request, _body: Mapping[str, Any]) -> web.StreamResponse:
        raise refused()

    return refuse


def _saying(text: str, kind: str = "application/json", status: int = 200) -> "Callable[..., Awaitable[web.Response]]":
    async def say(_server: AzureOpenAI, _request: web.Request, _body: Mapping[str, Any]) -> web.Response:
        return web.Response(text=text, content_type=kind, status=status)

    return say


FAULTS: Mapping[str, Callable[..., Awaitable[web.StreamResponse]]] = {
    "throttled": AzureOpenAI._throttle,  # noqa: SLF001 - its own faults, by name
    "filtered prompt": _refusing(filtered_prompt),
    "filtered answer": AzureOpenAI._filter_answer,  # noqa: SLF001
    "refusal": AzureOpenAI._refuse,  # noqa: SLF001
    "cut off": AzureOpenAI._cut_off,  # noqa: SLF001
    "thought only": AzureOpenAI._think_only,  # noqa: SLF001
    "no text": AzureOpenAI._say_nothing,  # noqa: SLF001
    "500": _refusing(lambda: Refused(500, "InternalServerError", "The server had an error. Sorry about that!")),
    "503": _saying(_PAGE, "text/html", 503),
    "stranger": _refusing(stranger),
    "no token": _refusing(no_token),
    "outside network": _refusing(outside_network),
    "no deployment": _refusing(no_deployment),
    "no resource": _refusing(lambda: Refused(404, "404", "Resource not found")),
    "too long": _refusing(
        lambda: bad_request("This model's maximum context length is exceeded.", "messages", "context_length_exceeded")
    ),
    "old model": _refusing(
        lambda: bad_request(
            "Invalid parameter: 'response_format' of type 'json_schema' is not supported.", "response_format"
        )
    ),
    "html": _saying(_PAGE, "text/html"),
    "no choices": _saying('{"id": "x", "object": "chat.completion", "choices": []}'),
    "broken": _saying('{"choices": [{"message": {"content": "'),
    "list": _saying("[1, 2]"),
    "deep": _saying("[" * 100_000),
    "odd": _saying('{"choices": ["x"], "usage": "many", "model": 5}'),
    "huge": _huge,
    "redirect": AzureOpenAI._redirect,  # noqa: SLF001
    "hanging": AzureOpenAI._hang,  # noqa: SLF001
    "dropped": _drop,
}
"""What a question can meet, by name."""
