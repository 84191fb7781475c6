"""HTTP: the first page."""

from dataclasses import asdict
from typing import TYPE_CHECKING

import azure.functions as func

from functions.pages.respond import html, respond
from functions.pages.who import sees_private

if TYPE_CHECKING:
    from shared.app import App

bp = func.Blueprint()


@bp.route(route="home", methods=["GET"])
async def home(req: func.HttpRequest) -> func.HttpResponse:
    return await respond(req, _home)


async def _home(app: "App", request: func.HttpRequest) -> func.HttpResponse:
    from shared.adapters.pages.home import home_page
    from shared.usecases.pages.home import home

    view = await home(app.deps, privacy=await sees_private(app, request.headers))
    counts = asdict(view.figures) | {"over target": view.over, "about to be over target": view.about}
    return html(home_page(counts, complete=view.complete))
