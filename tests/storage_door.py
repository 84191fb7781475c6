"""A door in front of one service of Azurite: it lets calls through, refuses them as Azure does, or shifts the clock."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from aiohttp import ClientSession, DummyCookieJar, web
from yarl import URL

_HOP = {"connection", "transfer-encoding", "content-encoding", "content-length", "keep-alive", "host", "date"}
_NOT_SIGNED = ("Content-Type", "Accept", "Accept-Encoding", "User-Agent")
_WRITES = frozenset({"PUT", "POST", "MERGE", "PATCH", "DELETE"})


class Door:
    """`refuses`: the code with which calls are refused, 403; `of`: which of them. `shift`: of the clock in answers."""

    def __init__(self, upstream: str) -> None:
        self.upstream = upstream
        self.refuses = ""
        self.of = frozenset({"GET", "HEAD"}) | _WRITES
        self.shift = timedelta()

    def refuse_writes(self, code: str) -> None:
        self.refuses, self.of = code, _WRITES

    def app(self) -> web.Application:
        app = web.Application(client_max_size=2**26)
        app.router.add_route("*", "/{path:.*}", self._answer)
        return app

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        date = {"Date": format_datetime(datetime.now(UTC) + self.shift, usegmt=True)}
        if self.refuses and request.method in self.of:
            headers = {"x-ms-error-code": self.refuses, "Content-Type": "application/xml", **date}
            text = f"<?xml version='1.0'?><Error><Code>{self.refuses}</Code><Message>No.</Message></Error>"
            return web.Response(status=403, headers=headers, text=text)
        url = URL(f"{self.upstream}{request.raw_path}", encoded=True)
        headers = {name: value for name, value in request.headers.items() if name.lower() != "host"}
        async with (
            ClientSession(auto_decompress=False, cookie_jar=DummyCookieJar()) as client,
            client.request(
                request.method, url, headers=headers, data=body or None, skip_auto_headers=_NOT_SIGNED
            ) as answer,
        ):
            data = await answer.read()
            kept = {name: value for name, value in answer.headers.items() if name.lower() not in _HOP}
            return web.Response(status=answer.status, headers={**kept, **date}, body=data)


def endpoints(connection: str) -> dict[str, str]:
    """Where each service of a connection string is, without the account."""
    found = re.findall(r"(Blob|Queue|Table)Endpoint=(https?://[^/;]+)", connection)
    return {name.lower(): url for name, url in found}


def behind(connection: str, doors: dict[str, str]) -> str:
    """The connection string with each service at its door."""
    for name, url in endpoints(connection).items():
        connection = connection.replace(f"{name.title()}Endpoint={url}", f"{name.title()}Endpoint={doors[name]}")
    return connection
