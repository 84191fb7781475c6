"""HTTP: the page of measures, and the same as data for programs such as Power BI."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import azure.functions as func

from functions.pages.form import number_in
from functions.pages.respond import as_csv, as_json, html, message, respond
from functions.pages.who import sees_private

if TYPE_CHECKING:
    from shared.app import App
    from shared.core.life.scope import Scope
    from shared.usecases.pages.metrics import MetricsData

bp = func.Blueprint()
_PAGE, _LARGEST_PAGE = 2000, 5000  # changes in one answer


@bp.route(route="api/metrics", methods=["GET"])
async def metrics(req: func.HttpRequest) -> func.HttpResponse:
    return await respond(req, _metrics)


@bp.route(route="api/metrics.json", methods=["GET"])
async def metrics_json(req: func.HttpRequest) -> func.HttpResponse:
    return await respond(req, _json)


@bp.route(route="api/metrics.csv", methods=["GET"])
async def metrics_csv(req: func.HttpRequest) -> func.HttpResponse:
    return await respond(req, _csv)


async def _metrics(app: "App", request: func.HttpRequest) -> func.HttpResponse:
    from shared.adapters.pages.metrics import metrics_page
    from shared.core.life.scope import RANGES
    from shared.usecases.pages.metrics import metrics, metrics_view

    if request.params.get("format") == "csv":
        return await _csv(app, request)
    scope = _scope(request)
    if scope.months not in RANGES:
        offered = f"{', '.join(map(str, RANGES[:-1]))} or {RANGES[-1]}"
        return message("Not understood", f"The page shows {offered} months: write months={RANGES[-2]}, say.", 400)
    privacy = await sees_private(app, request.headers)
    if request.params.get("format") == "json":
        return as_json(asdict(await metrics(app.deps, scope, privacy=privacy)))
    return html(metrics_page(await metrics_view(app.deps, scope, privacy=privacy)))


async def _json(app: "App", request: func.HttpRequest) -> func.HttpResponse:
    """Both tables. `after` and `limit` page through the changes; `next` is empty behind the last page."""
    from shared.adapters.pages.metrics import scope_query
    from shared.core.life.flat import SCHEMA, change_rows, figure_rows
    from shared.core.life.measures import HEALTH_FORMULA

    scope, limit = _scope(request), number_in(request, "limit", _PAGE, 0)
    if fault := _fault(scope.months, limit):
        return message("Not understood", fault, 400)
    data = await _data(app, request, scope)
    after = request.params.get("after", "")
    lives = [life for life in data.lives if life.id > after]
    shown, period = lives[:limit], data.measures.period
    query = "&".join(filter(None, (scope_query(scope), f"limit={limit}")))
    further = f"/api/metrics.json?{query}&after={shown[-1].id}" if len(lives) > limit else ""
    return as_json(
        {
            "schema": SCHEMA,
            "as_of": data.measures.at.isoformat(timespec="seconds"),
            "from": period.start.date().isoformat(),
            "until": period.last_day.isoformat(),
            "complete": data.complete,
            "health_formula": HEALTH_FORMULA,
            "figures": figure_rows(data.measures),
            "changes": change_rows(shown, data.measures.at.date()),
            "next": further,
            "team": scope.team,
            "workload": scope.workload,
        }
    )


async def _csv(app: "App", request: func.HttpRequest) -> func.HttpResponse:
    """One table: the changes, or with `?table=figures` the figures."""
    from shared.adapters.pages.sheets import csv_of
    from shared.core.life.flat import CHANGE_COLUMNS, FIGURE_COLUMNS, change_rows, figure_rows

    scope, table = _scope(request), request.params.get("table", "changes")
    if fault := _fault(scope.months, 1):
        return message("Not understood", fault, 400)
    if table not in {"changes", "figures"}:
        return message("Not understood", "There are two tables: write table=changes, or table=figures.", 400)
    data = await _data(app, request, scope)
    rows: list[Mapping[str, Any]] = []
    if table == "figures":
        rows += figure_rows(data.measures)
        return as_csv(csv_of(FIGURE_COLUMNS, rows), "figures.csv")
    rows += change_rows(data.lives, data.measures.at.date())
    return as_csv(csv_of(CHANGE_COLUMNS, rows), "changes.csv")


async def _data(app: "App", request: func.HttpRequest, scope: "Scope") -> "MetricsData":
    from shared.usecases.pages.metrics import metrics_data

    return await metrics_data(app.deps, scope, privacy=await sees_private(app, request.headers))


def _scope(request: func.HttpRequest) -> "Scope":
    """What somebody chose; 0 months where they wrote no number."""
    from shared.core.life.scope import MONTHS, Scope

    return Scope(
        number_in(request, "months", MONTHS, 0), request.params.get("team", ""), request.params.get("workload", "")
    )


def _fault(months: int, limit: int) -> str:
    from shared.core.life.scope import MOST_MONTHS

    if not 1 <= months <= MOST_MONTHS:
        return f"Write months as a number from 1 to {MOST_MONTHS}, such as months=12."
    return "" if 1 <= limit <= _LARGEST_PAGE else f"Write limit as a number from 1 to {_LARGEST_PAGE}."
