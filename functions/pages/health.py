"""HTTP: how we are, for people who are signed in and for probes."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Generic, TypeVar

import azure.functions as func

from functions.pages.form import number_in
from functions.pages.respond import as_json, html, message, respond, respond_to_form
from functions.pages.who import person, person_with_roles

if TYPE_CHECKING:
    from shared.app import App
    from shared.core.upkeep.findings import Finding
    from shared.usecases.pages.health import HealthView, QueueView

T = TypeVar("T")

bp = func.Blueprint()
_LOG = logging.getLogger("foresignal.health")
_SECONDS = 30.0


@bp.route(route="api/status", methods=["GET"])
async def status(req: func.HttpRequest) -> func.HttpResponse:
    """What `/api/health` keeps from strangers: tenants, failures, what is parked."""
    return await respond(req, _status)


@bp.route(route="api/status", methods=["POST"])
async def mend_status(req: func.HttpRequest) -> func.HttpResponse:
    """Sends what is parked again, or has what is down tried: for admins."""
    return await respond_to_form(req, _mend)


async def _status(app: "App", request: func.HttpRequest) -> func.HttpResponse:
    from shared.adapters.pages.health import queues_page
    from shared.usecases.pages.health import health

    if request.params.get("checks"):
        return await _checks(app, request)
    if _wants_json(request):
        return as_json(await health(app.deps))
    if request.params.get("tenants"):
        return await _tenants(app, request)
    if request.params.get("queues"):
        kept = await _QUEUES.of(app)
        return html(queues_page(kept, app.deps.here.clock()))
    return await _page(app, request)


async def _checks(app: "App", request: func.HttpRequest) -> func.HttpResponse:
    """The doctor's findings, for admins; nothing is changed."""
    from shared.adapters.pages.health import checks_page
    from shared.core.review.roles import is_admin
    from shared.core.upkeep.findings import as_report

    who = await person_with_roles(app, request.headers)
    if who is None or not is_admin(who.roles):
        return message(
            "This is for admins", "It shows how the whole deployment is made, so it needs the role admin.", 403
        )
    findings = await _FINDINGS.of(app)
    return as_json(as_report(findings)) if _wants_json(request) else html(checks_page(findings))


async def _tenants(app: "App", request: func.HttpRequest) -> func.HttpResponse:
    from shared.adapters.pages.health import tenants_page as rendered
    from shared.usecases.pages.health import tenants_page

    return html(rendered(await tenants_page(app.deps, number_in(request, "tenants", 1, 1))))


async def _page(app: "App", request: func.HttpRequest, done: str = "") -> func.HttpResponse:
    from shared.adapters.pages.health import health_page
    from shared.core.review.roles import is_admin, sees_privacy
    from shared.usecases.pages.health import parked_view, shown_parked

    who = await person_with_roles(app, request.headers)
    roles = who.roles if who else frozenset()
    view = await _VIEW.of(app)
    queue, after = request.params.get("queue", ""), request.params.get("after", "")
    of = await parked_view(app.deps, queue, after) if (queue or after) and not view.parked.whole else view.parked
    parked = shown_parked(app.deps, of.heads, privacy=sees_privacy(roles))
    return html(health_page(view, parked, of, first=not after, is_admin=is_admin(roles), done=done))


async def _mend(app: "App", request: func.HttpRequest, fields: Mapping[str, str]) -> func.HttpResponse:
    from functions.pages.answer import known
    from shared.core.errors import PermanentError
    from shared.core.review.roles import is_admin
    from shared.usecases.pages.health import probe, replay

    who = await person_with_roles(app, request.headers)
    if who is None or not is_admin(who.roles):
        return message("You cannot do this", "This needs the role admin. Nothing was done.", 403)
    if fields.get("do") == "replay":
        try:
            was_there = await replay(app.deps, fields.get("key", ""), known(who))
        except PermanentError as error:
            return message("It cannot be sent again", f"{error}. Nothing was done.", 409)
        gone = "It is not parked any more: somebody else has just sent it again."
        done = "It is on its way again." if was_there else gone
    elif fields.get("do") == "probe":
        targets = await probe(app.deps, known(who))
        done = f"They are tried within 15 minutes: {', '.join(targets)}." if targets else "Nothing is down any more."
    else:
        return message("Nothing was done", "This form asks for nothing that we know. Open the page again.", 400)
    _VIEW.forget()
    return await _page(app, request, done)


def _wants_json(request: func.HttpRequest) -> bool:
    """A program says so; a browser takes pages, and most programs take anything."""
    accepted = request.headers.get("accept", "")
    return request.params.get("format") == "json" or ("application/json" in accepted and "text/html" not in accepted)


class _KeptView(Generic[T]):
    """What people are shown, for half a minute: whoever presses reload costs nothing."""

    def __init__(self, read: Callable[["App"], Awaitable[T]]) -> None:
        self._read = read
        self._kept: tuple[App, float, T] | None = None

    async def of(self, app: "App") -> T:
        kept = self._kept
        if kept and kept[0] is app and time.monotonic() < kept[1]:
            return kept[2]
        view = await self._read(app)
        self._kept = (app, time.monotonic() + _SECONDS, view)
        return view

    def forget(self) -> None:
        """Something was done: the next one reads again."""
        self._kept = None


async def _read_view(app: "App") -> "HealthView":
    from shared.usecases.pages.health import health_view

    return await health_view(app.deps)


async def _read_queues(app: "App") -> "Sequence[QueueView]":
    from shared.usecases.pages.health import queue_views

    return await queue_views(app.deps)


async def _examine(app: "App") -> "tuple[Finding, ...]":
    from shared.usecases.upkeep.doctor import doctor

    return await doctor(app.deps)


_VIEW, _QUEUES, _FINDINGS = _KeptView(_read_view), _KeptView(_read_queues), _KeptView(_examine)


class _Kept:
    """What strangers are told, for half a minute: whoever asks often costs no more than one who asks now and then."""

    def __init__(self) -> None:
        self._status = ""
        self._until = 0.0
        self._asking: asyncio.Lock | None = None

    async def status(self, app: "App") -> str:
        from shared.core.errors import PermanentError, TransientError
        from shared.usecases.pages.health import status

        self._asking = self._asking or asyncio.Lock()
        async with self._asking:  # of many at once, one asks storage
            if self._until <= time.monotonic():
                self._until = time.monotonic() + _SECONDS
                self._status = "down"
                try:
                    self._status = await status(app.deps)
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
