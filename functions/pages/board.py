"""HTTP: the change board, and its moves."""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

import azure.functions as func

from functions.pages.register import page_of, ticket_answer
from functions.pages.respond import html, message, respond, respond_to_form
from functions.pages.who import person_with_roles, sees_private

if TYPE_CHECKING:
    from shared.app import App
    from shared.core.tickets.board import Order, Outcome

bp = func.Blueprint()
_LONGEST = 200  # characters of a filter
_NOT_YOURS = "The board's moves are for people with the role board, or admin. An admin gives it: see docs/deploying.md."


@bp.route(route="api/board", methods=["GET"])
async def board(req: func.HttpRequest) -> func.HttpResponse:
    return await respond(req, _board)


@bp.route(route="api/register/{number}/move", methods=["POST"])
async def move(req: func.HttpRequest) -> func.HttpResponse:
    return await respond_to_form(req, _move)


async def _board(app: "App", request: func.HttpRequest) -> func.HttpResponse:
    return await _answer(app, request)


async def _answer(
    app: "App", request: func.HttpRequest, notice: tuple[str, str] | None = None, status: int = 200
) -> func.HttpResponse:
    from shared.adapters.pages.board import board_page
    from shared.usecases.pages.board import board

    asked = {name: request.params.get(name, "")[:_LONGEST] for name in ("team", "workload", "column")}
    privacy = await sees_private(app, request.headers)
    view = await board(app.deps, privacy=privacy, page=page_of(request), **asked)
    return html(board_page(view, notice), status)


async def _move(app: "App", request: func.HttpRequest, fields: Mapping[str, str]) -> func.HttpResponse:
    """One move, then the page from which it was made, which says what became of it."""
    from functions.pages.answer import known
    from shared.adapters.pages.board import what_became
    from shared.core.review.roles import may_move, sees_privacy
    from shared.core.words.board import NO_DAY
    from shared.usecases.tickets.move import move_ticket

    who, number = await person_with_roles(app, request.headers), request.route_params["number"]
    if who is None or not may_move(who.roles):
        return message("Nothing was done", _NOT_YOURS, 403)
    order = _order(fields)
    if order is None:
        return await _shown(app, request, ("bad", NO_DAY), 400)
    done = await move_ticket(app.deps, number, order, known(who), privacy=sees_privacy(who.roles))
    if done is None:
        return message("Not found", f"There is no ticket {number} in the register.", 404)
    status = {"refused": 400, "other": 409}.get(done.moved.kind, 200)
    return await _shown(app, request, what_became(done, order), status)


async def _shown(app: "App", request: func.HttpRequest, notice: tuple[str, str], status: int) -> func.HttpResponse:
    """A script that puts the answer into its page takes none that says that something went wrong."""
    status = 200 if request.headers.get("hx-request") else status
    if request.params.get("from") == "ticket":
        return await ticket_answer(app, request, notice, status)
    return await _answer(app, request, notice, status)


def _order(fields: Mapping[str, str]) -> "Order | None":
    """What a form asks for; None where a day of it is none. A move that does not exist is PermanentError."""
    from shared.core.errors import PermanentError
    from shared.core.tickets.board import MOVES, OUTCOMES, Order

    move = next((each for each in MOVES if each == fields.get("move", "")), None)
    if move is None:
        raise PermanentError("there is no such move; open the board again")
    days = (fields.get("start", ""), fields.get("end", ""))
    try:
        start, end = (date.fromisoformat(text) if text else None for text in days)
    except ValueError:
        return None
    outcome: Outcome = next((each for each in OUTCOMES if each == fields.get("outcome", "")), "")
    return Order(move, fields.get("words", ""), start, end, outcome, fields.get("seen", ""))
