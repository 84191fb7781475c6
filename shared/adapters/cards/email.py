"""A card as a mail: subject, HTML and text. No picture, no script, no address but its links."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from shared.adapters.cards.sheet import STEPS, sheet_of
from shared.adapters.cards.text import text_of
from shared.core.cards.card import Card
from shared.core.cards.notice import Notice
from shared.core.text.safe import printable
from shared.core.words.language import Language, say, speaking, spoken

LARGEST = 100_000
"""Bytes of a mail's HTML: some mail programs cut what is longer, and the way out stands at its end."""


@dataclass(frozen=True, slots=True)
class Mail:
    """What a mail says. `about`: the change, empty for none; `occasion`: what tells it from others about it."""

    subject: str
    html: str
    text: str
    about: str
    occasion: str


def mail_of(card: Card, channel: str, stop_url: str) -> Mail:
    """`stop_url`: the page on which a reader stops the mails of this channel."""
    language: Language = "en" if isinstance(card, Notice) else card.language
    with speaking(language):
        return _mail_of(card, channel, stop_url)


def _mail_of(card: Card, channel: str, stop_url: str) -> Mail:
    template = _environment().get_template("email.html.j2")
    whose, stop = say("These are the mails of {}.", channel), say("Stop them, or take them up again")
    for characters, entries in STEPS:
        sheet = sheet_of(card, characters, entries)
        html = template.render(sheet=sheet, language=spoken(), whose=whose, stop=stop, stop_url=stop_url)
        if len(html.encode()) <= LARGEST:
            break
    text = f"{text_of(sheet)}\n{whose} {stop}: {stop_url}\n"
    return Mail(printable(sheet.subject), html, text, sheet.about, sheet.occasion)


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("shared.adapters.cards"),
        autoescape=True,
        finalize=_printable,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _printable(value: Any) -> Any:
    """Texts without what no mail can carry (halves of surrogate pairs)."""
    return printable(value) if type(value) is str else value
