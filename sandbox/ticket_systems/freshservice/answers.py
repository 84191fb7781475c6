"""What calls to the sandbox's Freshservice hold, and its lists page by page."""

import re
from collections.abc import Sequence
from typing import Any

from aiohttp import web

from sandbox.ticket_systems.freshservice.changes import InvalidError


def workspace_of(request: web.Request) -> int:
    """The workspace that is meant; 0 for the primary one."""
    return int(request.query.get("workspace_id", "0"))


async def body_of(request: web.Request) -> dict[str, Any]:
    body = await request.json()
    if not isinstance(body, dict):
        raise ValueError("no object")  # noqa: TRY004 - answered as JSON that is none
    return body


def paged(request: web.Request, name: str, rows: Sequence[Any]) -> web.Response:
    page, size = (request.query.get(parameter, default) for parameter, default in (("page", "1"), ("per_page", "30")))
    if not (re.fullmatch("[1-9][0-9]{0,4}", page) and re.fullmatch("[1-9][0-9]?|100", size)):
        raise InvalidError(("per_page", "It should be a Positive Integer less than or equal to 100", "invalid_value"))
    start = (int(page) - 1) * int(size)
    headers = {}
    if start + int(size) < len(rows):
        address = request.url.update_query(page=str(int(page) + 1))
        headers["Link"] = f'<{address}>; rel="next"'
    return web.json_response({name: list(rows[start : start + int(size)])}, headers=headers)
