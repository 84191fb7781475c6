"""Signals: phrases that speak for or against something, and what the clause around each makes of it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from shared.core.classify.clauses import Standing, reason, standing, whole_words

#: The parts of a post that a signal may look at. `text` is everything but the title, the banners and the compliance
#: table; `advice` is what to prepare, without the formulas of every post; `audience` is who is affected; `compliance`
#: are the rows of its table that are not answered no.
Place = Literal["title", "tags", "summary", "intro", "impact", "prepare", "advice", "audience", "compliance", "text"]
_GAP = " ... "
_WIDEST_GAP = 60
_LOOKS = 3  # places of one phrase that are looked at for one that is said plainly
#: What stands before a signal's name where its clause denies or supposes it.
_PREFIX: Mapping[Standing, str] = {"said": "", "denied": "not ", "supposed": "if "}


@dataclass(frozen=True, slots=True)
class Signal:
    """A row of a table: phrases, any of which in one place of the post is the same sign.

    A phrase is plain lower-case text, found anywhere (write a space where a word must begin or end); " ... " in it
    stands for up to 60 characters of one sentence. Plain text, because a search for it costs next to nothing. `name`
    is what the weights call it: its place and its first phrase.
    """

    name: str
    place: Place
    phrases: tuple[str, ...]
    gapped: tuple[tuple[str, re.Pattern[str]], ...]

    def find(self, text: str) -> tuple[Standing, int, int] | None:
        """How and where the phrases stand in a lower-case text: said plainly if any is, else as the first is."""
        other: tuple[Standing, int, int] | None = None
        for phrase in self.phrases:
            if phrase not in text:  # by far the most: said first, because it is the quickest to see
                continue
            at = text.find(phrase)
            for _ in range(_LOOKS):
                if at < 0:
                    break
                end = at + len(phrase)
                how = standing(text, at, end)
                if how == "said":
                    return how, at, end
                other = other or (how, at, end)
                at = text.find(phrase, end)
        for head, pattern in self.gapped:
            match = pattern.search(text) if head in text else None
            if match:
                how = standing(text, *match.span())
                if how == "said":
                    return how, *match.span()
                other = other or (how, *match.span())
        return other


def signal(place: Place, phrases: str) -> Signal:
    """A row: its phrases, parted by `|`."""
    each = phrases.split("|")
    return Signal(
        f"{place}: {each[0].strip()} ...",
        place,
        tuple(phrase for phrase in each if _GAP not in phrase),
        tuple((phrase.split(_GAP)[0], _pattern(phrase)) for phrase in each if _GAP in phrase),
    )


def _pattern(phrase: str) -> re.Pattern[str]:
    return re.compile(f"[^.\\n]{{0,{_WIDEST_GAP}}}?".join(re.escape(part) for part in phrase.split(_GAP)))


class Places:
    """The places of one post, as written and in lower case; a space at both ends, so that every word has two edges."""

    def __init__(self, places: Mapping[str, str]) -> None:
        self._written = {name: f" {text} " for name, text in places.items() if text}
        self.lower = {name: text.lower() for name, text in self._written.items()}

    def find(self, row: Signal) -> tuple[str, int, int] | None:
        """What a signal that is there counts as, and where it stands in its place."""
        text = self.lower.get(row.place)
        found = row.find(text) if text else None
        return (_PREFIX[found[0]] + row.name, found[1], found[2]) if found else None

    def word(self, place: str, term: str, last: str) -> tuple[int, int]:
        """Where a term stands in a place; where only signs part its words, its last word."""
        for words in (term, last):
            found = re.search(rf"(?<![a-z0-9'-]){re.escape(words)}(?![a-z0-9'-])", self.lower[place])
            if found:
                return found.span()
        return 0, 0

    def phrase(self, place: str, start: int, end: int) -> str:
        """The words at a place, as they are written."""
        return whole_words(self._shown(place), start, end)

    def clause(self, place: str, start: int, end: int) -> str:
        """What stands around the words at a place, as it is written."""
        return reason(self._shown(place), start, end)

    def _shown(self, place: str) -> str:
        written, lower = self._written[place], self.lower[place]
        # Some letters are longer in lower case; then nothing stands at the same place in both.
        return written if len(written) == len(lower) else lower
