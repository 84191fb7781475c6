"""Why a post was read as it was: the deciding words of every field, found again in its text (pure)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from shared.core.classify.because import UNSAID
from shared.core.posts.classification import Classification
from shared.core.posts.post import Post
from shared.core.text.html import plain_text
from shared.core.text.wording import Wording

_LONGEST = 400  # characters of words that are looked for; nothing is decided by more
_TOKEN = Wording(r"\w+|[^\w\s|]")  # a bar stands between cells of a table, and nowhere in its HTML
_OLD = Wording(  # "(previously May)", nested once; the words that decided do not hold it
    r"[(\[](?:was )?(?:previously|originally)[^()\[\]\n]{0,160}(?:[(\[][^()\[\]\n]{0,160}[)\]])?[)\]]", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Part:
    """A run of the post's text; `fields` names what it decided, nothing for the text between."""

    text: str
    fields: tuple[str, ...] = ()


class Place(NamedTuple):
    """Where a text has the deciding words of a field: from the character `first` up to the one before `end`."""

    first: int
    end: int
    field: str


def parts(post: Post, found: Classification) -> tuple[Part, ...]:
    """The post as text, cut where deciding words begin and end, in order; joined, they are the text."""
    text = readable(post)
    places = deciding_places(text, found)
    found_parts: list[Part] = []
    at = 0
    for first, end, names in runs(places):
        found_parts += [Part(text[at:first])] * (first > at)
        found_parts.append(Part(text[first:end], names))
        at = end
    return (*found_parts, *[Part(text[at:])] * (at < len(text)))


def runs(places: Iterable[Place]) -> list[tuple[int, int, tuple[str, ...]]]:
    """The stretches of a text that decided the same fields, in order: from, up to the one before, which fields."""
    known = list(places)
    ends = sorted({at for place in known for at in place[:2]})
    found: list[tuple[int, int, tuple[str, ...]]] = []
    for first, end in pairwise(ends):
        names = tuple(sorted({each.field for each in known if each.first <= first < each.end}))
        if names and found and found[-1][1:] == (first, names):
            found[-1] = (found[-1][0], end, names)
        elif names:
            found.append((first, end, names))
    return found


def deciding_places(text: str, found: Classification) -> list[Place]:
    """Where the deciding words of each field stand first in a text; nothing of words that are not there.

    What a person settled has no words of the post.
    """
    tokens = _tokens(text)
    line = _line(token for token, _, _ in tokens)
    places = []
    for name, words in _decided(found):
        first, last = _place(line, words)
        if last > first:
            places.append(Place(tokens[first][1], tokens[last - 1][2], name))
    return places


def readable(post: Post) -> str:
    """Title, tags, Graph's fields and the body as one text, as `foresignal explain` shows it."""
    head = [
        post.title,
        f"{post.id}, {post.category or 'no category'}{', major change' if post.major else ''}",
        f"Services: {', '.join(post.services) or 'none'}",
        f"Tags: {', '.join(post.tags) or 'none'}",
    ]
    if post.act_by:
        head.append(f"Act by: {post.act_by:%Y-%m-%d}")
    return "\n".join(head) + "\n\n" + plain_text(post.body, post.body_type)


def _decided(found: Classification) -> list[tuple[str, str]]:
    """Each field's words, a rollout's one by one."""
    said = [("rollouts", window.words) for window in found.windows]
    said += [
        (name, why.words)
        for name, why in found.why.items()
        if not why.settled and (name != "rollouts" or not found.windows)
    ]
    return [(name, words.strip()) for name, words in said if words.strip() and words not in UNSAID]


def _tokens(text: str) -> list[tuple[str, int, int]]:
    """Words and signs with their places, without old dates in brackets."""
    old = [place.span() for place in _OLD.finditer(text)]
    tokens, skipped = [], 0
    for found in _TOKEN.finditer(text):
        while skipped < len(old) and old[skipped][1] <= found.start():
            skipped += 1
        if skipped == len(old) or found.start() < old[skipped][0]:
            tokens.append((found[0].casefold(), *found.span()))
    return tokens


def _line(tokens: Iterable[str]) -> str:
    return f" {' '.join(tokens)} "


def _place(line: str, words: str) -> tuple[int, int]:
    """The first and the behind-the-last token of these words in the line of tokens; the same twice: not there."""
    wanted = [token for token, _, _ in _tokens(words[:_LONGEST])]
    while wanted and not wanted[-1].isalnum():
        wanted.pop()  # the full stop of a sentence can stand behind an old date
    at = line.find(_line(wanted)) if wanted else -1
    if at < 0:
        return 0, 0
    first = line.count(" ", 0, at)
    return first, first + len(wanted)
