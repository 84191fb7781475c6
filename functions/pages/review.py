"""HTTP: the review: the agenda, one change of it, decisions from it, and what others decide meanwhile."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import azure.functions as func

from functions.pages.answer import known
from functions.pages.respond import html, leads_to, message, respond, respond_to_form
from functions.pages.who import Person, person_with_roles, sees_private

if TYPE_CHECKING:
    from shared.adapters.pages.answer import Result
    from shared.app import App
    from shared.core.review.agenda import Scope
    from shared.usecases.pages.review import ReviewPane
    from shared.usecases.review.decide import Answered

bp = func.Blueprint()
_BY_SCRIPT = "hx-request"


@bp.route(route="api/review", methods=["GET"])
async def review(req: func.HttpRequest) -> func.HttpResponse:
    return await respond(req, _review)


@bp.route(route="api/review/news", methods=["GET"])
async def review_news(req: func.HttpRequest) -> func.HttpResponse:
    return await respond(req, _news)


@bp.route(route="api/review/{id}", methods=["GET"])
async def review_change(req: func.HttpRequest) -> func.HttpResponse:
    return await respond(req, _change)


@bp.route(route="api/review/{id}", methods=["POST"])
async def decide_in_review(req: func.HttpRequest) -> func.HttpResponse:
    return await respond_to_form(req, _decide)


def _asked(values: Mapping[str, str]) -> "Scope":
    from shared.core.review.agenda import scope_of

    return scope_of(values.get("weeks", ""), values.get("team", ""))


async def _review(app: "App", request: func.HttpRequest) -> func.HttpResponse:
    from shared.adapters.pages.review import review_page
    from shared.usecases.pages.review import review

    asked, privacy = _asked(request.params), await sees_private(app, request.headers)
    view = await review(app.deps, privacy=privacy, weeks=asked.weeks, team=asked.team)
    if asked.team and asked.team not in view.teams:
        return message("Not found", f"The policy has no team {asked.team}. Choose one on the page of the review.", 404)
    at = request.params.get("at", "")
    if after := request.params.get("after", ""):
        following = view.agenda.after(after)
        at = following.id if following else ""
    pane = await _pane(app, request, at, asked, request.params.get("for", "")) if at else None
    return html(review_page(view, asked, pane, uuid.uuid4().hex, today=app.deps.here.clock().date(), at=at))


async def _change(app: "App", request: func.HttpRequest) -> func.HttpResponse:
    """One change, for the part of the page that shows it; without script the whole page with it."""
    from shared.adapters.pages.review import pane_part

    asked, change_id = _asked(request.params), request.route_params["id"]
    if _BY_SCRIPT not in request.headers:
        return leads_to(f"/api/review?{asked.query}&{urlencode({'at': change_id})}")
    pane = await _pane(app, request, change_id, asked, request.params.get("for", ""))
    if pane is None:
        return message("Not found", f"There is no change {change_id} here.", 404)
    return html(pane_part(pane, asked, uuid.uuid4().hex, today=app.deps.here.clock().date()))


async def _pane(
    app: "App", request: func.HttpRequest, change_id: str, asked: "Scope", team: str
) -> "ReviewPane | None":
    from shared.usecases.pages.review import review_pane

    who = await _who(app, request)
    return await review_pane(app.deps, change_id, known(who), who.roles, asked.weeks, team or asked.team)


async def _who(app: "App", request: func.HttpRequest) -> Person:
    who = await person_with_roles(app, request.headers)
    assert who is not None  # nobody else gets here
    return who


async def _decide(app: "App", request: func.HttpRequest, fields: Mapping[str, str]) -> func.HttpResponse:
    """What somebody said is saved at once. Where it counts, the row comes back; else the change, and why."""
    from functions.pages.answering import give

    asked, change_id = (
        _asked({"weeks": fields.get("weeks", ""), "team": fields.get("of", "")}),
        request.route_params["id"],
    )
    given = await give(app, await _who(app, request), None, change_id, fields)
    if isinstance(given, func.HttpResponse):
        return given
    done, result = given
    if done is not None and done.kind in {"counts", "again"}:
        return await _saved(app, request, done, result, asked)
    if _BY_SCRIPT not in request.headers:
        return message(result.title, " ".join(result.lines), 409)
    return await _again(app, request, change_id, asked, fields.get("team", ""), result)


async def _saved(
    app: "App", request: func.HttpRequest, done: "Answered", result: "Result", asked: "Scope"
) -> func.HttpResponse:
    from shared.adapters.pages.review import row_part
    from shared.usecases.pages.review import item_after

    change_id = done.record.change.id
    if _BY_SCRIPT not in request.headers:
        return leads_to(f"/api/review?{asked.query}&{urlencode({'after': change_id})}")
    item = await item_after(app.deps, done.record, asked.weeks, asked.team)
    answer = html(row_part(item, change_id, done.names, asked, result, today=app.deps.here.clock().date()))
    answer.headers["HX-Reswap"] = "none"  # the parts of the answer say themselves where they belong
    answer.headers["X-Decided"] = change_id
    if item and await _has_more_to_say(app, request, item.waits_for):
        answer.headers["X-More"] = "yes"
    return answer


async def _has_more_to_say(app: "App", request: func.HttpRequest, waiting: tuple[str, ...]) -> bool:
    """Whether the person who just spoke may answer for a team that still waits."""
    from shared.core.review.roles import may_answer, teams_of

    who, policy = await _who(app, request), await app.deps.here.policy.current()
    own = teams_of(policy, who.address)
    return any(team in policy.teams and may_answer(who.roles, own, team) for team in waiting)


async def _again(
    app: "App", request: func.HttpRequest, change_id: str, asked: "Scope", team: str, result: "Result"
) -> func.HttpResponse:
    from shared.adapters.pages.review import pane_part

    pane = await _pane(app, request, change_id, asked, team)
    if pane is None:
        return message("Not found", f"There is no change {change_id} here.", 404)
    return html(pane_part(pane, asked, uuid.uuid4().hex, today=app.deps.here.clock().date(), result=result))


async def _news(app: "App", request: func.HttpRequest) -> func.HttpResponse:
    """The rows that others have changed; no content where there is nothing new."""
    from shared.adapters.pages.review import news_part
    from shared.usecases.pages.review import review_news

    asked, since = _asked(request.params), _moment(request.params.get("since", ""))
    if since is None:
        return message("Not understood", "Open the review again.", 400)
    privacy = await sees_private(app, request.headers)
    news = await review_news(app.deps, since, privacy=privacy, weeks=asked.weeks, team=asked.team)
    if news is None:
        return func.HttpResponse(status_code=204, headers={"Cache-Control": "no-store"})
    who = await _who(app, request)
    return html(news_part(news, asked, request.params.get("at", ""), who.id, today=app.deps.here.clock().date()))


def _moment(text: str) -> datetime | None:
    from shared.core.times import when

    return when(text[:40])
