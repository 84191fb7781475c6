"""The templates, what they may use, and the headers that every page goes out with."""

import re
from base64 import b64encode
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from hashlib import sha256
from types import MappingProxyType
from typing import Any, Protocol

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from shared.adapters.pages.assets import asset_url
from shared.adapters.pages.safe_html import image_sources
from shared.core.posts.classification import Interval
from shared.core.text.safe import printable
from shared.core.words import dates, labels
from shared.core.words.doubt import sureness

NAVIGATION = (
    ("Home", "/api/home"),
    ("Review", "/api/review"),
    ("Changes", "/api/changes"),
    ("Board", "/api/board"),
    ("Metrics", "/api/metrics"),
    ("Reports", "/api/reports"),
    ("Owners", "/api/owners"),
    ("Health", "/api/status"),
)
"""The main pages, by the word and the address under which each is found; the first is behind our name."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """For whom a page is made: what to call them, their roles, and the token of the forms on it.

    `fresh`: the browser does not have the token yet. `personas`: whom somebody may choose to be, each as its value and
    its words, in a sandbox alone; `persona`: the one that is chosen. `asleep`: whether the deployment sleeps.
    """

    name: str = ""
    roles: frozenset[str] = frozenset()
    token: str = ""
    fresh: bool = False
    personas: tuple[tuple[str, str], ...] = ()
    persona: str = ""
    asleep: bool = False


viewer: ContextVar[Viewer] = ContextVar("viewer", default=Viewer())  # noqa: B039 - it is frozen
_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)


def render(template: str, **values: object) -> str:
    """A page for the viewer of this request. Every text is escaped; what is missing raises."""
    return _environment().get_template(template).render(navigation=NAVIGATION, viewer=viewer.get(), **values)


@lru_cache(maxsize=1)
def security_headers() -> Mapping[str, str]:
    """What a page's response must carry: it loads from us alone, and Microsoft's own images; no script in it runs.

    The one inline style sheet is allowed by its hash, so it is computed and cannot go stale. Forms may be sent to us
    alone. Other hosts are not told which page a link was on; we are, because a form without that would not say where it
    comes from.
    """
    return _headers(f"{_content_policy()} 'self'; form-action 'self'; script-src 'self'; connect-src 'self'")


def headers_of(page: str) -> Mapping[str, str]:
    """The same for a page of ours that was kept, which has no form and no script.

    The style sheet that is allowed is the one that it has.
    """
    style = _STYLE.search(page)
    return _headers(f"{_content_policy(style[1] if style else '')}; form-action 'none'")


def _headers(content_policy: str) -> Mapping[str, str]:
    policy = f"{content_policy}; frame-ancestors 'none'"
    return MappingProxyType(
        {
            "Content-Security-Policy": policy,
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "same-origin",
            "Cache-Control": "no-store",
        }
    )


def _content_policy(sheet: str | None = None) -> str:
    """What every page may load; its last part is about style sheets. `sheet`: in place of ours."""
    style = b64encode(sha256((_style() if sheet is None else sheet).encode()).digest()).decode()
    return f"default-src 'none'; img-src data: {image_sources()}; base-uri 'none'; style-src 'sha256-{style}'"


def _alone() -> str:
    """The policy of a page that stands alone, without headers."""
    return f"{_content_policy()}; form-action 'none'"


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("shared.adapters.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_without_controls,
    )
    environment.filters |= {
        "day": dates.day,
        "moment": moment,
        "short_day": short_day,
        "days": days,
        "in_words": in_words,
        "planned": planned,
        "number": "{:,}".format,
        "sureness": sureness,
    }
    environment.globals["style"] = Markup(environment.get_template("style.css").render())  # noqa: S704  (our own file)
    environment.globals["asset_url"] = asset_url
    environment.globals["form_token"] = _form_token
    kind_words: dict[str, str] = {str(kind): words for kind, words in labels.KINDS.items()}
    environment.globals["kind_words"] = kind_words | {str(impact): words for impact, words in labels.IMPACTS.items()}
    environment.globals["content_policy"] = _alone
    return environment


def _form_token() -> Markup:
    """The hidden field that a form must have to count."""
    return Markup('<input type="hidden" name="csrf" value="{}">').format(viewer.get().token)


def _style() -> str:
    return str(_environment().globals["style"])


def _without_controls(value: Any) -> Any:
    """Texts without what no page can carry (halves of surrogate pairs)."""
    return printable(value) if type(value) is str else value


def moment(value: datetime) -> Markup:
    """A moment in UTC, for people and machines."""
    utc = value.astimezone(UTC)
    return Markup('<time datetime="{}">{} {:%b %Y, %H:%M} UTC</time>').format(
        utc.isoformat(timespec="seconds"), utc.day, utc
    )


def short_day(value: date | str) -> str:
    day = date.fromisoformat(value) if isinstance(value, str) else value
    return f"{day.day} {day:%b}"


def days(value: float | None) -> str:
    """Days with one decimal below ten: "0.4", "6", "31"; a dash where there are none."""
    if value is None:
        return "–"
    return f"{value:.1f}".removesuffix(".0") if value < 9.95 else f"{value:.0f}"


class _Planned(Protocol):
    @property
    def planned_start(self) -> date | None: ...
    @property
    def planned_end(self) -> date | None: ...


def planned(ticket: _Planned) -> str:
    """The planned days as one phrase: "1 to 20 October 2026"."""
    start, end = ticket.planned_start, ticket.planned_end
    if start and end and start < end:
        return dates.interval(Interval(start, end))
    day = start or end
    return dates.day(day) if day else ""


def in_words(text: str) -> str:
    """An event's old or new value in words: a status, days, or the text itself."""
    return next((words for status, words in labels.STATUSES.items() if status == text), dates.spoken(text))
