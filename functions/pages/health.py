"""HTTP: how we are, for people who are signed in and for probes."""

from typing import TYPE_CHECKING

import azure.functions as func

from functions.pages.respond import as_json, respond
from functions.pages.who import person

if TYPE_CHECKING:
    from shared.app import App

bp = func.Blueprint()


@bp.route(route="status", methods=["GET"])
async def status(req: func.HttpRequest) -> func.HttpResponse:
    """What `/api/health` keeps from strangers: tenants, failures, what is parked."""
    return await respond(req, _status)


async def _status(app: "App", _: func.HttpRequest) -> func.HttpResponse:
    from shared.usecases.pages.health import health

    return as_json(await health(app.deps))


@bp.route(route="health", methods=["GET"])
async def health(req: func.HttpRequest) -> func.HttpResponse:
    """For probes, without signing in: strangers learn whether we are well; a person whom we know, everything."""
    import logging

    from shared.app import current
    from shared.core.errors import PermanentError, TransientError
    from shared.usecases.pages.health import health

    try:
        app = current()
        report = await health(app.deps)
    except (PermanentError, TransientError) as error:
        logging.getLogger("foresignal.health").error("down: %s", error)  # noqa: TRY400 - the reason is enough
        return as_json({"status": "down"}, 503)
    known = person(app.settings, req.headers)
    return as_json(report if known else {"status": report["status"]})
