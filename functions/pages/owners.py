"""HTTP: who owns what, and why somebody gets a change. A pasted post is read, and kept nowhere."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import azure.functions as func

from functions.pages.respond import html, respond, respond_to_form
from functions.pages.who import sees_private

if TYPE_CHECKING:
    from shared.adapters.pages.owners import Asked
    from shared.app import App

bp = func.Blueprint()
_LONGEST = 500  # characters of a title, and of what names services
_NO_CHANGE = "There is no change {} here that you may see. Ids look like MC1234567."


@bp.route(route="api/owners", methods=["GET"])
async def owners(req: func.HttpRequest) -> func.HttpResponse:
    return await respond(req, _owners)


@bp.route(route="api/owners", methods=["POST"])
async def try_post(req: func.HttpRequest) -> func.HttpResponse:
    return await respond_to_form(req, _try)


async def _owners(app: "App", request: func.HttpRequest) -> func.HttpResponse:
    from shared.adapters.pages.owners import NOTHING_ASKED, Asked
    from shared.core.decisions.explained import explained
    from shared.core.errors import PermanentError
    from shared.usecases.pages.why import why_of_change

    change, asked = request.params.get("c", "").strip()[:_LONGEST], NOTHING_ASKED
    privacy = await sees_private(app, request.headers)
    if change:
        try:
            answer = await why_of_change(app.deps, change, privacy=privacy)
        except PermanentError:  # it is no id
            answer = None
        why_not = _NO_CHANGE.format(change)
        asked = Asked(change, answer=explained(answer)) if answer else Asked(change, fault=why_not)
    return await _page(app, asked, privacy=privacy)


async def _try(app: "App", request: func.HttpRequest, fields: Mapping[str, str]) -> func.HttpResponse:
    from shared.adapters.pages.owners import Asked
    from shared.core.decisions.explained import explained
    from shared.usecases.pages.why import LONGEST_TEXT, Pasted, why_of_pasted

    title, services = fields.get("title", "")[:_LONGEST], fields.get("services", "")[:_LONGEST]
    text = fields.get("text", "")[:LONGEST_TEXT]
    named = tuple(dict.fromkeys(each.strip() for each in services.split(",") if each.strip()))
    asked = Asked(title=title, text=text, services=services, fault="Write at least the post's title.")
    if title:
        answer = explained(await why_of_pasted(app.deps, Pasted(title, text, named)))
        asked = Asked(title=title, text=text, services=services, answer=answer)
    return await _page(app, asked, privacy=await sees_private(app, request.headers))


async def _page(app: "App", asked: "Asked", *, privacy: bool) -> func.HttpResponse:
    from shared.adapters.pages.owners import owners_page
    from shared.usecases.pages.owners import owners

    return html(owners_page(await owners(app.deps, privacy=privacy), asked))
