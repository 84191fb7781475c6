"""A form that somebody sends: from our own page only, of bounded size, read into texts; and numbers in addresses."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

import azure.functions as func

if TYPE_CHECKING:
    from shared.settings import Settings

MOST_BYTES = 32 * 1024
_MOST_FIELDS = 50
_TYPE = "application/x-www-form-urlencoded"
_ELSEWHERE = (
    "This form was not sent from our own page, so nothing was done. Open the page in a browser, and press its button "
    "there."
)


def number_in(request: func.HttpRequest, name: str, default: int, otherwise: int) -> int:
    """A number below 100,000 that an address says; `default` where it says nothing, `otherwise` where it is none."""
    text = request.params.get(name, str(default))
    return int(text) if text.isascii() and text.isdecimal() and len(text) < len("100000") else otherwise


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why nothing is done with what was sent."""

    title: str
    text: str
    status: int


def refusal(settings: "Settings", request: func.HttpRequest) -> Refusal | None:
    """Why a form is refused; None for one that a page of ours sent (docs/decisions/0018-who-acts.md).

    A browser says where a request comes from, and no page can make it say otherwise. A request that says nothing about
    it comes from no browser that we know.
    """
    site, origin = request.headers.get("sec-fetch-site", ""), request.headers.get("origin", "")
    own = site in {"same-origin", "none"} if site else _same_origin(origin, settings.public_url)
    if not own:
        return Refusal("Nothing was done", _ELSEWHERE, 403)
    if len(request.get_body()) > MOST_BYTES:
        text = f"What was sent is longer than {MOST_BYTES // 1024} KB, so nothing was done. Write less."
        return Refusal("This is too long", text, 413)
    if request.headers.get("content-type", "").partition(";")[0].strip().casefold() != _TYPE:
        return Refusal("Nothing was done", "What was sent is no form. Press the button on the page.", 415)
    return None


def fields_of(request: func.HttpRequest) -> Mapping[str, str]:
    """The fields of a form, each stripped; of several of one name the last, and at most 50. Empty where it is none."""
    try:
        text = request.get_body().decode("ascii")
        pairs = parse_qsl(text, keep_blank_values=True, encoding="utf-8", errors="replace", max_num_fields=_MOST_FIELDS)
    except ValueError:  # what is no text of a form, or has too many fields
        return {}
    return {name: value.replace("\r\n", "\n").strip() for name, value in pairs}


def _same_origin(origin: str, public_url: str) -> bool:
    ours, theirs = urlsplit(public_url), urlsplit(origin)
    return bool(origin) and (theirs.scheme, theirs.netloc) == (ours.scheme, ours.netloc)
