"""HTTP: the page of measures, also as JSON."""

from dataclasses import asdict
from typing import TYPE_CHECKING

import azure.functions as func

from functions.pages.respond import as_json, html, respond

if TYPE_CHECKING:
    from shared.app import App

bp = func.Blueprint()


@bp.route(route="metrics", methods=["GET"])
async def metrics(req: func.HttpRequest) -> func.HttpResponse:
    return await respond(req, _metrics)


async def _metrics(app: "App", request: func.HttpRequest) -> func.HttpResponse:
    from shared.adapters.pages.metrics import metrics_page
    from shared.usecases.pages.metrics import metrics

    view = await metrics(app.deps)
    return as_json(asdict(view)) if request.params.get("format") == "json" else html(metrics_page(view))
