"""A card as a sheet of words: what text and mail show of it, in this order, whatever the card is about."""

from dataclasses import dataclass, replace
from itertools import groupby
from typing import Literal

from shared.adapters.cards.adaptive import card_rows, cut_card, shorten, web_address
from shared.core.cards.card import Card, ChangeCard
from shared.core.cards.listing import ListCard, ListEntry
from shared.core.cards.notice import Notice
from shared.core.changes.moves import Move
from shared.core.words.language import say

STEPS = ((4000, 100), (1200, 60), (500, 30), (200, 12), (60, 4))
"""(characters a text, entries a list): whoever renders takes the first step that fits."""
_MOST_LINES = 10  # beside one label
_LONGEST_TITLE = 160  # characters of a title in a list
_LONGEST_SUBJECT = 200

Tone = Literal["act", "moved", "new", "quiet", "bad", "good"]


@dataclass(frozen=True, slots=True)
class Paragraphs:
    """Lines under a label, which may be empty. `how`: as they are, as points, or as a machine wrote them."""

    label: str
    lines: tuple[str, ...]
    how: Literal["text", "points", "machine"] = "text"


@dataclass(frozen=True, slots=True)
class Entry:
    """One change in a list."""

    title: str
    url: str
    line: str


@dataclass(frozen=True, slots=True)
class Group:
    """Entries under a heading, which may be empty."""

    heading: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything that is shown, from top to bottom. Texts are plain; empty is left out.

    `subject`: one line. `about`: the change, empty where it is about none; `occasion`: what tells this card from the
    others about that change. `rows`: label, lines, whether they are strong. `links`: name and address.
    """

    subject: str
    about: str
    occasion: str
    tone: Tone
    headline: str
    mark: str
    title: str
    moves: tuple[Move, ...]
    before: tuple[Paragraphs, ...]
    rows: tuple[tuple[str, tuple[str, ...], bool], ...]
    after: tuple[Paragraphs, ...]
    groups: tuple[Group, ...]
    why: str
    links: tuple[tuple[str, str], ...]


def sheet_of(card: Card, characters: int, entries: int) -> Sheet:
    """The card's sheet in the language that is spoken, with texts and lists that long at most."""
    if isinstance(card, Notice):
        return _of_notice(card, characters, entries)
    return _of_list(card, characters, entries) if isinstance(card, ListCard) else _of_change(card, characters, entries)


def _of_change(whole: ChangeCard, characters: int, entries: int) -> Sheet:
    card = cut_card(whole, characters, min(entries, _MOST_LINES))
    label = say("What was planned, in the post's words") if card.was_planned else ""
    what = Paragraphs(label, tuple(line for line in card.what.split("\n") if line.strip()))
    more = (say("and {} more on the change page", card.more_steps),) if card.more_steps else ()
    asked = say("What the post asks for" if card.too_late else "How to prepare")
    team = f"{card.team} ({card.mention})" if card.mention else card.team
    return Sheet(
        subject=one_line(card.in_short),
        about=card.change_id,
        occasion="\n".join(
            (
                card.headline,
                *card.reminder,
                card.decided,
                card.began,
                *(f"{move.what} {move.old} {move.new}" for move in card.moved),
            )
        ),
        tone=card.tone,
        headline=card.headline,
        mark=card.change_id + (f" · {say('revision {}', card.revision)}" if card.revision > 1 else ""),
        title=card.title,
        moves=card.moved,
        before=(what,) if what.lines else (),
        rows=tuple((label, lines, weight == "Bolder") for label, lines, weight in card_rows(card)),
        after=tuple(block for block in (Paragraphs(asked, card.steps, "points"), Paragraphs("", more)) if block.lines),
        groups=(),
        why=say("Why you got this: {}. Team: {}", "; ".join(card.why) or say("no reason was recorded"), team),
        links=_web_links(
            (say("Tell how it went"), card.buttons.outcome if card.buttons else ""),
            (say("See the change"), card.page_url),
            (say("Post in the admin center"), card.post_url),
            (say("Ticket {}", card.ticket.number), card.ticket.url) if card.ticket else ("", ""),
        ),
    )


def _of_list(card: ListCard, characters: int, entries: int) -> Sheet:
    left = card.left + max(0, len(card.entries) - entries)
    more = (Paragraphs("", (say("… and {} more on our pages", left),)),) if left > 0 else ()
    return replace(
        _plain(card.title, "\n".join(entry.change_id for entry in card.entries)),
        before=(Paragraphs("", (shorten(card.text, characters),)),) if card.text else (),
        groups=tuple(
            Group(heading, tuple(_entry(entry, characters) for entry in group))
            for heading, group in groupby(card.entries[:entries], key=lambda entry: entry.group)
        ),
        after=more,
        links=_web_links((card.link or say("All changes"), card.home_url)),
    )


def _entry(entry: ListEntry, characters: int) -> Entry:
    line = " · ".join(filter(None, (entry.headline, entry.to_do, entry.change_id)))
    return Entry(
        shorten(entry.title, min(characters, _LONGEST_TITLE)), web_address(entry.page_url), shorten(line, characters)
    )


def _of_notice(notice: Notice, characters: int, entries: int) -> Sheet:
    lines = tuple(shorten(line, characters) for line in notice.lines[:entries])
    return replace(
        _plain(notice.title, "\n".join((notice.text, *lines))),
        tone="bad" if notice.bad else "good",
        headline=f"For {', '.join(notice.who)}" if notice.who else "",
        before=(Paragraphs("", (shorten(notice.text, characters),)),) if notice.text else (),
        after=(Paragraphs("", lines, "machine"),) if lines else (),
        links=_web_links(*notice.links),
    )


def _plain(title: str, occasion: str) -> Sheet:
    """A sheet about no single change."""
    return Sheet(one_line(title), "", f"{title}\n{occasion}", "new", "", "", title, (), (), (), (), (), "", ())


def _web_links(*links: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    """Those that lead to the web: nothing else is a link in a mail."""
    return tuple((one_line(name), web_address(url)) for name, url in links if web_address(url))


def one_line(text: str) -> str:
    """A text as a subject or the name of a link: one line, cut."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_SUBJECT else f"{line[: _LONGEST_SUBJECT - 1].rstrip()}…"
