"""Which lines of a post stand below "Who is affected", and which lists belong to which line."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from shared.core.classify.document import Line
from shared.core.classify.particulars.people import is_sentence, named, trimmed
from shared.core.text.wording import Wording

_ITEMS = 6  # of a list that are read into one name
_LONGEST_ITEM = 120
_WHO = Wording(
    r"\W{0,3}(?:who (?:is|are|will be|may be|might be|can be) (?:affected|impacted)(?: by this(?: change| update)?)?"
    r"|who this (?:affects|impacts|applies to)|who does this (?:affect|impact)|(?:affected|impacted) (?:users"
    r"|audiences?|roles|organi[sz]ations)"
    r"|(?:target )?audience|who is this for|who has access|who can use (?:this|it))\s?(?:[:?]+|$)\s*",
    re.IGNORECASE,
)
#: A line that begins something else below "Who is affected".
_OTHER = Wording(
    r"(?:what|why|when|how|where|key|screenshots?|note|figure|see|learn|before|after|for more|examples?"
    r"|additional|important|timing|impact)\b",
    re.IGNORECASE,
)
_PLATFORMS = Wording(
    r"platforms?(?:(?: and |/| & | or )services)?(?: (?:affected|impacted))?\W{0,2}(?P<rest>.{0,300})", re.IGNORECASE
)
_LIST = Wording(r"(?:following|one of|roles?|includ\w{1,4}|these|both|with|users|admins)\b[^:]{0,40}:$", re.IGNORECASE)
#: After these words the name goes on in the list: "Tenants that use:".
_GOES_ON = Wording(
    r"\b(?:that|who|whose(?: \w+){1,2}|where|using|uses?|with|in|on|of|from|manages?|have|has|either|via|through"
    r"|than|access|configure|created?|[a-z]{3,12}ing)(?: (?:any|one|either|all|both) of(?: the following)?"
    r"|,? (?:such as|including))?:$",
    re.IGNORECASE,
)
_CLAUSE = Wording(r"\b(?:that|who|where|whose(?: \w+){1,2}):$", re.IGNORECASE)
#: A clause that says what somebody does, with what.
_WITH_CLAUSE = Wording(
    r"\b(?:who|that) (?:(?:create|manage|use|edit|share|own|configure|deploy|administer|run|build)"
    r"(?:,? (?:and|or) |, )?){1,4} [^:]{3,80}:$|(?:who|that) (?:\w+ (?:and|or) )?\w+ [A-Z][^:]{3,60}:$"
)
_THING_WORDS = 4
_PLAIN_WORD = Wording(r"[A-Z][a-z']* (?=[a-z])")
_ARTICLE = Wording(r"(?:The|A|An|Your|Their|You|Any|All) ")
_SUBJECT = Wording(r"\w+ (?:must|will|can|should|may)\b")
_ASIDE = Wording(r" ?\([^()]{0,100}\)$")
_BEHIND = Wording(r"(?: – | - |; |,? (?:and|or)$).{0,300}$")


@dataclass(frozen=True, slots=True)
class Passage:
    """A line that counts; what of it stands below "Who is affected"; its list, and the line of whose list it is.

    `platforms`: what of it stands below "Platforms and services".
    """

    line: Line
    who: str
    items: tuple[str, ...]
    lead: str
    platforms: str = ""


def tells_who(lines: Sequence[Line]) -> bool:
    """Whether the post has a part that says who is affected."""
    return any(_WHO.match(line.text) or _WHO.match(line.label) for line in lines)


def passages(lines: Sequence[Line]) -> Iterator[Passage]:
    """Each line that counts."""
    place = _Place()
    lead = ""
    for index, line in enumerate(lines):
        if line.role in {"banner", "compliance"}:
            continue
        lead = lead if line.kind == "item" else ""
        items = _items(lines, index) if line.text.endswith(":") else ()
        who, platforms = place.of(line)
        if who is not None:
            yield Passage(line, who, items, lead, platforms)
        if line.text.endswith(":"):
            lead = line.text


class _Place:
    """Where in the post a line stands, as far as "Who is affected" goes."""

    def __init__(self) -> None:
        self._below: str | None = None  # the label of the lines below "Who is affected", while there are any
        self._closed: str | None = None
        self._names_platforms = False

    def of(self, line: Line) -> tuple[str | None, str]:
        """What of a line says who is affected, None where it is the heading; and what of it names platforms."""
        if begin := _WHO.match(line.text):
            who = line.text[begin.end() :]
            self._below = None if who and not _WHO.match(line.label) else line.label
            self._closed, self._names_platforms = None, False
            return who or None, ""
        if line.label != self._below:
            self._names_platforms = False
            self._below = line.label if _WHO.match(line.label) and line.label != self._closed else None
        if self._below is None or line.kind == "heading":
            return "", ""
        if heading := _PLATFORMS.fullmatch(line.text):
            self._names_platforms = True
            return "", heading["rest"]
        if _ends(line.text):
            self._below, self._closed, self._names_platforms = None, line.label, False
            return "", ""
        return ("", line.text) if self._names_platforms else (line.text, "")


def whole(stem: str, items: Sequence[str]) -> str:
    """The name that begins before a colon and goes on in the list behind it; empty where it does not."""
    if not items or is_sentence(stem):
        return ""
    if not _GOES_ON.search(stem):
        return _with_things(stem, items)
    clause = bool(_CLAUSE.search(stem))
    parts: list[str] = []
    for item in items[:_ITEMS]:
        text = _ASIDE.sub("", _BEHIND.sub("", item.strip(" .,")))
        other = named(text) or (_SUBJECT.match(text) if clause else is_sentence(text))
        if other or item.endswith(":") or len(text) > _LONGEST_ITEM:
            break
        small = _ARTICLE.match(text) or (clause and _PLAIN_WORD.match(text))
        parts.append(text[:1].lower() + text[1:] if small else text)
    begin = trimmed(f"{stem[:-1]} X")
    return f"{begin[:-1]}{', '.join(parts)}" if parts and begin.endswith(" X") else ""


def _with_things(stem: str, items: Sequence[str]) -> str:
    """A name with a clause, and the things of its list: "Users who pin Contoso Notes: pages, shelves"."""
    parts = [_ASIDE.sub("", item.strip(" .,")) for item in items]
    if not _WITH_CLAUSE.search(stem) or any(
        len(part.split()) > _THING_WORDS or part.endswith(":") or named(part) or is_sentence(part) for part in parts
    ):
        return ""
    return f"{trimmed(stem)}: {', '.join(parts)}"


def _items(lines: Sequence[Line], index: int) -> tuple[str, ...]:
    items: list[str] = []
    for line in lines[index + 1 : index + 1 + _ITEMS]:
        if line.kind != "item" or line.label != lines[index].label:
            break
        items.append(line.text)
    return tuple(items)


def begins_other(text: str) -> bool:
    """Whether a line begins something else: a note, an example, another part."""
    return bool(_OTHER.match(text))


def _ends(text: str) -> bool:
    """Whether another subject begins below "Who is affected"."""
    if begins_other(text):
        return True
    return (
        text.endswith(":") and not _LIST.search(text) and (named(f"{text[:-1]} something") is None or is_sentence(text))
    )
