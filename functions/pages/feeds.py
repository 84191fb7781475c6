"""HTTP: calendar feeds. People make and revoke them; a calendar program reads one by its token, without sign-in."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import azure.functions as func

from functions.pages.respond import html, message, respond, respond_to_form
from functions.pages.who import person_with_roles

if TYPE_CHECKING:
    from shared.app import App

bp = func.Blueprint()
_NONE = "There is no such feed."
_CLOSED = "Sign in first."


@bp.route(route="api/calendar/feeds", methods=["GET"])
async def feeds(req: func.HttpRequest) -> func.HttpResponse:
    return await respond(req, _feeds)


@bp.route(route="api/calendar/feeds", methods=["POST"])
async def make_feed(req: func.HttpRequest) -> func.HttpResponse:
    return await respond_to_form(req, _make)


@bp.route(route="api/calendar/feeds/revoke", methods=["POST"])
async def revoke_feed(req: func.HttpRequest) -> func.HttpResponse:
    return await respond_to_form(req, _revoke)


@bp.route(route="api/feeds/{token}/calendar.ics", methods=["GET"])
async def calendar_feed(req: func.HttpRequest) -> func.HttpResponse:
    """Stands outside of sign-in, as calendar programs cannot sign in. Who shows the token reads, and does no more."""
    import logging

    from shared.adapters.pages.ical import calendar_text
    from shared.app import current
    from shared.core.errors import PermanentError, TransientError
    from shared.usecases.pages.feeds import read_events

    try:
        app = current()
        read = await read_events(app.deps, req.route_params["token"])
    except (PermanentError, TransientError) as error:
        # Its words are for the log: who asks may be a stranger. The token is in no log of ours.
        logging.getLogger("foresignal.feeds").error("a feed could not be read: %s", error)  # noqa: TRY400 - the reason is enough
        return _plain("Not now. Try again in a minute.", 503, {"Retry-After": "60"})
    if read is None:
        return _plain("There is no such calendar.", 404, {})
    feed, events = read
    name = "Foresignal" + "".join(f", {each}" for each in (feed.team, feed.workload) if each)
    text = calendar_text(events, name, app.settings.public_url, app.deps.here.deployment)
    headers = {
        "Cache-Control": "private, max-age=900",
        "X-Content-Type-Options": "nosniff",
        "Content-Disposition": 'attachment; filename="calendar.ics"',
    }
    return func.HttpResponse(text, mimetype="text/calendar", charset="utf-8", headers=headers)


def _plain(text: str, status: int, more: Mapping[str, str]) -> func.HttpResponse:
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", **more}
    return func.HttpResponse(text + "\n", status_code=status, mimetype="text/plain", charset="utf-8", headers=headers)


async def _feeds(app: "App", request: func.HttpRequest) -> func.HttpResponse:
    return await _answer(app, request)


async def _answer(
    app: "App",
    request: func.HttpRequest,
    notice: tuple[str, str] | None = None,
    address: str = "",
    status: int = 200,
) -> func.HttpResponse:
    from shared.adapters.pages.feeds import feeds_page
    from shared.core.review.roles import is_admin
    from shared.usecases.pages.feeds import feeds_view

    who = await person_with_roles(app, request.headers)
    if who is None:
        return message("This page is closed", _CLOSED, 403)
    view = await feeds_view(app.deps, who.id, everybody=is_admin(who.roles))
    asked = {name: request.params.get(name, "") for name in ("team", "workload")}
    return html(feeds_page(view, who.id, asked, notice, address), status)


async def _make(app: "App", request: func.HttpRequest, fields: Mapping[str, str]) -> func.HttpResponse:
    import secrets

    from functions.pages.answer import known
    from shared.usecases.pages.feeds import make_feed

    who = await person_with_roles(app, request.headers)
    if who is None:
        return message("Nothing was done", _CLOSED, 403)
    token = secrets.token_urlsafe(32)
    refused = await make_feed(app.deps, known(who), token, fields.get("team", ""), fields.get("workload", ""))
    if refused:
        return await _answer(app, request, ("bad", refused), status=400)
    return await _answer(app, request, address=f"{app.settings.public_url}/api/feeds/{token}/calendar.ics")


async def _revoke(app: "App", request: func.HttpRequest, fields: Mapping[str, str]) -> func.HttpResponse:
    from functions.pages.answer import known
    from shared.core.review.roles import is_admin
    from shared.usecases.pages.feeds import revoke

    who = await person_with_roles(app, request.headers)
    if who is None:
        return message("Nothing was done", _CLOSED, 403)
    if not await revoke(app.deps, known(who), fields.get("feed", ""), anybodys=is_admin(who.roles)):
        return await _answer(app, request, ("bad", _NONE), status=404)
    return await _answer(app, request, ("good", "The feed is revoked. Programs that read it get nothing from now on."))
