"""The one place that answers for pages: strangers refused, errors as pages, headers, JSON."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any

import azure.functions as func

from functions.pages.token import cookie, is_right, new_token, token_of
from functions.pages.who import Person, person_with_roles

if TYPE_CHECKING:
    from shared.adapters.pages.render import Viewer
    from shared.app import App
    from shared.core.policy.model import Policy

Show = Callable[["App", func.HttpRequest], Awaitable[func.HttpResponse]]
"""What a page's file gives: the page for a request that may see it."""
Act = Callable[["App", func.HttpRequest, Mapping[str, str]], Awaitable[func.HttpResponse]]
"""The same for a form: what it does with the fields, and the page that says so."""
_LOCKED = (
    "Sign-in is not set up, so this page stays closed. An admin turns it on with one parameter of the deployment: see "
    "“Sign-in for the pages” in docs/deploying.md."
)
_OLD_FORM = "This form is older than the page that your browser knows. Open the page again, and press the button there."
_ASLEEP = (
    "What you sent was not taken: either the organisation's data was moved to another deployment, or this one was just "
    "made from such data and is not woken yet. Your admins know which."
)
_UNKNOWN = "Nobody is signed in behind this request, so this page stays closed. Open it in a browser and sign in."


async def respond(request: func.HttpRequest, show: Show) -> func.HttpResponse:
    """The page, or a page that says why there is none."""
    from shared.app import current
    from shared.core.errors import PermanentError, TransientError

    try:
        app = current()
        who = await person_with_roles(app, request.headers)
        if who is None:
            return message("This page is closed", _UNKNOWN if app.settings.sign_in else _LOCKED, 403)
        made_for = await _made_for(app, who, request)
        return _with_token(app, made_for, await show(app, request))
    except PermanentError as error:
        return message("Not found", str(error), 404)
    except TransientError as error:
        return message("Not now", f"{error}. Try again in a minute.", 503)


async def respond_to_form(request: func.HttpRequest, act: Act) -> func.HttpResponse:
    """What an act makes of a form that a person sent from a page of ours; else a page that says why nothing is done."""
    from functions.pages.form import fields_of, refusal
    from shared.adapters.pages.render import viewer

    async def show(app: "App", request: func.HttpRequest) -> func.HttpResponse:
        if viewer.get().asleep:
            return message("This deployment is asleep", _ASLEEP, 503)
        if refused := refusal(app.settings, request):
            return message(refused.title, refused.text, refused.status)
        fields = fields_of(request)
        if not is_right(app.settings, request.headers, fields):
            return message("Nothing was done", _OLD_FORM, 403)
        return await act(app, request, fields)

    return await respond(request, show)


async def _made_for(app: "App", who: Person, request: func.HttpRequest) -> "Viewer":
    """For whom pages are made until the answer is there. In a sandbox every page offers to be somebody else."""
    from functions.pages.persona import choices, chosen
    from shared.adapters.pages.render import Viewer, viewer

    token = token_of(app.settings, request.headers)
    policy = await _policy(app)
    personas = choices(policy) if app.settings.local else ()
    made_for = Viewer(
        who.name,
        who.roles,
        token or new_token(),
        fresh=not token,
        personas=personas,
        persona=chosen(request.headers) if personas else "",
        asleep=bool(policy and policy.asleep),
    )
    viewer.set(made_for)
    return made_for


async def _policy(app: "App") -> "Policy | None":
    from shared.core.errors import PermanentError, TransientError

    try:
        return await app.deps.here.policy.current()
    except (PermanentError, TransientError):  # the page itself says so, where it needs one
        return None


def _with_token(app: "App", made_for: "Viewer", answer: func.HttpResponse) -> func.HttpResponse:
    """The answer, with the cookie of its forms where the browser lacks it."""
    if made_for.fresh and made_for.token.encode() in answer.get_body():
        answer.headers["Set-Cookie"] = cookie(app.settings, made_for.token)
    return answer


def html(text: str, status: int = 200) -> func.HttpResponse:
    """A page."""
    from shared.adapters.pages.render import security_headers

    headers = dict(security_headers())
    return func.HttpResponse(text, status_code=status, mimetype="text/html", charset="utf-8", headers=headers)


def leads_to(place: str) -> func.HttpResponse:
    """The browser goes on to another page of ours, by a GET."""
    return func.HttpResponse(status_code=303, headers={"Location": place, "Cache-Control": "no-store"})


def stored(text: str) -> func.HttpResponse:
    """A page that an earlier version may have written: its own style sheet is the one that is allowed."""
    from shared.adapters.pages.render import headers_of

    return func.HttpResponse(text, mimetype="text/html", charset="utf-8", headers=dict(headers_of(text)))


def message(title: str, text: str, status: int) -> func.HttpResponse:
    """A page that says one thing."""
    from shared.adapters.pages.home import message_page

    return html(message_page(title, text), status)


def as_json(data: Any, status: int = 200) -> func.HttpResponse:
    import json

    text = json.dumps(data, default=str, indent=2)
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return func.HttpResponse(text, status_code=status, mimetype="application/json", headers=headers)


def as_csv(text: str, name: str) -> func.HttpResponse:
    """A file for a spreadsheet; the mark in front says that it is UTF-8."""
    headers = {
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "Content-Disposition": f'attachment; filename="{name}"',
    }
    return func.HttpResponse("\ufeff" + text, mimetype="text/csv", charset="utf-8", headers=headers)
