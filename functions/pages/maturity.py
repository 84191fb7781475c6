"""HTTP: how mature service change management is, as a page and as data."""

from typing import TYPE_CHECKING

import azure.functions as func

from functions.pages.respond import as_json, html, respond

if TYPE_CHECKING:
    from shared.app import App

bp = func.Blueprint()


@bp.route(route="api/maturity", methods=["GET"])
async def maturity(req: func.HttpRequest) -> func.HttpResponse:
    return await respond(req, _maturity)


async def _maturity(app: "App", request: func.HttpRequest) -> func.HttpResponse:
    from dataclasses import asdict

    from shared.adapters.pages.maturity import maturity_page
    from shared.usecases.pages.maturity import maturity

    view = await maturity(app.deps)
    return as_json(asdict(view)) if request.params.get("format") == "json" else html(maturity_page(view))
