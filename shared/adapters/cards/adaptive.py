"""Adaptive Cards from templates that data cannot break: every `{{ value }}` becomes a JSON literal."""

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Undefined, pass_context
from jinja2.runtime import Context

from shared.adapters.cards import markdown
from shared.core.cards.card import Card, ChangeCard
from shared.core.cards.listing import ListCard
from shared.core.cards.notice import Notice
from shared.core.changes.moves import Move
from shared.core.text.safe import clean, cut
from shared.core.words.dates import PHASES, ROLLOUT
from shared.core.words.language import say, speaking

LIMIT = 27_000
"""Bytes of a whole Workflows message as Teams counts them, which refuses more than 28,672."""
MORE = "… more on the change page"
_LEFT_OUT = "… "
_STEPS = ((1200, 6), (800, 6), (500, 6), (300, 6), (200, 5), (120, 5), (60, 4))
"""(characters a text, entries a list): the first step that fits is taken, so that the longest texts are cut first."""
_URL_LIMIT = 2000
_SUMMARY = 200  # characters of the line that a toast shows
_LISTED_TITLE = 160  # characters of a title in a list


class Verbatim(str):
    """A string that is no Markdown: an address, a style, the title of a button."""

    __slots__ = ()


def render(card: Card) -> dict[str, Any]:
    """The Adaptive Card 1.5 of a card, at most LIMIT bytes as a Workflows message, whatever the post holds."""
    if isinstance(card, Notice):
        return _render_notice(card)
    with speaking(card.language):
        return _render_list(card) if isinstance(card, ListCard) else _render_change(card)


def _render_change(view: ChangeCard) -> dict[str, Any]:
    card: dict[str, Any] = {}
    for characters, entries in _STEPS:
        card = _render(cut_card(view, characters, entries))
        if quoted_size(card) <= LIMIT:
            break
    return card


def _render_notice(notice: Notice) -> dict[str, Any]:
    card: dict[str, Any] = {}
    for characters, entries in _STEPS:
        lines = tuple(shorten(line, characters) for line in notice.lines[:entries])
        cut = replace(notice, text=shorten(notice.text, characters), lines=lines)
        card = json.loads(_environment().get_template("notice.json.j2").render(notice=cut))
        if quoted_size(card) <= LIMIT:
            break
    return card


def _render_list(view: ListCard) -> dict[str, Any]:
    """As many entries as fit; the others are counted. Halving finds the number in a few steps, whatever it is."""
    entries = tuple(replace(entry, title=shorten(entry.title, _LISTED_TITLE)) for entry in view.entries)
    template = _environment().get_template("list.json.j2")

    def card_of(shown: int) -> dict[str, Any]:
        cut = replace(view, entries=entries[:shown])
        card: dict[str, Any] = json.loads(template.render(list=cut, left=view.left + len(entries) - shown))
        return card

    fits, too_many = 0, len(entries) + 1
    while too_many - fits > 1:
        middle = (fits + too_many) // 2
        if quoted_size(card_of(middle)) <= LIMIT:
            fits = middle
        else:
            too_many = middle
    return card_of(fits)


def quoted_size(card: Mapping[str, Any]) -> int:
    """Bytes of the card as a JSON string within another one, as Teams has been seen to count them."""
    text = json.dumps(teams_message(card), ensure_ascii=False, separators=(",", ":"))
    return len(json.dumps(text, ensure_ascii=False).encode())


def as_json(value: object) -> str:
    """A template's value as a JSON literal; Markdown is escaped in every string that is not Verbatim."""
    if isinstance(value, Undefined):
        str(value)  # raises and names what is missing
    if isinstance(value, str) and not isinstance(value, Verbatim):
        value = markdown.escape(value)
    return json.dumps(value, ensure_ascii=False)


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("shared.adapters.cards"),
        autoescape=False,  # noqa: S701  (JSON, not HTML: finalize encodes every value)
        finalize=as_json,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["verbatim"] = Verbatim
    environment.filters["markdown"] = markdown.escape
    environment.filters["say"] = _said
    return environment


@pass_context  # without it, Jinja would say `"All changes" | say` once for all, in the language of the first card
def _said(_context: Context, english: str, *values: object) -> str:
    return say(english, *values)


def _render(view: ChangeCard) -> dict[str, Any]:
    template = _environment().get_template("change.json.j2")
    card: dict[str, Any] = json.loads(template.render(card=view, rows=card_rows(view), links=_links(view)))
    return with_mention(card, view.mention) if view.mention else card


def with_mention(card: Mapping[str, Any], address: str) -> dict[str, Any]:
    """The card with the person whom its text mentions. Teams notifies them; what it does not know stays plain text."""
    person = {"type": "mention", "text": f"<at>{address}</at>", "mentioned": {"id": address, "name": address}}
    return {**card, "msteams": {"entities": [person]}}


def card_rows(view: ChangeCard) -> list[tuple[str, tuple[str, ...], str]]:
    """What stands beside a label: (label, lines, weight). Dates that moved stand above and are not told twice."""
    move_lines = {(_clouds(move.what), move.new) for move in view.moved}
    when = tuple(line for line in view.when if _told(line) not in move_lines)
    if view.moved and all(line.startswith(_LEFT_OUT) for line in when):
        when = ()  # that more dates moved is said above
    rows = [
        ("Reminder", view.reminder, "Bolder"),
        ("Decision", _line(view.decided), "Bolder"),
        ("Rollout", _line(view.began), "Default"),
        ("Last time", view.lessons, "Default"),
        ("To do", _line(view.to_do), "Bolder" if view.tone == "act" else "Default"),
        ("When", when, "Default"),
        ("Part", view.parts, "Default"),
        ("Freeze", view.freezes, "Bolder"),
        ("For whom", view.people, "Default"),
        ("Impact", _impact(view), "Default"),
        ("Kind", _line(" · ".join(filter(None, (view.kind, view.arrives)))), "Default"),
        ("Services", _line(", ".join(view.services)), "Default"),
        ("Tenants", view.tenants, "Default"),
        ("Answers", view.answers, "Default"),
        ("Ticket", (view.ticket.number,) if view.ticket else (), "Default"),
    ]
    return [(say(label), lines, weight) for label, lines, weight in rows if lines]


def _told(line: str) -> tuple[str, str]:
    name, _, dates = line.partition(": ")
    return _clouds(name), dates


def _clouds(name: str) -> str:
    """Of "General availability, worldwide" the clouds: another sentence may give the same rollout another name."""
    what, _, clouds = name.partition(", ")
    names = {say(each) for each in (*PHASES.values(), ROLLOUT)}
    return (clouds if what in names else name).casefold()


def _line(text: str) -> tuple[str, ...]:
    return (text,) if text else ()


def _impact(view: ChangeCard) -> tuple[str, ...]:
    parts = ((say("Admins"), view.admin_impact), (say("users"), view.user_impact))
    return _line(", ".join(f"{who} {level.lower()}" for who, level in parts if level))


def cut_card(view: ChangeCard, characters: int, entries: int) -> ChangeCard:
    """The view with texts and lists that long at most; what was left out is said where it was."""

    def text(value: str) -> str:
        return shorten(value, characters)

    def texts(values: tuple[str, ...]) -> tuple[str, ...]:
        shortened = tuple(text(value) for value in values[:entries])
        return (
            (*shortened, say("… and {} more on the change page", len(values) - entries))
            if len(values) > entries
            else shortened
        )

    moved = tuple(Move(text(move.what), text(move.old), text(move.new), move.slip) for move in view.moved[:entries])
    if len(view.moved) > entries:
        moved = (*moved, Move(say("… and {} more", len(view.moved) - entries), "", say("on the change page")))
    ticket = view.ticket
    return replace(
        view,
        title=shorten(view.title, min(characters, 300)),
        what=text(view.what),
        services=texts(view.services),
        people=texts(view.people),
        when=texts(view.when),
        parts=texts(view.parts),
        freezes=texts(view.freezes),
        tenants=texts(view.tenants),
        answers=texts(view.answers),
        reminder=texts(view.reminder),
        lessons=texts(view.lessons),
        moved=moved,
        steps=tuple(text(step) for step in view.steps),
        why=texts(view.why),
        team=shorten(view.team, min(characters, 200)),
        ticket=replace(ticket, number=shorten(ticket.number, 60), url=web_address(ticket.url)) if ticket else None,
    )


def shorten(text: str, characters: int) -> str:
    """The text, or as much of it as ends at a word, with where to read on."""
    if len(text) <= characters:
        return text
    beginning = text[:characters]
    at_word = beginning.rfind(" ", characters * 4 // 5)
    return (beginning[:at_word] if at_word > 0 else beginning).rstrip() + say(MORE)


def _links(view: ChangeCard) -> str:
    """The addresses that have no button where the buttons answer, as Markdown."""
    links = [(say("Post in the admin center"), view.post_url)]
    if view.ticket and view.ticket.url:
        links.append((say("Ticket {}", view.ticket.number), view.ticket.url))
    return " · ".join(f"[{markdown.escape(text)}]({_in_markdown(url)})" for text, url in links)


def _in_markdown(url: str) -> str:
    return url.replace("(", "%28").replace(")", "%29").replace(" ", "%20")


def web_address(url: str) -> str:
    """The address where a button may lead there; else nothing, so that the card goes out without the button."""
    return url if url.startswith(("https://", "http://")) and len(url) <= _URL_LIMIT else ""


def teams_message(card: Mapping[str, Any]) -> dict[str, Any]:
    """A card in the envelope that Teams' Workflows webhook takes; its size is what Teams limits.

    The full width is Teams' own word, unknown to the published schema, so it is added here and not in the card. The
    summary is what the toast and the activity feed show: one line of plain text.
    """
    content = {**card, "msteams": {"width": "Full", **card.get("msteams", {})}}
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": content}
    summary = cut(" ".join(clean(str(card.get("fallbackText", ""))).split()), _SUMMARY)
    return {"type": "message", "summary": summary, "attachments": [attachment]}
