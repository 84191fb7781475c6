"""HTTP: the list of everything that is kept, as a page that is searched and filtered, as a table, and as data."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import azure.functions as func

from functions.pages.respond import as_csv, as_json, html, leads_to, respond
from functions.pages.who import sees_private

if TYPE_CHECKING:
    from shared.app import App
    from shared.usecases.pages.changes import ChangesView

bp = func.Blueprint()
_PLACE = "/api/changes"


@bp.route(route="api/changes", methods=["GET"])
async def changes(req: func.HttpRequest) -> func.HttpResponse:
    return await respond(req, _changes)


async def _changes(app: "App", request: func.HttpRequest) -> func.HttpResponse:
    from shared.adapters.pages.changes import changes_page
    from shared.usecases.pages.changes import changes_view

    params = {name: value for name, value in request.params.items() if name != "format"}
    privacy = await sees_private(app, request.headers)
    if request.params.get("format") == "csv":
        return await _csv(app, params, privacy=privacy)
    view = await changes_view(app.deps, params, privacy=privacy)
    if request.params.get("format") == "json":
        return _json(view)
    if _by_script(request):
        return _list(view, typed=request.headers.get("hx-trigger-name") == "q")
    if place := await _elsewhere(app, params, view, privacy=privacy):
        return leads_to(place)
    return html(changes_page(view))


async def _elsewhere(app: "App", params: Mapping[str, str], view: "ChangesView", *, privacy: bool) -> str:
    """The change whose id was searched for, else the address without what a form left empty; empty for this page."""
    from shared.usecases.pages.changes import known_change

    wanted = view.selection.wanted_id
    if wanted and await known_change(app.deps, wanted, privacy=privacy):
        return f"{_PLACE}/{wanted}"
    if "" in params.values() and not view.faults:
        return view.selection.address
    return ""


def _by_script(request: func.HttpRequest) -> bool:
    """Whether the script of the page asks for the list alone."""
    return "hx-request" in request.headers and "hx-history-restore-request" not in request.headers


def _list(view: "ChangesView", *, typed: bool) -> func.HttpResponse:
    """The list alone; the browser's address follows it. `typed`: each letter is no step back of its own."""
    from shared.adapters.pages.changes import changes_list

    answer = html(changes_list(view))
    answer.headers["HX-Replace-Url" if typed else "HX-Push-Url"] = view.selection.address
    return answer


async def _csv(app: "App", params: Mapping[str, str], *, privacy: bool) -> func.HttpResponse:
    from shared.adapters.pages.sheets import csv_of
    from shared.core.life.listed import COLUMNS, rows_of
    from shared.usecases.pages.changes import changes_table

    rows = rows_of(await changes_table(app.deps, params, privacy=privacy))
    return as_csv(csv_of(COLUMNS, rows), "changes.csv")


def _json(view: "ChangesView") -> func.HttpResponse:
    """One page; `next` is empty on the last one."""
    from shared.core.life.listed import rows_of

    selection = view.selection
    further = selection.on_page(selection.page + 1) if selection.page < view.pages else None
    return as_json(
        {
            "count": view.count,
            "page": selection.page,
            "pages": view.pages,
            "complete": view.complete,
            "not_understood": view.faults,
            "changes": rows_of(view.rows),
            "next": f"{further.address}&format=json" if further else "",
        }
    )
