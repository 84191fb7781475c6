"""HTTP: the scripts and style sheets that our pages load."""

from typing import TYPE_CHECKING

import azure.functions as func

from functions.pages.respond import message, respond

if TYPE_CHECKING:
    from shared.app import App

bp = func.Blueprint()
_FOR_GOOD = "private, max-age=31536000, immutable"


@bp.route(route="api/assets/{version}/{name}", methods=["GET"])
async def assets(req: func.HttpRequest) -> func.HttpResponse:
    return await respond(req, _asset)


async def _asset(_: "App", request: func.HttpRequest) -> func.HttpResponse:
    """The file as it is now. An address of another version gives it, too, but to nobody for good."""
    from shared.adapters.pages.assets import asset

    found = asset(request.route_params["name"])
    if found is None:
        return message("Not found", "There is no such file here.", 404)
    kept = _FOR_GOOD if request.route_params["version"] == found.version else "no-store"
    headers = {"Cache-Control": kept, "X-Content-Type-Options": "nosniff"}
    return func.HttpResponse(found.data, mimetype=found.media_type, charset="utf-8", headers=headers)
