"""HTTP: what ticket systems in a dry run would have filed."""

from typing import TYPE_CHECKING

import azure.functions as func

from functions.pages.respond import html, message, respond

if TYPE_CHECKING:
    from shared.app import App

bp = func.Blueprint()


@bp.route(route="api/dry-run", methods=["GET"])
async def dry_runs(req: func.HttpRequest) -> func.HttpResponse:
    return await respond(req, _dry_runs)


@bp.route(route="api/dry-run/{id}", methods=["GET"])
async def dry_run(req: func.HttpRequest) -> func.HttpResponse:
    return await respond(req, _dry_run)


async def _dry_runs(app: "App", _: func.HttpRequest) -> func.HttpResponse:
    from shared.adapters.pages.dry_runs import dry_runs_page
    from shared.usecases.pages.dry_runs import dry_runs

    return html(dry_runs_page(await dry_runs(app.deps)))


async def _dry_run(app: "App", request: func.HttpRequest) -> func.HttpResponse:
    from shared.adapters.pages.dry_runs import dry_run_page
    from shared.usecases.pages.dry_runs import dry_runs_of

    text = request.route_params["id"]
    filed = await dry_runs_of(app.deps, text)
    if not filed:
        return message("Not found", f"No dry run has filed anything for {text}.", 404)
    return html(dry_run_page(filed[0]))
