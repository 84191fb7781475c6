"""HTTP: who did what, for admins and reviewers; and people whose names we know, for admins, who can erase them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import azure.functions as func

from functions.pages.form import number_in
from functions.pages.respond import html, message, respond, respond_to_form
from functions.pages.who import Person, person_with_roles

if TYPE_CHECKING:
    from shared.app import App

bp = func.Blueprint()
_LONGEST = 200  # characters of what is looked for


@bp.route(route="api/audit", methods=["GET"])
async def audit(req: func.HttpRequest) -> func.HttpResponse:
    return await respond(req, _audit)


@bp.route(route="api/people", methods=["GET"])
async def people(req: func.HttpRequest) -> func.HttpResponse:
    return await respond(req, _people)


@bp.route(route="api/people", methods=["POST"])
async def erase_somebody(req: func.HttpRequest) -> func.HttpResponse:
    return await respond_to_form(req, _erase)


async def _audit(app: "App", request: func.HttpRequest) -> func.HttpResponse:
    from shared.adapters.pages.audit import audit_page
    from shared.core.review.roles import is_admin, is_reviewer, sees_privacy
    from shared.usecases.pages.audit import audit, wanted

    who = await person_with_roles(app, request.headers)
    if who is None or not is_reviewer(who.roles):
        return message("Not for you", "Who did what is for the roles reviewer and admin.", 403)
    asked = (request.params.get(name, "").strip() for name in ("subject", "who", "what", "cursor"))
    want = wanted(*asked)
    view = await audit(app.deps, want, privacy=sees_privacy(who.roles))
    return html(audit_page(view, want, is_admin=is_admin(who.roles)))


async def _people(app: "App", request: func.HttpRequest) -> func.HttpResponse:
    from shared.adapters.pages.audit import erase_page
    from shared.usecases.pages.audit import known_person

    if await _admin(app, request) is None:
        return _refused()
    if erased := request.params.get("erase", ""):
        person = await known_person(app.deps, erased[:_LONGEST])
        return html(erase_page(person)) if person else message("Not found", "Nobody is known under this id.", 404)
    return await _listed(app, request)


async def _listed(app: "App", request: func.HttpRequest, done: str = "") -> func.HttpResponse:
    from shared.adapters.pages.audit import people_page
    from shared.usecases.pages.audit import known_people

    asked, page = request.params.get("q", "").strip()[:_LONGEST], number_in(request, "page", 1, 1)
    return html(people_page(await known_people(app.deps), asked, page=page, done=done))


async def _erase(app: "App", request: func.HttpRequest, fields: Mapping[str, str]) -> func.HttpResponse:
    from functions.pages.answer import known
    from shared.usecases.pages.audit import erase

    who = await _admin(app, request)
    if who is None:
        return _refused()
    erased = await erase(app.deps, fields.get("erase", "")[:_LONGEST], known(who))
    done = "The name is erased. What this person did stays." if erased else "Nobody is known under this id any more."
    return await _listed(app, request, done)


async def _admin(app: "App", request: func.HttpRequest) -> Person | None:
    from shared.core.review.roles import is_admin

    who = await person_with_roles(app, request.headers)
    return who if who and is_admin(who.roles) else None


def _refused() -> func.HttpResponse:
    return message("Not for you", "People and their names are for the role admin. Nothing was done.", 403)
