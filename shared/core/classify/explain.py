"""Why a post was read as it was: the deciding words of every field, found again in its text (pure)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from shared.core.classify import plain_text
from shared.core.posts.classification import Classification
from shared.core.posts.post import Post

_LONGEST = 400  # characters of words that are looked for; nothing is decided by more
_TOKEN = re.compile(r"\w+|[^\w\s]")
_OLD = re.compile(  # "(previously May)", nested once; the words that decided do not hold it
    r"[(\[](?:was )?(?:previously|originally)[^()\[\]\n]{0,160}(?:[(\[][^()\[\]\n]{0,160}[)\]])?[)\]]", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Part:
    """A run of the post's text; `fields` names what it decided, nothing for the text between."""

    text: str
    fields: tuple[str, ...] = ()


def parts(post: Post, found: Classification) -> tuple[Part, ...]:
    """The post as text, cut where deciding words begin and end, in order; joined, they are the text."""
    text = readable(post)
    marked: list[set[str]] = [set() for _ in range(len(text))]
    tokens = _tokens(text)
    line = _line(token for token, _, _ in tokens)
    for name, words in _decided(found):
        first, last = _place(line, words)
        if last > first:
            for at in range(tokens[first][1], tokens[last - 1][2]):
                marked[at].add(name)
    return tuple(_runs(text, marked))


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
    said += [(name, why.words) for name, why in found.why.items() if name != "rollouts" or not found.windows]
    return [(name, words.strip()) for name, words in said if words.strip()]


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


def _runs(text: str, marked: list[set[str]]) -> list[Part]:
    found: list[Part] = []
    start = 0
    for at in range(1, len(text) + 1):
        if at == len(text) or marked[at] != marked[start]:
            found.append(Part(text[start:at], tuple(sorted(marked[start]))))
            start = at
    return found
