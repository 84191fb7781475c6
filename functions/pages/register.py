"""HTTP: the built-in register and its tickets."""

from typing import TYPE_CHECKING

import azure.functions as func

from functions.pages.respond import html, message, respond
from functions.pages.who import sees_private

if TYPE_CHECKING:
    from shared.app import App

bp = func.Blueprint()


@bp.route(route="api/register", methods=["GET"])
async def register(req: func.HttpRequest) -> func.HttpResponse:
    return await respond(req, _register)


@bp.route(route="api/register/{number}", methods=["GET"])
async def ticket(req: func.HttpRequest) -> func.HttpResponse:
    return await respond(req, _ticket)


async def _register(app: "App", request: func.HttpRequest) -> func.HttpResponse:
    from shared.adapters.pages.register import register_page
    from shared.usecases.pages.register import register

    view = await register(
        app.deps,
        privacy=await sees_private(app, request.headers),
        state=request.params.get("state", ""),
        page=page_of(request),
    )
    return html(register_page(view))


async def _ticket(app: "App", request: func.HttpRequest) -> func.HttpResponse:
    return await ticket_answer(app, request)


async def ticket_answer(
    app: "App", request: func.HttpRequest, notice: "tuple[str, str] | None" = None, status: int = 200
) -> func.HttpResponse:
    """A ticket's page. `notice`: its tone and what it says, of a move that somebody has just made."""
    from shared.adapters.pages.register import ticket_page
    from shared.usecases.pages.clouds import cloud_of
    from shared.usecases.pages.register import ticket

    number = request.route_params["number"]
    entry = await ticket(app.deps, number, privacy=await sees_private(app, request.headers))
    if entry is None:
        return message("Not found", f"There is no ticket {number} in the register.", 404)
    return html(ticket_page(entry, await cloud_of(app.deps), notice), status)


def page_of(request: func.HttpRequest) -> int:
    """The page that is asked for; the first one where that is no number."""
    text = request.params.get("page", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 1
