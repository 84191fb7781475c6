"""HTTP: feedback for Microsoft, as a page and as CSV; a reviewer marks what was given."""

import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING

import azure.functions as func

from functions.pages.answer import known
from functions.pages.respond import as_csv, html, message, respond, respond_to_form
from functions.pages.who import person_with_roles

if TYPE_CHECKING:
    from shared.app import App

bp = func.Blueprint()


@bp.route(route="api/feedback", methods=["GET"])
async def feedback(req: func.HttpRequest) -> func.HttpResponse:
    return await respond(req, _feedback)


@bp.route(route="api/feedback", methods=["POST"])
async def give_feedback(req: func.HttpRequest) -> func.HttpResponse:
    return await respond_to_form(req, _give)


async def _feedback(app: "App", request: func.HttpRequest) -> func.HttpResponse:
    from shared.adapters.pages.feedback import feedback_csv, feedback_page
    from shared.core.review.roles import is_reviewer
    from shared.usecases.pages.feedback import feedback

    listed = await feedback(app.deps)
    if request.params.get("format") == "csv":
        return as_csv(feedback_csv(listed), "feedback.csv")
    who = await person_with_roles(app, request.headers)
    return html(feedback_page(listed, uuid.uuid4().hex, may_give=bool(who and is_reviewer(who.roles))))


async def _give(app: "App", request: func.HttpRequest, fields: Mapping[str, str]) -> func.HttpResponse:
    from shared.core.review.roles import is_reviewer
    from shared.usecases.pages.feedback import give

    who = await person_with_roles(app, request.headers)
    if who is None or not is_reviewer(who.roles):
        return message(
            "You cannot do this", "Marking feedback as given needs the role reviewer. Nothing was done.", 403
        )
    await give(app.deps, fields.get("c", ""), known(who), fields.get("f", "")[:64])
    return await _feedback(app, request)
