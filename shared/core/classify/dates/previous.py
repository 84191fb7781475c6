"""The "(previously ...)" parts of a line: taken out of the text, and kept as the old plan."""

import re

from shared.core.text.wording import Wording

_OPEN = Wording(r"[(\[]\s*(?:previously|originally planned for|was previously|prior date:?)\b:?\s*", re.IGNORECASE)
# Where a part that nobody closed ends: the sentence goes on with what will be.
_GOES_ON = Wording(
    r"\s+(?:and|but)\s+(?:(?:is|are|will|should|we)\s+)?(?:be\s+)?(?:expect|complet|begin|finish|conclud)"
    r"|\s+(?:through|to be)\s|\s+–\s|;|[.:](?:\s|$)",
    re.IGNORECASE,
)
_LONGEST = 160  # no old date needs more words; an unclosed part must not eat the line


def take_out(text: str) -> tuple[str, tuple[str, ...]]:
    """The line without its "(previously ...)" parts, and those parts; nested and unclosed ones, too."""
    if "reviously" not in text and "riginally planned" not in text and "rior date" not in text:
        return text, ()
    kept: list[str] = []
    old: list[str] = []
    at = 0
    while match := _OPEN.search(text, at):
        end, words = _part(text, match.end())
        kept.append(text[at : match.start()].rstrip())
        old.append(words)
        at = end
    kept.append(text[at:])
    return "".join(kept), tuple(old)


def _part(text: str, start: int) -> tuple[int, str]:
    """Where the part that begins at `start` ends, and its words without nested marks."""
    depth, at = 1, start
    stop = min(len(text), start + _LONGEST)
    while at < stop:
        close = _next(text, ")]", at, stop)
        opened = _next(text, "([", at, min(close, stop))
        # Brackets that close before another opens hold all of it: "(previously beginning in March and ending in May)".
        leaves = None if opened == close < stop else _GOES_ON.search(text, at, min(opened, stop))
        if leaves:
            return leaves.start(), _words(text[start : leaves.start()])
        if opened < close:
            depth, at = depth + 1, opened + 1
        elif close < stop:
            depth, at = depth - 1, close + 1
            if depth == 0 or not _closes_again(text, at):
                return at, _words(text[start:close])
        else:
            break
    return stop, _words(text[start:stop])


def _closes_again(text: str, at: int) -> bool:
    """Whether an outer part is still closed behind `at`, before any other bracket opens."""
    return text[at:].lstrip()[:1] in {")", "]"}


def _next(text: str, characters: str, start: int, stop: int) -> int:
    found = [at for character in characters if (at := text.find(character, start, stop)) >= 0]
    return min(found, default=stop)


def _words(part: str) -> str:
    return _OPEN.sub("; ", part).strip(" ().;")
