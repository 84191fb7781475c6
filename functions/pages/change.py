"""HTTP: the page of one change, its editions, and what people do on it. GET shows and writes nothing."""

import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING

import azure.functions as func

from functions.pages.answer import known
from functions.pages.respond import html, message, respond, respond_to_form
from functions.pages.who import person_with_roles

if TYPE_CHECKING:
    from shared.adapters.pages.answer import Result
    from shared.app import App

bp = func.Blueprint()
_NO_DEADLINE = "wrong_none"
"""The button that settles that there is no day to act by: a field for days cannot say so."""


@bp.route(route="api/changes/{id}", methods=["GET"])
async def change(req: func.HttpRequest) -> func.HttpResponse:
    return await respond(req, _revision if "revision" in req.params else _change)


@bp.route(route="api/changes/{id}", methods=["POST"])
async def act_on_change(req: func.HttpRequest) -> func.HttpResponse:
    return await respond_to_form(req, _act)


@bp.route(route="api/changes/{id}/beside", methods=["GET"])
async def beside_change(req: func.HttpRequest) -> func.HttpResponse:
    return await respond(req, _beside)


async def _change(app: "App", request: func.HttpRequest) -> func.HttpResponse:
    return await _page(app, request)


async def _act(app: "App", request: func.HttpRequest, fields: Mapping[str, str]) -> func.HttpResponse:
    """Do what the form says, once, and show the page as it is then. Sent again by the browser it is done already."""
    from functions.pages.answering import give

    who = await person_with_roles(app, request.headers)
    if who is None:
        return message("This page is closed", "Sign in first.", 403)
    if fields.get("a") == _NO_DEADLINE:
        fields = {**fields, "a": "wrong", "value": "none"}
    given = await give(app, who, None, request.route_params["id"], fields)
    return given if isinstance(given, func.HttpResponse) else await _page(app, request, given[1], fields)


async def _page(
    app: "App", request: func.HttpRequest, result: "Result | None" = None, given: Mapping[str, str] | None = None
) -> func.HttpResponse:
    from shared.adapters.pages.change import change_page
    from shared.usecases.pages.change import change
    from shared.usecases.pages.clouds import cloud_of, our_windows

    who, text = await person_with_roles(app, request.headers), request.route_params["id"]
    view = await change(app.deps, text, known(who) if who else None, who.roles if who else ())
    if view is None:
        return _not_found(text)
    tenants = [copy.tenant for copy in view.copies if not copy.gone]
    page = change_page(
        view.change,
        view.copies,
        view.effects,
        view.roadmap,
        view.variants,
        view.related,
        await cloud_of(app.deps, tenants),
        view.acts,
        as_of=app.deps.here.clock().date(),
        moments=view.moments,
        lessons=view.lessons,
        tasks=view.tasks,
        ours=await our_windows(app.deps, view.change.classification, tenants),
        asks=view.asks,
        form=uuid.uuid4().hex,
        result=result,
        given=given or {},
        counts_opening=bool(request.params.get("t")) and result is None,
    )
    is_wrong = result is not None and result.tone == "bad"
    # A script swaps in what is answered; it takes an error for a page of another kind.
    return html(page, 400 if is_wrong and not request.headers.get("HX-Request") else 200)


async def _revision(app: "App", request: func.HttpRequest) -> func.HttpResponse:
    from shared.adapters.pages.revision import revision_page
    from shared.usecases.pages.revision import revision

    text, wanted = request.route_params["id"], request.params["revision"]
    number = int(wanted) if wanted.isascii() and wanted.isdecimal() and len(wanted) < 7 else 0
    view = await revision(app.deps, text, number)
    if view is None:
        return message("Not found", f"There is no revision {wanted[:20]} of {text} here. The first one is 1.", 404)
    page = revision_page(
        view.change, view.number, view.edition, view.post, view.gone, view.came, view.happened,
        is_private=view.is_private,
    )  # fmt: skip
    return html(page)


async def _beside(app: "App", request: func.HttpRequest) -> func.HttpResponse:
    from shared.adapters.pages.beside import beside_page
    from shared.usecases.pages.beside import beside

    text = request.route_params["id"]
    view = await beside(app.deps, text)
    if view is None:
        return _not_found(text)
    return html(beside_page(view.change, view.cards, view.tasks, is_private=view.is_private))


def _not_found(text: str) -> func.HttpResponse:
    return message("Not found", f"There is no change {text} here. Ids look like MC1234567.", 404)
