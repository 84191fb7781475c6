"""HTTP: how we are, for people who are signed in and for probes."""

import asyncio
import logging
import time
from typing import TYPE_CHECKING

import azure.functions as func

from functions.pages.respond import as_json, respond
from functions.pages.who import person

if TYPE_CHECKING:
    from shared.app import App

bp = func.Blueprint()
_LOG = logging.getLogger("foresignal.health")
_SECONDS = 30.0


@bp.route(route="api/status", methods=["GET"])
async def status(req: func.HttpRequest) -> func.HttpResponse:
    """What `/api/health` keeps from strangers: tenants, failures, what is parked."""
    return await respond(req, _status)


async def _status(app: "App", _: func.HttpRequest) -> func.HttpResponse:
    from shared.usecases.pages.health import health

    return as_json(await health(app.deps))


class _Kept:
    """What strangers are told, for half a minute: whoever asks often costs no more than one who asks now and then."""

    def __init__(self) -> None:
        self._status = ""
        self._until = 0.0
        self._asking: asyncio.Lock | None = None

    async def status(self, app: "App") -> str:
        from shared.core.errors import PermanentError, TransientError
        from shared.usecases.pages.health import health

        self._asking = self._asking or asyncio.Lock()
        async with self._asking:  # of many at once, one asks storage
            if self._until <= time.monotonic():
                self._until = time.monotonic() + _SECONDS
                self._status = "down"
                try:
                    self._status = (await health(app.deps))["status"]
                except (PermanentError, TransientError) as error:
                    _LOG.error("down: %s", error)
            return self._status


_KEPT = _Kept()


@bp.route(route="api/health", methods=["GET"])
async def health(req: func.HttpRequest) -> func.HttpResponse:
    """For probes, without signing in: strangers learn whether we are well; a person whom we know, everything."""
    from shared.app import current
    from shared.core.errors import PermanentError, TransientError
    from shared.usecases.pages.health import health

    try:
        app = current()
        known = person(app.settings, req.headers)
        status = "" if known else await _KEPT.status(app)
        report = await health(app.deps) if known else {"status": status}
    except (PermanentError, TransientError) as error:
        _LOG.error("down: %s", error)
        return as_json({"status": "down"}, 503)
    return as_json(report, 503 if status == "down" else 200)
