"""ServiceNow's words for what it refuses."""

from collections.abc import Mapping

from aiohttp import web

NO_RECORD = ("No Record found", "Record doesn't exist or ACL restricts the record retrieval")


def refused(status: int, message: str, detail: str, headers: Mapping[str, str] | None = None) -> web.Response:
    body = {"error": {"message": message, "detail": detail}, "status": "failure"}
    return web.json_response(body, status=status, headers=headers)
