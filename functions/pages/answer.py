"""HTTP: answers to cards. GET asks and writes nothing, POST does it once; a script says that the page was opened."""

import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING

import azure.functions as func

from functions.pages.respond import html, message, respond, respond_to_form
from functions.pages.who import Person, person, person_with_roles

if TYPE_CHECKING:
    from shared.adapters.pages.answer import Result
    from shared.app import App
    from shared.core.cards.answers import CardLink
    from shared.record.people import KnownPerson
    from shared.usecases.pages.answer import AnswerView

bp = func.Blueprint()
_NO_CHANGE = "This page needs a link from a card, or the id of a change. Open a card in Teams, or the change page."


@bp.route(route="api/answer", methods=["GET"])
async def answer(req: func.HttpRequest) -> func.HttpResponse:
    return await respond(req, _ask)


@bp.route(route="api/answer", methods=["POST"])
async def give_answer(req: func.HttpRequest) -> func.HttpResponse:
    return await respond_to_form(req, _give)


@bp.route(route="api/opened", methods=["POST"])
async def opened(req: func.HttpRequest) -> func.HttpResponse:
    return await respond_to_form(req, _opened)


def known(who: Person) -> "KnownPerson":
    from shared.record.people import KnownPerson

    return KnownPerson(who.id, who.name, who.address)


async def _ask(app: "App", request: func.HttpRequest) -> func.HttpResponse:
    asked = {name: request.params.get(name, "") for name in ("t", "c", "a")}
    card = await _card(app, asked["t"], asked["c"])
    if isinstance(card, func.HttpResponse):
        return card
    return await _page(app, request, card, asked, asked["a"])


async def _give(app: "App", request: func.HttpRequest, fields: Mapping[str, str]) -> func.HttpResponse:
    from functions.pages.answering import give
    from shared.usecases.pages.answer import view_of

    who = await person_with_roles(app, request.headers)
    card = await _card(app, fields.get("t", ""), fields.get("c", ""))
    if isinstance(card, func.HttpResponse) or who is None:
        return card if isinstance(card, func.HttpResponse) else message("This page is closed", "Sign in first.", 403)
    change_id = card.change_id if card else fields.get("c", "")
    given = await give(app, who, card, change_id, fields)
    if isinstance(given, func.HttpResponse):
        return given
    done, result = given
    if done is None:  # it is to be corrected
        return await _page(app, request, card, fields, "", result)
    view = view_of(done.record, done.names, await app.deps.here.policy.current(), card, known(who), who.roles)
    return _shown(app, view, fields, "", result)


async def _opened(app: "App", request: func.HttpRequest, fields: Mapping[str, str]) -> func.HttpResponse:
    from shared.core.cards.answers import LinkFault
    from shared.usecases.pages.answer import card_of_link
    from shared.usecases.review.opened import count_open

    who, card = person(app.settings, request.headers), await card_of_link(app.deps, fields.get("t", ""))
    if who and not isinstance(card, LinkFault):
        await count_open(app.deps, card, who.id)
    return func.HttpResponse(status_code=204)


async def _card(app: "App", token: str, change_id: str) -> "CardLink | func.HttpResponse | None":
    """The card behind the link; None where there is no link; a page that says why it is no good."""
    from shared.core.cards.answers import LinkFault
    from shared.usecases.pages.answer import card_of_link

    if not token:
        return None if change_id else message("Nothing to answer", _NO_CHANGE, 400)
    card = await card_of_link(app.deps, token, change_id)
    if isinstance(card, LinkFault):
        return message("This link is no good", f"{card} Nothing was done.", 410 if card == LinkFault.EXPIRED else 403)
    return card


async def _page(
    app: "App",
    request: func.HttpRequest,
    card: "CardLink | None",
    given: Mapping[str, str],
    chosen: str,
    result: "Result | None" = None,
) -> func.HttpResponse:
    from shared.usecases.pages.answer import answer_view

    who = await person_with_roles(app, request.headers)
    assert who is not None
    change_id = card.change_id if card else given.get("c", "")
    view = await answer_view(app.deps, card, change_id, known(who), who.roles)
    if view is None:
        return message("Not found", f"There is no change {change_id} here.", 404)
    return _shown(app, view, given, chosen, result)


def _shown(
    app: "App", view: "AnswerView | str", given: Mapping[str, str], chosen: str, result: "Result | None"
) -> func.HttpResponse:
    from shared.adapters.pages.answer import answer_page

    if isinstance(view, str):
        return message("You cannot answer here", view, 403)
    text = answer_page(
        view, given.get("t", ""), uuid.uuid4().hex, as_of=app.deps.here.clock().date(), chosen=chosen, result=result,
        given=given if result and result.tone == "bad" else {},
    )  # fmt: skip
    wrong = result is not None and result.tone == "bad"
    return html(text, 400 if wrong else 200)
