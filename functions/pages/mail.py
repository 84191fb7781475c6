"""HTTP: the page on which somebody stops the mails of a channel, or takes them up again."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import azure.functions as func

from functions.pages.respond import html, message, respond, respond_to_form
from functions.pages.who import person

if TYPE_CHECKING:
    from shared.app import App

bp = func.Blueprint()


@bp.route(route="api/mail/{channel}", methods=["GET"])
async def mail(req: func.HttpRequest) -> func.HttpResponse:
    return await respond(req, _show)


@bp.route(route="api/mail/{channel}", methods=["POST"])
async def mail_choice(req: func.HttpRequest) -> func.HttpResponse:
    return await respond_to_form(req, _choose)


async def _show(app: "App", request: func.HttpRequest) -> func.HttpResponse:
    from shared.adapters.pages.mail import mail_page
    from shared.usecases.pages.mail import mail

    channel, who = request.route_params["channel"], person(app.settings, request.headers)
    view = await mail(app.deps, channel, who.address if who else "")
    if view is None:
        return message("Not found", f"There is no channel {channel} here that sends mail.", 404)
    return html(mail_page(view.channel, view.address, view.state))


async def _choose(app: "App", request: func.HttpRequest, fields: Mapping[str, str]) -> func.HttpResponse:
    from shared.usecases.cards.unsubscribe import unsubscribe

    who, want = person(app.settings, request.headers), fields.get("want")
    if who and want in {"none", "all"}:
        await unsubscribe(app.deps, request.route_params["channel"], who.address, who.id, stop=want == "none")
    return await _show(app, request)
