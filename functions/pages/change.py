"""HTTP: the page of one change."""

from typing import TYPE_CHECKING

import azure.functions as func

from functions.pages.answer import known
from functions.pages.respond import html, message, respond
from functions.pages.who import person_with_roles

if TYPE_CHECKING:
    from shared.app import App

bp = func.Blueprint()


@bp.route(route="api/changes/{id}", methods=["GET"])
async def change(req: func.HttpRequest) -> func.HttpResponse:
    return await respond(req, _change)


async def _change(app: "App", request: func.HttpRequest) -> func.HttpResponse:
    from shared.adapters.pages.change import change_page
    from shared.usecases.pages.answer import can_answer
    from shared.usecases.pages.change import change
    from shared.usecases.pages.clouds import cloud_of, our_windows

    text = request.route_params["id"]
    view = await change(app.deps, text)
    if view is None:
        return message("Not found", f"There is no change {text} here. Ids look like MC1234567.", 404)
    tenants = [copy.tenant for copy in view.copies if not copy.gone]
    cloud = await cloud_of(app.deps, tenants)
    who, policy = await person_with_roles(app, request.headers), await app.deps.here.policy.current()
    counts = bool(request.params.get("t"))
    return html(
        change_page(
            view.change,
            view.copies,
            view.effects,
            view.roadmap,
            view.variants,
            view.related,
            cloud,
            view.acts,
            as_of=app.deps.here.clock().date(),
            moments=view.moments,
            lessons=view.lessons,
            ours=await our_windows(app.deps, view.change.classification, tenants),
            may_answer=who is not None and can_answer(view.change, policy, known(who), who.roles),
            counts_opening=counts,
        ),
    )
