"""The sentences of a post, and what differs between those of two editions (pure)."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from shared.core.classify.dates import phrases
from shared.core.classify.dates.previous import take_out
from shared.core.posts.fingerprints import comparable, link_targets, plain_title
from shared.core.posts.post import Post
from shared.core.text.html import blocks
from shared.core.text.safe import cut
from shared.core.text.wording import Wording, split_behind_stops

LONGEST = 300
"""Characters of a sentence that are kept and shown."""
_KEPT = 16_000  # characters of one edition; the longest real text has 13,980 with its markup
_SHOWN = 4
_END = re.compile(r"[.!?]\s+(?=[A-Z(\"'])")
_STAMP = Wording(r"^\W*Updated?\b[^:]{0,20}\d{2,4}\s*:\s*", re.IGNORECASE)
_LINK = "Link: "
_comparable = lru_cache(maxsize=2048)(comparable)
"""A sentence as it is compared; the editions of one change share most of theirs."""


def sentences_of(post: Post) -> tuple[str, ...]:
    """Title, sentences and link targets of a post, each once, without what only says that something was updated."""
    links = (_LINK + link for link in link_targets(post.raw.get("body")))
    sentences = [plain_title(post.title), *_split(post.body, post.body_type), *links]
    by_key: dict[str, str] = {}
    room = _KEPT
    for sentence in sentences:
        key = _comparable(sentence)
        if key and key not in by_key and room > 0:
            by_key[key] = cut(_STAMP.sub("", sentence) if ":" in sentence else sentence, LONGEST)
            room -= len(by_key[key])
    return tuple(by_key.values())


def _split(body: str, kind: str) -> list[str]:
    return [sentence for block in blocks(body, kind) for sentence in split_behind_stops(_END, block.text)]


def difference(old: Sequence[str], new: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The sentences that went, and those that came; another order, white space or stamp is no difference."""
    was, now = {_comparable(sentence) for sentence in old}, {_comparable(sentence) for sentence in new}
    gone = tuple(sentence for sentence in old if _comparable(sentence) not in now)
    came = tuple(sentence for sentence in new if _comparable(sentence) not in was)
    return gone, came


def without_dates(gone: Sequence[str], came: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What is left of a difference once sentences that differ only in their dates are taken out."""
    was, now = {_dateless(sentence) for sentence in gone}, {_dateless(sentence) for sentence in came}
    both = was & now
    return (
        tuple(sentence for sentence in gone if _dateless(sentence) not in both),
        tuple(sentence for sentence in came if _dateless(sentence) not in both),
    )


def shown(sentences: Sequence[str]) -> str:
    """A few sentences, one a line, for an event's old and new."""
    more = len(sentences) - _SHOWN
    return "\n".join((*sentences[:_SHOWN], *([f"(and {more} more)"] if more > 0 else [])))


def any_says(sentences: Iterable[str], pattern: re.Pattern[str] | Wording) -> str:
    """The first sentence in which a pattern is found; empty where there is none."""
    return next((sentence for sentence in sentences if pattern.search(sentence)), "")


@lru_cache(maxsize=2048)
def _dateless(sentence: str) -> str:
    text, _ = take_out(sentence)
    for phrase in reversed(phrases.find(text)):
        text = f"{text[: phrase.start]}#{text[phrase.end :]}"
    return _comparable(text)
