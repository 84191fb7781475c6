"""What every ticket system's `settings:` can hold, and a ticket's texts and fields made of them."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

from pydantic import Field, field_validator

from shared.adapters.ticketing.document import Document, bare, parse, value
from shared.core.policy.parts import Strict
from shared.core.terms import State
from shared.core.text.safe import cut
from shared.core.tickets.ticket import PlanStep, Ticket

_PLANNED = re.compile(r"\bplanned_(start|end)\b")
SAMPLE = Ticket(
    key="foresignal-sample-MC1234567", change_id="MC1234567", title="MC1234567 A change", what="Something changes.",
    kind="Retirement", arrives="Something is taken away", audience="All its users.", services=("Exchange Online",),
    tenants=("home",), when=("General availability, worldwide: early May 2026",), planned_start=date(2026, 5, 1),
    planned_end=date(2026, 5, 10), act_by=date(2026, 4, 30), to_do="Action required by 30 April 2026",
    if_nobody_acts="It happens all the same.", risk="high", risk_why="Because.", impact="high", admin_impact="high",
    user_impact="low", impact_why="Because.", why_board="Something stops.", why=("for the board",), test_plan="Try it.",
    communication_plan="Say it.", backout="None.", group="Messaging", links=(("Post", "https://admin.example/"),),
    cancelled=False,
    implementation_plan="1. Tell the users (by 30 April 2026; ana@contoso.example)",
    steps=(PlanStep("0123456789ab", "Tell the users", date(2026, 4, 30), "ana@contoso.example"),),
    requested_by="sam@contoso.example", assigned_to="ana@contoso.example", configuration_items=("Exchange Online",),
    affected=("Roles: Exchange admins",), compliance=("AI: Yes",), risk_words="high", impact_words="High for admins",
    unsure="Not sure about the deadline.",
    freezes=("It falls into our freeze.",), differences=("home: early May 2026",),
    answers=("messaging: owned by ana@contoso.example (3 May)",),
)  # fmt: skip
"""A ticket to try templates and permissions with; it is never filed."""


class Templates(Strict):
    """Jinja2 templates of an organisation's own, in place of those in `shared/adapters/ticketing/templates`.

    They may use every field of a ticket (core/ticket.py), `day(date)` and `link(name, address)`.
    """

    title: str = ""
    description: str = ""

    @field_validator("title", "description")
    @classmethod
    def _works(cls, text: str) -> str:
        if text:
            _checked(text)
        return text


class TicketSettings(Strict):
    """The base of every ticket system's settings.

    `fields`: the system's own fields, by its own names, that are set on a new ticket and kept so; text in them is a
    template. `values`: the system's own words for ours, such as `risk: {high: "2"}`. `states`: our state for the
    system's own words, over those that the adapter knows. `templates`: texts of one's own.
    """

    fields: dict[str, Any] = Field(default={})
    values: dict[str, dict[str, Any]] = Field(default={})
    states: dict[str, State] = Field(default={})
    templates: Templates = Templates()

    @field_validator("fields")
    @classmethod
    def _fields_work(cls, fields: dict[str, Any]) -> dict[str, Any]:
        for name, what in fields.items():
            for text in _texts_in(what):
                try:
                    _checked(text)
                except ValueError as error:
                    raise ValueError(f"{name}: {error}") from None
        return fields

    @field_validator("states", mode="before")
    @classmethod
    def _numbers_are_words(cls, states: Any) -> Any:
        """Systems number their states: `-5: new` means what `"-5": new` does."""
        if not isinstance(states, dict):
            return states
        return {str(word) if type(word) is int else word: state for word, state in states.items()}

    @field_validator("values")
    @classmethod
    def _values_are_of_ours(cls, values: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
        names = ("risk", "impact", "admin_impact", "user_impact", "kind", "group", "configuration_item")
        for name in values:
            if name not in names:
                raise ValueError(f"unknown {name!r} (known: {', '.join(names)})")
        return values

    def value(self, name: str, ours: str, default: Any) -> Any:
        """The system's own word for one of ours: the policy's, else the adapter's."""
        return self.values.get(name, {}).get(ours, default)

    def own_fields(self, ticket: Ticket, form: Callable[[str], str] = str) -> dict[str, Any]:
        """`fields`, their templates filled in. `form`: what a system does to text, so that it stays text."""
        return {name: _filled(what, ticket, form) for name, what in self.fields.items()}

    def planned(self) -> frozenset[str]:
        """Those of `fields` whose templates say when the rollout begins or ends: they are kept while it runs."""
        return frozenset(name for name, what in self.fields.items() if any(map(_PLANNED.search, _texts_in(what))))

    def title(self, ticket: Ticket, limit: int) -> str:
        """One line of at most `limit` characters."""
        text = _render(self.templates.title, ticket) if self.templates.title else ticket.title
        return cut(" ".join(bare(value(bare(text))).split()), limit)

    def description(self, ticket: Ticket, kind: str) -> Document:
        """The description, for the markup of the system (shared/adapters/ticketing/document.py).

        `kind`: the adapter's; a template `<kind>.j2` beside the default one is taken where there is one.
        """
        return parse(_render(self.templates.description or _shipped(kind), ticket))


def _shipped(kind: str) -> str:
    from shared.adapters.ticketing.filling import shipped

    return shipped(kind)


def _render(text: str, ticket: Ticket) -> str:
    from shared.adapters.ticketing.filling import fill  # jinja2: whoever reads a policy without templates needs none

    return fill(text, ticket)


def _checked(text: str) -> None:
    from shared.adapters.ticketing.filling import check

    check(text, SAMPLE)


def _texts_in(what: Any) -> list[str]:
    if isinstance(what, str):
        return [what] if "{" in what else []
    inside = what.values() if isinstance(what, dict) else what if isinstance(what, list | tuple) else ()
    return [text for item in inside for text in _texts_in(item)]


def _filled(what: Any, ticket: Ticket, form: Callable[[str], str]) -> Any:
    if isinstance(what, str):
        return form(bare(_render(what, ticket))) if "{" in what else what
    if isinstance(what, dict):
        return {name: _filled(item, ticket, form) for name, item in what.items()}
    return [_filled(item, ticket, form) for item in what] if isinstance(what, list | tuple) else what
