"""Texts of tickets out of templates: those of a policy, bounded, and the shipped ones."""

from dataclasses import fields as dataclass_fields
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, Undefined, UndefinedError

from shared.adapters.ticketing.bounded import BoundedEnvironment
from shared.adapters.ticketing.document import link, value
from shared.core.errors import PermanentError
from shared.core.tickets.ticket import Ticket
from shared.core.words import dates

FOLDER = Path(__file__).with_name("templates")
_NAMES = tuple(field.name for field in dataclass_fields(Ticket) if field.name != "sources")
_FAULTS = (TemplateError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError)


@lru_cache(maxsize=16)
def shipped(kind: str) -> str:
    """The template of a kind of ticket system, else the default one."""
    own = FOLDER / f"{kind}.j2"
    return (own if own.is_file() else FOLDER / "default.j2").read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def _environment() -> BoundedEnvironment:
    def finalize(result: Any) -> Any:
        if isinstance(result, Undefined):
            return str(result)  # raises, naming it
        return result if isinstance(result, _Said) else value("" if result is None else result)

    env = BoundedEnvironment(finalize=finalize, undefined=StrictUndefined, keep_trailing_newline=True)
    env.set_globals(link=lambda name, address: _Said(link(name, address)), day=dates.day)
    return env


class _Said(str):
    """Output that is a link already."""

    __slots__ = ()


@lru_cache(maxsize=256)
def _compiled(text: str) -> Any:
    return _environment().from_string(text)


def fill(text: str, ticket: Ticket) -> str:
    """PermanentError for a template that works for the sample, and not for this ticket."""
    try:
        return _rendered(text, ticket)
    except _FAULTS as error:
        raise PermanentError(
            f"a template of the policy does not work for {ticket.change_id}: {error}; mend the template, push the "
            "policy, and then retry what is parked"
        ) from error


def _rendered(text: str, ticket: Ticket) -> str:
    return _environment().render(_compiled(text), {name: getattr(ticket, name) for name in _NAMES})


def check(text: str, sample: Ticket) -> None:
    """ValueError, with the line, for a template that does not work for a sample ticket."""
    try:
        _rendered(text, sample)
    except TemplateSyntaxError as error:
        raise ValueError(f"line {error.lineno} of the template: {error.message}") from None
    except UndefinedError as error:
        raise ValueError(
            f"the template names what there is not: {error.message} (known: {', '.join(_NAMES)})"
        ) from None
    except _FAULTS as error:
        raise ValueError(f"the template does not work: {error}") from None
