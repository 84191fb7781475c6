"""HTTP: the first page."""

from typing import TYPE_CHECKING

import azure.functions as func

from functions.pages.respond import html, leads_to, respond
from functions.pages.who import sees_private

if TYPE_CHECKING:
    from shared.app import App

bp = func.Blueprint()


@bp.route(route="api/home", methods=["GET"])
async def home(req: func.HttpRequest) -> func.HttpResponse:
    return await respond(req, _home)


@bp.route(route="{nothing:maxlength(0)?}", methods=["GET"])
async def root(req: func.HttpRequest) -> func.HttpResponse:
    """The address without a path. The host matches no empty route, so it is one of a parameter that is never there."""
    return await respond(req, _root)


async def _root(_: "App", __: func.HttpRequest) -> func.HttpResponse:
    return leads_to("/api/home")


async def _home(app: "App", request: func.HttpRequest) -> func.HttpResponse:
    from shared.adapters.pages.home import home_page
    from shared.usecases.pages.home import home

    view = await home(app.deps, privacy=await sees_private(app, request.headers))
    return html(home_page(view.figures, view.due, view.quiet, complete=view.complete))
