"""Pages for people, and health; who may see them is decided here: signed-in people, and everybody in the sandbox."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import azure.functions as func

if TYPE_CHECKING:
    from shared.app import App
    from shared.core.tickets.register import Entry

bp = func.Blueprint()
_LOCKED = (
    "Sign-in is not set up, so this page stays closed. An admin turns it on with one parameter of the deployment: see "
    "“Sign-in for the pages” in docs/deploying.md."
)


def _page(text: str, status: int = 200) -> func.HttpResponse:
    from shared.adapters.pages.change import security_headers

    headers = dict(security_headers())
    return func.HttpResponse(text, status_code=status, mimetype="text/html", charset="utf-8", headers=headers)


def _message(title: str, text: str, status: int) -> func.HttpResponse:
    from shared.adapters.pages.change import message_page

    return _page(message_page(title, text), status)


def _open(app: "App") -> bool:
    """Whether pages may be shown: App Service has signed the person in, or this is a machine of one's own."""
    return app.settings.sign_in or bool(app.settings.connection_string)


async def _answer(build: Callable[["App"], Awaitable[func.HttpResponse]]) -> func.HttpResponse:
    from shared.app import current
    from shared.core.errors import PermanentError, TransientError

    try:
        app = current()
        if not _open(app):
            return _message("This page is closed", _LOCKED, 403)
        return await build(app)
    except PermanentError as error:
        return _message("Not found", str(error), 404)
    except TransientError as error:
        return _message("Not now", f"{error}. Try again in a minute.", 503)


@bp.route(route="home", methods=["GET"])
async def home(req: func.HttpRequest) -> func.HttpResponse:  # noqa: ARG001 - the worker passes it
    async def build(app: "App") -> func.HttpResponse:
        from shared.adapters.pages.change import home_page
        from shared.usecases.pages.home import count

        counts = {name.replace("_", " "): number for name, number in asdict(await count(app.deps)).items()}
        return _page(home_page(counts))

    return await _answer(build)


@bp.route(route="metrics", methods=["GET"])
async def metrics(req: func.HttpRequest) -> func.HttpResponse:
    async def build(app: "App") -> func.HttpResponse:
        from shared.adapters.pages.change import metrics_page
        from shared.usecases.pages.metrics import metrics

        view = await metrics(app.deps)
        return _json(asdict(view)) if req.params.get("format") == "json" else _page(metrics_page(view))

    return await _answer(build)


@bp.route(route="changes/{id}", methods=["GET"])
async def change(req: func.HttpRequest) -> func.HttpResponse:
    async def build(app: "App") -> func.HttpResponse:
        from shared.adapters.pages.change import change_page
        from shared.usecases.pages import change as views

        text = req.route_params["id"]
        view = await views.change(app.deps, text)
        if view is None:
            return _message("Not found", f"There is no change {text} here. Ids look like MC1234567.", 404)
        shown = change_page(view.change, view.copies, view.effects, view.roadmap, view.variants, view.related)
        return _page(shown)

    return await _answer(build)


@bp.route(route="register", methods=["GET"])
async def register(req: func.HttpRequest) -> func.HttpResponse:  # noqa: ARG001 - the worker passes it
    async def build(app: "App") -> func.HttpResponse:
        from shared.adapters.pages.change import register_page
        from shared.usecases.pages.register import register

        return _page(register_page([_entry(entry) for entry in await register(app.deps)]))

    return await _answer(build)


@bp.route(route="register/{number}", methods=["GET"])
async def ticket(req: func.HttpRequest) -> func.HttpResponse:
    async def build(app: "App") -> func.HttpResponse:
        from shared.adapters.pages.change import ticket_page
        from shared.usecases.pages.register import ticket

        number = req.route_params["number"]
        entry = await ticket(app.deps, number)
        if entry is None:
            return _message("Not found", f"There is no ticket {number} in the register.", 404)
        return _page(ticket_page(_entry(entry)))

    return await _answer(build)


@bp.route(route="dry-run", methods=["GET"])
async def dry_runs(req: func.HttpRequest) -> func.HttpResponse:  # noqa: ARG001 - the worker passes it
    async def build(app: "App") -> func.HttpResponse:
        from shared.adapters.pages.change import dry_runs_page
        from shared.usecases.pages.dry_runs import dry_runs

        return _page(dry_runs_page([entry async for entry in dry_runs(app.deps)]))

    return await _answer(build)


@bp.route(route="dry-run/{id}", methods=["GET"])
async def dry_run(req: func.HttpRequest) -> func.HttpResponse:
    async def build(app: "App") -> func.HttpResponse:
        from shared.adapters.pages.change import dry_run_page
        from shared.usecases.pages.dry_runs import dry_runs_of

        text = req.route_params["id"]
        found = await dry_runs_of(app.deps, text)
        if not found:
            return _message("Not found", f"No dry run has filed anything for {text}.", 404)
        return _page(dry_run_page(found[0]))

    return await _answer(build)


@bp.route(route="status", methods=["GET"])
async def status(req: func.HttpRequest) -> func.HttpResponse:  # noqa: ARG001 - the worker passes it
    """What `/api/health` keeps from strangers: tenants, failures, what is parked."""

    async def build(app: "App") -> func.HttpResponse:
        from shared.usecases.pages.health import health

        return _json(await health(app.deps))

    return await _answer(build)


@bp.route(route="health", methods=["GET"])
async def health(req: func.HttpRequest) -> func.HttpResponse:  # noqa: ARG001 - the worker passes it
    """For probes, without signing in: strangers learn whether we are well; on a machine of one's own, everything."""
    import logging

    from shared.app import current
    from shared.core.errors import PermanentError, TransientError
    from shared.usecases.pages.health import health

    try:
        app = current()
        found = await health(app.deps)
    except (PermanentError, TransientError) as error:
        logging.getLogger("foresignal.health").error("down: %s", error)  # noqa: TRY400 - the reason is enough
        return _json({"status": "down"}, 503)
    return _json(found if app.settings.connection_string else {"status": found["status"]})


def _json(data: Any, status: int = 200) -> func.HttpResponse:
    import json

    text = json.dumps(data, default=str, indent=2)
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return func.HttpResponse(text, status_code=status, mimetype="application/json", headers=headers)


def _entry(entry: "Entry") -> Any:
    from shared.adapters.pages.change import RegisterEntry

    return RegisterEntry(
        number=entry.number,
        change_id=entry.change_id,
        title=entry.title,
        state=entry.state,
        risk=entry.risk,
        group=entry.group,
        planned_start=entry.planned_start,
        planned_end=entry.planned_end,
        act_by=entry.act_by,
        description=entry.description,
        history=tuple(f"{at:%Y-%m-%d %H:%M}  {text}" for at, text in entry.history),
    )
