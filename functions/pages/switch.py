"""HTTP: the sandbox's switch of persona."""

from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import azure.functions as func

from functions.pages.respond import leads_to, message, respond_to_form

if TYPE_CHECKING:
    from shared.app import App

bp = func.Blueprint()


@bp.route(route="api/persona", methods=["POST"])
async def persona(req: func.HttpRequest) -> func.HttpResponse:
    return await respond_to_form(req, _switch)


async def _switch(app: "App", request: func.HttpRequest, fields: Mapping[str, str]) -> func.HttpResponse:
    from functions.pages.persona import choices, cookie

    if not app.settings.local:
        return message("Not found", "Only a sandbox lets people choose whom our pages take them for.", 404)
    wanted = fields.get("persona", "")
    if wanted not in dict(choices(await app.deps.here.policy.current())):
        return message("Not found", "There is no such persona. Open the page again, and choose one there.", 404)
    answer = leads_to(_back(request))
    answer.headers["Set-Cookie"] = cookie(wanted)
    return answer


def _back(request: func.HttpRequest) -> str:
    """The page of ours on which somebody pressed the button."""
    came = urlsplit(request.headers.get("referer", ""))
    ours = came.path.startswith("/api/") and came.path != "/api/persona"
    return f"{came.path}?{came.query}".rstrip("?") if ours else "/api/home"
