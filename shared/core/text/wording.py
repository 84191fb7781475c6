"""Regular expressions as lists: one wording a line, so that a rule reads as the language it knows."""

import re
from collections.abc import Iterator

_MOST = 60  # wordings that are worth being told apart by their first letters


def any_of(*wordings: str, lead: str = r"\b", tail: str = "") -> re.Pattern[str]:
    """Any of these wordings, upper or lower case, beginning at a word."""
    quick = _by_first_letter(wordings, tail) if lead == r"\b" else None
    return re.compile(quick or f"(?i:{lead}(?:{'|'.join(wordings)}){tail})")


def has_any(text: str, parts: tuple[str, ...]) -> bool:
    """Whether a text holds one of these parts as they are spelled."""
    for part in parts:  # noqa: SIM110 - any() with a generator takes twice as long, and every sentence comes here
        if part in text:
            return True
    return False


#: Between two sentences: after a full stop, before a capital.
SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z\"(])")
#: The same in a text of several lines, each of which ends a sentence, too; with the stop itself, which is found sooner.
PART_END = re.compile(r"[\n.!?](?:(?<=\n)|\s+(?=[A-Z\"(]))")


_PART_END = re.compile(r"(?<=[.!?])\s+|\n")


def sentences_and_lines(text: str) -> list[str]:
    """The sentences of every line, also of those in which no capital follows a stop."""
    return _PART_END.split(text)


def sentences(text: str) -> list[str]:
    """The sentences of one line."""
    return SENTENCE_END.split(text)


def _by_first_letter(wordings: tuple[str, ...], tail: str) -> str | None:
    """The same pattern, led by a set of letters; None where a wording begins with something else.

    A search for a pattern that begins with a set of characters passes over all others, and takes a third of the time.
    """
    by_letter: dict[str, list[str]] = {}
    try:
        for number, wording in enumerate(each for whole in wordings for each in _beginnings(whole)):
            if number > _MOST:
                return None
            by_letter.setdefault(wording[0].lower(), []).append(wording[1:])
    except _OtherwiseBegunError:
        return None
    letters = {letter: letter + letter.upper() if letter.isalpha() else letter for letter in by_letter}
    rests = (f"(?<=[{letters[letter]}])(?:{'|'.join(rest)})" for letter, rest in by_letter.items())
    return rf"[{''.join(letters.values())}](?<=\b.)(?i:(?:{'|'.join(rests)}){tail})"


class _OtherwiseBegunError(Exception):
    """A wording does not begin with a letter or a digit."""


def _beginnings(wording: str) -> Iterator[str]:
    """A wording as wordings that begin with a letter or digit: groups and options at its beginning are written out."""
    if wording.startswith("(?:"):
        end = _end_of_group(wording)
        inside, rest = _alternatives(wording[3:end]), wording[end + 1 :]
        option = rest.startswith("?")
        if rest[:1] in {"*", "+", "{"} or rest[1:2] == "?" or _captures(wording):
            raise _OtherwiseBegunError
        for each in inside:
            yield from _beginnings(each + rest[option:])
        if option:
            yield from _beginnings(rest[1:])
    elif wording[:1].isalnum() and wording.isascii() and wording[1:2] not in {"*", "+", "{"}:
        if wording[1:2] == "?":
            yield from (wording[0] + wording[2:], *_beginnings(wording[2:]))
        else:
            yield wording
    else:
        raise _OtherwiseBegunError


def _captures(wording: str) -> bool:
    return re.search(r"(?<!\\)\((?!\?)|\(\?P<", wording) is not None


def _end_of_group(wording: str) -> int:
    """Where the group ends that a wording begins with."""
    depth = 0
    for at, sign in _signs(wording):
        depth += (sign == "(") - (sign == ")")
        if not depth:
            return at
    raise _OtherwiseBegunError


def _alternatives(wording: str) -> list[str]:
    """A pattern cut at every `|` that stands in no group."""
    depth, start, found = 0, 0, []
    for at, sign in _signs(wording):
        depth += (sign == "(") - (sign == ")")
        if sign == "|" and not depth:
            found.append(wording[start:at])
            start = at + 1
    return [*found, wording[start:]]


def _signs(wording: str) -> Iterator[tuple[int, str]]:
    """Brackets and bars that mean something, with their places: none that is escaped or stands in a set."""
    for found in re.finditer(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|[()|]", wording):
        if found[0] in "()|":
            yield found.start(), found[0]
