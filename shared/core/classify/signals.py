"""Signals: phrases that speak for or against something, and what the clause around each makes of it."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from shared.core.classify.clauses import CONDITIONS, Clauses, Standing
from shared.core.classify.lookup import Lookup
from shared.core.text.wording import PART_END

#: The parts of a post that a signal may look at. `text` is everything but the title, the banners and the compliance
#: table; `advice` is what to prepare, without the formulas of every post; `audience` is who is affected; `compliance`
#: are the rows of its table that are not answered no.
Place = Literal["title", "tags", "summary", "intro", "impact", "prepare", "advice", "audience", "compliance", "text"]
_GAP = " ... "
_WIDEST_GAP = 60
#: What stands before a signal's name where its clause denies or supposes it.
PREFIX: Mapping[Standing, str] = {"said": "", "denied": "not ", "supposed": "if "}

#: How a signal stands in a text, and from where to where.
Found = tuple[Standing, int, int]


@dataclass(frozen=True, slots=True)
class Signal:
    """A row of a table: phrases, any of which in one place of the post is the same sign.

    A phrase is plain lower-case text, found where a word begins (write a space where a word must end as well); " ... "
    in it stands for up to 60 characters of one sentence. `name` is what the weights call it: its place and its first
    phrase.
    """

    name: str
    place: Place
    phrases: tuple[str, ...]


def signal(place: Place, phrases: str) -> Signal:
    """A row: its phrases, parted by `|`."""
    each = phrases.split("|")
    return Signal(f"{place}: {each[0].strip()} ...", place, tuple(phrase.lstrip() for phrase in each))


class Rows:
    """The signals of one place, ready to be found in a text."""

    def __init__(self, rows: Iterable[Signal]) -> None:
        self._by_head: dict[str, list[tuple[str, re.Pattern[str] | None]]] = {}
        for row in rows:
            for phrase in row.phrases:
                head, gap, _ = phrase.partition(_GAP)
                self._by_head.setdefault(head, []).append((row.name, _pattern(phrase) if gap else None))
        self._lookup = Lookup((*self._by_head, *CONDITIONS))

    def find(self, text: str) -> dict[str, Found]:
        """By its name each signal that a lower-case text has: said plainly if it ever is, else as it first stands."""
        found: dict[str, Found] = {}
        places = self._lookup.find(text)
        clauses = Clauses(text, [start for head, start in places if head in CONDITIONS])
        for head, start in places:
            for name, gapped in self._by_head.get(head, ()):
                before = found.get(name)
                if before and before[0] == "said":
                    continue
                match = gapped.match(text, start) if gapped else None
                if gapped and not match:
                    continue
                end = match.end() if match else start + len(head)
                how = clauses.standing(start, end)
                if before is None or how == "said":
                    found[name] = how, start, end
        return found


def _pattern(phrase: str) -> re.Pattern[str]:
    return re.compile(f"[^.\\n]{{0,{_WIDEST_GAP}}}?".join(re.escape(part) for part in phrase.split(_GAP)))


def _in_word(letter: str) -> bool:
    return letter.isascii() and (letter.isalnum() or letter in "'-")


class Places:
    """The places of one post, as written and in lower case; a space at both ends, so that every word has two edges."""

    def __init__(self, places: Mapping[str, str]) -> None:
        self._written = {name: f" {text} " for name, text in places.items() if text}
        self.lower = {name: text.lower() for name, text in self._written.items()}
        self._starts: dict[str, list[int]] = {}  # where sentences begin, in the places that were asked for

    def word(self, place: str, term: str, last: str) -> tuple[int, int]:
        """Where a term stands in a place; where only signs part its words, its last word."""
        text = self.lower[place]
        for words in (term, last):
            at = text.find(words)
            while at >= 0:
                end = at + len(words)
                if not (_in_word(text[at - 1]) or _in_word(text[end])):  # a place has a space at both ends
                    return at, end
                at = text.find(words, at + 1)
        return 0, 0

    def whole(self, place: str) -> str:
        """All of a place, as it is written."""
        return self._written.get(place, "").strip()

    def sentence(self, place: str, start: int, end: int) -> str:
        """The sentence around a place, as it is written; the whole title; of the tags, the one."""
        if place == "title":
            return self.whole(place)
        text = self._shown(place)
        if place == "tags":
            first, last = text.rfind(" | ", 0, start), text.find(" | ", end)
            tag = text[first + 3 if first >= 0 else 0 : last if last >= 0 else len(text)]
            return f"Microsoft tags it “{tag.strip()}”"
        starts = self._starts.get(place)
        if starts is None:
            starts = self._starts[place] = [0, *(stop.end() for stop in PART_END.finditer(text)), len(text)]
        first = bisect_right(starts, start) - 1
        return text[starts[first] : starts[bisect_left(starts, end, first + 1)]].strip()

    def _shown(self, place: str) -> str:
        written, lower = self._written[place], self.lower[place]
        # Some letters are longer in lower case; then nothing stands at the same place in both.
        return written if len(written) == len(lower) else lower
