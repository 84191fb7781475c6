"""The one place that answers for pages: strangers refused, errors as pages, headers, JSON."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any

import azure.functions as func

from functions.pages.who import person

if TYPE_CHECKING:
    from shared.app import App

Show = Callable[["App", func.HttpRequest], Awaitable[func.HttpResponse]]
"""What a page's file gives: the page for a request that may see it."""
Act = Callable[["App", func.HttpRequest, Mapping[str, str]], Awaitable[func.HttpResponse]]
"""The same for a form: what it does with the fields, and the page that says so."""
_LOCKED = (
    "Sign-in is not set up, so this page stays closed. An admin turns it on with one parameter of the deployment: see "
    "“Sign-in for the pages” in docs/deploying.md."
)
_UNKNOWN = "Nobody is signed in behind this request, so this page stays closed. Open it in a browser and sign in."


async def respond(request: func.HttpRequest, show: Show) -> func.HttpResponse:
    """The page, or a page that says why there is none."""
    from shared.app import current
    from shared.core.errors import PermanentError, TransientError

    try:
        app = current()
        if person(app.settings, request.headers) is None:
            return message("This page is closed", _UNKNOWN if app.settings.sign_in else _LOCKED, 403)
        return await show(app, request)
    except PermanentError as error:
        return message("Not found", str(error), 404)
    except TransientError as error:
        return message("Not now", f"{error}. Try again in a minute.", 503)


async def respond_to_form(request: func.HttpRequest, act: Act) -> func.HttpResponse:
    """What an act makes of a form that a person sent from a page of ours; else a page that says why nothing is done."""
    from functions.pages.form import fields_of, refusal

    async def show(app: "App", request: func.HttpRequest) -> func.HttpResponse:
        if refused := refusal(app.settings, request):
            return message(refused.title, refused.text, refused.status)
        return await act(app, request, fields_of(request))

    return await respond(request, show)


def html(text: str, status: int = 200, *, forms: bool = False, counts: bool = False) -> func.HttpResponse:
    """A page. `forms`: it has a form, which may be sent to our own pages only. `counts`: it says that it was opened."""
    from shared.adapters.pages.render import security_headers

    headers = dict(security_headers(forms=forms, counts=counts))
    return func.HttpResponse(text, status_code=status, mimetype="text/html", charset="utf-8", headers=headers)


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
