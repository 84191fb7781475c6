"""Relations that a post states about other posts, in its own words (docs/decisions/0005-relations.md)."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from shared.core import ids
from shared.core.changes.change import Change, Stated
from shared.core.posts.classification import Classification
from shared.core.posts.post import Post
from shared.core.text.html import plain_text
from shared.core.text.wording import Wording, any_of, has_any

MOST = 20
"""Relations that are read out of one post; a list of links is no announcement."""
_RANK = ("duplicate_of", "superseded_by", "supersedes", "refers_to")
_SUCCESSOR = frozenset({"superseded_by", "duplicate_of"})
IDENTITY = frozenset({"supersedes", *_SUCCESSOR})
"""Kinds that say that two posts announce one thing; all others only link."""
_INVERSE = {
    "supersedes": "superseded_by",
    "superseded_by": "supersedes",
    "duplicate_of": "has_duplicate",
    "refers_to": "referred_by",
    "reissue_of": "reissued_as",
    "reissued_as": "reissue_of",
    "series": "series",
}
_HEAD = 8  # lines in which a post says that another one takes its place
_WORDS = 240  # characters
_ONE = r"\(?(?:MC\s?)+\d{5,8}\b\)?"
_ID = Wording(r"\b(?:MC\s?)+\d{5,8}\b", re.IGNORECASE)
_MC = ("MC", "mc", "Mc", "mC")
_LIST = rf"(?P<ids>{_ONE}(?:\s*(?:,|/|&|and|or|\s)\s*{_ONE})*)"
_POST = (
    r"(?:(?:the|our|an?|both) )?(?:(?:previous|earlier|prior|original|former|following)(?:ly)? )?"
    r"(?:(?:published|posted|shared|communicated) )?"
    r"(?:(?:message center )?"
    r"(?:messages?|posts?|communications?|announcements?|notifications?|notices?|items?)\W{1,2})?"
)
_REPLACES = any_of(
    rf"(?<!not )(?:replac(?:es?|ing)|supersed(?:es?|ing)|(?:is )?a replacement (?:for|of)|in place of) {_POST}{_LIST}"
)
_DUPLICATE = any_of(rf"(?<!not a )duplicate (?:of|to) {_POST}{_LIST}")
_REPLACED = any_of(
    r"(?:this|the) (?:message|post|communication|announcement|notification|item)[^.]{0,20}"
    rf" (?:is|was|has been|will be)(?: now)? (?:replaced|superseded) (?:by|with) {_POST}{_LIST}"
)
_BACK = any_of(
    r"(?:communicat|mention|announc|shar|describ|outlin|stat|not|post|publish|detail|notifi|inform)(?:ed)\b",
    r"relat(?:ed|es) to",
    r"associated (?:with|to)",
    r"follow(?:s|ing)?[ -]up",
    r"refer(?:s|red|ring|ence)?\b",
    r"see\b",
    r"previous(?:ly)?",
    r"part of",
    tail="",
)


@dataclass(frozen=True, slots=True)
class Relation:
    """One incoming relation as it is kept: `other` said, in `words`, that it is `kind` of `change`."""

    change: str
    kind: str
    other: str
    words: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Related:
    """One relation seen from a change: `kind` of `other`; `said_here` where its own post says so."""

    kind: str
    other: str
    words: str
    confidence: float
    said_here: bool


def stated(post: Post, classification: Classification) -> tuple[Stated, ...]:
    """What the post says about other posts, one relation for each of them, the strongest; at most MOST."""
    strongest: dict[str, Stated] = {}
    for relation in _relations_in(post, classification):
        before = strongest.get(relation.other)
        if relation.other != post.id and (before is None or _RANK.index(relation.kind) < _RANK.index(before.kind)):
            strongest[relation.other] = relation
    return tuple(sorted(strongest.values(), key=lambda relation: _RANK.index(relation.kind))[:MOST])


def _relations_in(post: Post, classification: Classification) -> Iterator[Stated]:
    if classification.superseded_by and _ID.fullmatch(classification.superseded_by):
        why = classification.why.get("superseded_by")
        yield Stated(
            "superseded_by",
            _normal(classification.superseded_by),
            why.words[:_WORDS] if why else "",
            why.confidence if why else 0.8,
        )
    lines = [line for line in (post.title, *plain_text(post.body, post.body_type).split("\n")) if line]
    for at, line in enumerate(lines):
        for sentence in re.split(r"(?<=[.!?])\s+(?=[A-Z(])", line) if has_any(line, _MC) and _ID.search(line) else ():
            yield from _in_sentence(sentence, leads=at <= _HEAD)


def _in_sentence(sentence: str, *, leads: bool) -> Iterator[Stated]:
    words = sentence.strip()[:_WORDS]
    wordings: tuple[tuple[str, Wording, float], ...] = (
        ("duplicate_of", _DUPLICATE, 0.95),
        ("supersedes", _REPLACES, 0.95),
        ("superseded_by", _REPLACED, 0.9),
    )
    for kind, wording, confidence in wordings if leads else ():
        match = wording.search(sentence)
        for text in _ID.findall(match["ids"]) if match else ():
            yield Stated(kind, _normal(text), words, confidence)
    confidence = 0.9 if _BACK.search(sentence) else 0.6
    for text in _ID.findall(sentence):
        yield Stated("refers_to", _normal(text), words, confidence)


def _normal(text: str) -> str:
    return ids.normalise(text)


def stated_by(change: Change) -> tuple[Stated, ...]:
    """What any edition of the change has said, the strongest about each other one, in the newest words.

    What only a later reader saw links the two posts, and does not make them one announcement: an upgrade moves no
    ticket.
    """
    strongest: dict[str, Stated] = {}
    late: dict[tuple[str, str], bool] = {}
    for edition in change.editions:
        for relation in edition.facts.relations if edition.facts else ():
            if late.setdefault((relation.kind, relation.other), relation.late) and relation.kind in IDENTITY:
                relation = replace(relation, kind="refers_to")  # noqa: PLW2901 - what counts from here on
            before = strongest.get(relation.other)
            if before is None or _RANK.index(relation.kind) <= _RANK.index(before.kind):
                strongest[relation.other] = relation
    return tuple(strongest.values())


def related(change: Change, incoming: Iterable[Relation]) -> tuple[Related, ...]:
    """Every relation of a change, seen from it: what it says, and what others say about it."""
    own = [
        Related(relation.kind, relation.other, relation.words, relation.confidence, said_here=True)
        for relation in stated_by(change)
    ]
    theirs = [
        Related(_INVERSE.get(row.kind, row.kind), row.other, row.words, row.confidence, said_here=False)
        for row in incoming
    ]
    return tuple(own + theirs)


def successors_and_predecessors(change: Change, incoming: Iterable[Relation]) -> tuple[dict[str, str], dict[str, str]]:
    """Who takes the place of this change, and whose place it takes: id to the words that say so.

    Two that each point at the other cannot both yield: then the newer id takes the older one's place.
    """
    successors: dict[str, str] = {}
    predecessors: dict[str, str] = {}
    for relation in related(change, incoming):
        if relation.kind in _SUCCESSOR:
            successors.setdefault(relation.other, relation.words)
        elif relation.kind in {"supersedes", "has_duplicate"}:
            predecessors.setdefault(relation.other, relation.words)
    for other in successors.keys() & predecessors.keys():
        newer = ids.number(change.id) > ids.number(other)
        (successors if newer else predecessors).pop(other)
    return successors, predecessors


def takes_over(relation: Stated) -> bool:
    """Whether the speaker is the one that goes on (`supersedes`), and the other the one that yields."""
    return relation.kind == "supersedes"
