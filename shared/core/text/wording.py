"""Regular expressions as lists: one wording a line, so that a rule reads as the language it knows."""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any

_MOST = 60  # wordings that are worth being told apart by their first letters
_OWN = ("search", "match", "fullmatch", "finditer", "findall", "sub", "split", "groupindex")


class Wording:
    """A regular expression that is compiled when it is first looked for, so that no process waits for hundreds of them.

    Its methods are those of `re.Pattern`, one by one the same; `pattern` is its source, and `flags` are those of `re`.
    """

    search: Callable[..., re.Match[str] | None]
    match: Callable[..., re.Match[str] | None]
    fullmatch: Callable[..., re.Match[str] | None]
    finditer: Callable[..., Iterator[re.Match[str]]]
    findall: Callable[..., list[Any]]
    sub: Callable[..., str]
    split: Callable[..., list[Any]]
    groupindex: Mapping[str, int]

    def __init__(self, pattern: str, flags: int = 0) -> None:
        self.pattern = pattern
        self.flags = flags

    def __getattr__(self, name: str) -> Any:
        """Of what the instance does not have yet: two threads that both come here find the same."""
        if name not in _OWN:
            raise AttributeError(name)
        compiled = re.compile(self.pattern, self.flags)
        self.__dict__.update({each: getattr(compiled, each) for each in _OWN})
        return getattr(compiled, name)


def any_of(*wordings: str, lead: str = r"\b", tail: str = "") -> Wording:
    """Any of these wordings, upper or lower case, beginning at a word."""
    quick = _by_first_letter(wordings, tail) if lead == r"\b" else None
    return Wording(quick or f"(?i:{lead}(?:{'|'.join(wordings)}){tail})")


def has_any(text: str, parts: tuple[str, ...]) -> bool:
    """Whether a text holds one of these parts as they are spelled."""
    for part in parts:  # noqa: SIM110 - any() with a generator takes twice as long, and every sentence comes here
        if part in text:
            return True
    return False


def folded(text: str) -> str:
    """A text in small letters, in which a part stands wherever a pattern finds it in upper or lower case."""
    lower = text.lower()
    return lower if lower.isascii() else lower.replace("i\u0307", "i").replace("\u0131", "i").replace("\u017f", "s")


#: Between two sentences: after a full stop, before a capital; with the stop itself, which is found sooner.
_SENTENCE_END = re.compile(r"[.!?]\s+(?=[A-Z\"(])")
#: The same in a text of several lines, each of which ends a sentence, too.
PART_END = re.compile(r"[\n.!?](?:(?<=\n)|\s+(?=[A-Z\"(]))")


_PART_END = re.compile(r"(?<=[.!?])\s+|\n")


def sentences_and_lines(text: str) -> list[str]:
    """The sentences of every line, also of those in which no capital follows a stop."""
    return _PART_END.split(text)


@lru_cache(maxsize=512)
def sentences(text: str) -> tuple[str, ...]:
    """The sentences of one line. Kept for a moment: whoever reads a post asks for those of the same lines."""
    return tuple(split_behind_stops(_SENTENCE_END, text))


def split_behind_stops(ends: re.Pattern[str], text: str) -> list[str]:
    """A text cut wherever a pattern is found, of which the first character belongs to the part before."""
    parts, at = [], 0
    for end in ends.finditer(text):
        parts.append(text[at : end.start() + 1])
        at = end.end()
    parts.append(text[at:])
    return parts


#: The letters that have forms outside of ASCII which a pattern finds when it finds upper and lower case.
_FORMS = {"i": "iI\u0130\u0131", "k": "kK\u212a", "s": "sS\u017f"}


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
    letters = {letter: _FORMS.get(letter) or "".join({letter: 0, letter.upper(): 0}) for letter in by_letter}
    rests = (f"(?<=[{letters[letter]}])(?:{'|'.join(rest)})" for letter, rest in by_letter.items())
    return rf"[{''.join(letters.values())}](?<=\b.)(?i:(?:{'|'.join(rests)}){tail})"


class _OtherwiseBegunError(Exception):
    """A wording does not begin with a letter or a digit."""


def _beginnings(wording: str) -> Iterator[str]:
    """A wording as wordings that begin with a letter or digit: groups and options at its beginning are written out.

    What must or must not stand before it is looked for behind its first letter.
    """
    if wording.startswith(("(?<!", "(?<=")):
        end = _end_of_group(wording)
        if _captures(wording):
            raise _OtherwiseBegunError
        before = f"{wording[:4]}(?:{wording[4:end]}).)"
        yield from (each[0] + before + each[1:] for each in _beginnings(wording[end + 1 :]))
    elif wording.startswith("(?:"):
        end = _end_of_group(wording)
        inside, rest = _alternatives(wording[3:end]), wording[end + 1 :]
        option = rest.startswith("?")
        if rest[:1] in {"*", "+", "{"} or rest[:2] in {"??", "?+"} or _captures(wording):
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
