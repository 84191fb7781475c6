"""Whom a change concerns: roles, licences or plans, platforms, other prerequisites."""

import re
from collections.abc import Iterable, Iterator

from shared.core.classify.document import Document, Line
from shared.core.classify.particulars.licences import licences_of
from shared.core.classify.particulars.people import concerned, denies, is_sentence, named, receiver
from shared.core.classify.particulars.platforms import platforms_of, platforms_of_graph
from shared.core.posts.particulars import Audience
from shared.core.posts.post import Post
from shared.core.terms import AudienceKind
from shared.core.text.safe import cut
from shared.core.text.wording import sentences

MOST_ENTRIES = 40
_LONGEST_WORDS = 300
_GRAPHS = "Platforms: "  # how Graph's field is quoted
_LONGEST_SENTENCE = 800
_SENTENCES = 12  # of one line
_WHO = re.compile(
    r"\W{0,3}(?:who (?:is|are|will be|may be|might be|can be) (?:affected|impacted)(?: by this(?: change| update)?)?"
    r"|who this (?:affects|impacts|applies to)|who does this (?:affect|impact)|(?:affected|impacted) (?:users"
    r"|audiences?|roles|organi[sz]ations)"
    r"|(?:target )?audience|who is this for|who has access|who can use (?:this|it))\s?(?:[:?]+|$)\s*",
    re.IGNORECASE,
)
#: A line that begins something else below "Who is affected".
_OTHER = re.compile(
    r"(?:what|why|when|how|where|key|screenshots?|note|figure|see|learn|before|after|for more|examples?"
    r"|additional|important|timing|impact)\b",
    re.IGNORECASE,
)
_LIST = re.compile(
    r"(?:following|one of|roles?|includ\w{1,4}|these|both|with|users|admins)\b[^:]{0,40}:$", re.IGNORECASE
)
_REQUIRES = re.compile(
    r"(?P<name>(?:(?:Windows|iOS|iPadOS|Android|macOS|Microsoft 365 Apps|Outlook|Teams|Word|Excel|PowerPoint"
    r"|Office|OneDrive|Edge)(?: \d{1,2})?,? )?"
    r"(?:on |running |client |app )?(?:[Vv]ersion|[Bb]uild|iOS|Android|macOS|v)\.? ?\d[\w.]{0,16}(?: \([^()]{1,40}\))?"
    r" (?:(?:or|and) (?:later|higher|above|newer|greater|up)|\+))",
)
_OR_LATER = re.compile(r" (?:or|and) (?:later|higher|above|newer|greater|up)\b|\d\+")
_RUNNING = re.compile(r"^(?:on|running|client|app) ")
_NEEDS = re.compile(
    r"\b(?:requires?|required|needs?|must|only|running|minimum|supported|on|prerequisites?|ensure|available|with)\b",
    re.IGNORECASE,
)
_PLATFORMS_WORTH = re.compile(r"\bappl(?:y|ies) (?:only |also )?to\b|^Platforms?\b", re.IGNORECASE)
#: A line without any of these says nothing that is read outside of "Who is affected".
_WORTH = (
    "icens", "ubscri", "SKU", "Suite", "365 E", "365 A", "365 F", "365 G", "pplies ", "pply ", "ffect", "mpact",
    "vailable ", "isible to", "imited to", "estricted to", "rolled out to", "roll out to", "rolling out to",
    "elevant ", "ntended ", "argeted ", "eceiving this", " or later", " or higher", " or above", " or newer",
    " or greater",
)  # fmt: skip


def read_audience(post: Post, document: Document) -> tuple[Audience, ...]:
    """Each thing once, in the order of the post; the platforms that only Graph names come last."""
    entries: dict[tuple[AudienceKind, str], Audience] = {}
    for entry in _entries(post, document):
        if len(entries) == MOST_ENTRIES:
            break
        entries.setdefault((entry.kind, _key(entry.name)), entry)
    return tuple(_without_parts(entries.values()))


def _key(name: str) -> str:
    return re.sub(r"\W+", " ", name.lower()).removeprefix("microsoft ").strip()


def _without_parts(entries: Iterable[Audience]) -> Iterator[Audience]:
    """Without what another one names more fully: "Copilot" beside "Microsoft 365 Copilot", "desktop" beside Windows."""
    every = list(entries)
    licences = [entry.name for entry in every if entry.kind == "licence"]
    platforms = {entry.name for entry in every if entry.kind == "platform"}
    for entry in every:
        fuller = entry.kind == "licence" and any(each.endswith(f" {entry.name}") for each in licences)
        if not fuller and not (entry.name == "desktop" and platforms & {"Windows", "Mac"}):
            yield entry


def _entries(post: Post, document: Document) -> Iterator[Audience]:
    worth = tuple(each for each in _WORTH if each.lower() in document.body)
    yield from (Audience("platform", name, document.title) for name in platforms_of(f" {document.title}"))
    for line, who in _passages(document.lines):
        if who:
            yield from _of_who(line, who)
        elif line.role != "more" and any(each in line.text for each in worth):
            yield from _of_prose(line)
    yield from _of_graph(post)


def _passages(lines: Iterable[Line]) -> Iterator[tuple[Line, str]]:
    """Each line that counts, and what of it stands below "Who is affected" or behind it, if anything does."""
    below: str | None = None  # the label of the lines that do, while there are any
    closed: str | None = None
    for line in lines:
        if line.role in {"banner", "compliance"}:
            continue
        if lead := _WHO.match(line.text):
            who = line.text[lead.end() :]
            if who:
                yield line, who
            below, closed = None if who and not _WHO.match(line.label) else line.label, None
            continue
        if line.label != below:
            below = line.label if _WHO.match(line.label) and line.label != closed else None
        if below is not None and line.kind != "heading":
            if _ends(line.text):
                below, closed = None, line.label
            elif not line.text.endswith(":"):
                yield line, line.text
                continue
        yield line, ""


def _ends(text: str) -> bool:
    """Whether another subject begins below "Who is affected"."""
    return bool(_OTHER.match(text)) or (text.endswith(":") and not _LIST.search(text))


def _sentences(text: str) -> list[str]:
    return [sentence[:_LONGEST_SENTENCE] for sentence in sentences(text)[:_SENTENCES]]


def _of_graph(post: Post) -> Iterator[Audience]:
    for value in post.detail("Platforms"):
        yield from (Audience("platform", name, f"{_GRAPHS}{cut(value, 200)}") for name in platforms_of_graph(value))


def _of_who(line: Line, text: str) -> Iterator[Audience]:
    """What a line below "Who is affected" names."""
    for sentence in _sentences(text):
        if denies(sentence):
            continue
        words = cut(line.text if sentence == text else sentence, _LONGEST_WORDS)
        phrase = concerned(sentence) or sentence
        whole = is_sentence(phrase)
        yield from _of_phrase(phrase, words, names=not whole, platforms=not whole)
        if name := receiver(sentence):
            yield Audience("other", name, words)


def _of_prose(line: Line) -> Iterator[Audience]:
    """What a sentence elsewhere says in so many words."""
    for sentence in _sentences(line.text):
        words = cut(sentence, _LONGEST_WORDS)
        if name := receiver(sentence):
            yield Audience("other", name, words)
        phrase = concerned(sentence)
        if phrase and not denies(sentence) and sentence[-1:] != ":":
            yield from _of_phrase(phrase, words, names=True, platforms=bool(_PLATFORMS_WORTH.search(sentence)))
        else:
            yield from (Audience("licence", each, words) for each, _ in licences_of(sentence))
        yield from _versions(sentence, words)


def _of_phrase(phrase: str, words: str, *, names: bool, platforms: bool) -> Iterator[Audience]:
    """Who, which licences and which platforms a phrase names."""
    licences = list(licences_of(phrase))
    if names and (who := _who(phrase, [place for _, place in licences])):
        yield Audience(who[0], who[1], words)
    yield from (Audience("licence", name, words) for name, _ in licences)
    if platforms:
        yield from (Audience("platform", name, words) for name in platforms_of(phrase))
    yield from _versions(phrase, words)


_WITH = re.compile(
    r"(?:,? (?:who|that))?(?:,? (?:with|have|has|having|hold|holding|licensed (?:for|with|under)))?"
    r"(?: (?:an?|the|at least|one|either|both|any|active|valid|eligible|paid|assigned|\d[\d,]{0,9}|or more|of)){0,5} ?$"
)

_ASSIGNED = re.compile(r"^ assigned(?: to [^,;.(]{0,60})?")


def _who(phrase: str, places: list[tuple[int, int]]) -> tuple[AudienceKind, str] | None:
    """Who it is, without the licence that they have."""
    for start, end in sorted(set(places), reverse=True):
        before = _WITH.sub("", phrase[:start])
        behind = phrase[end:]
        behind = _ASSIGNED.sub("", behind).lstrip()
        phrase = f"{before} {behind}" if before else behind
    return named(phrase)


def _versions(sentence: str, words: str) -> Iterator[Audience]:
    if _OR_LATER.search(sentence) and _NEEDS.search(sentence) and not (denies(sentence) or "continue" in sentence):
        for match in _REQUIRES.finditer(sentence):
            name = _RUNNING.sub("", match["name"].strip(" ,"))
            yield Audience("other", name[:1].upper() + name[1:] if name[:1] in "vb" else name, words)
