"""Reads the section on what to prepare, line by line: which steps it has, and under which leads they stand."""

import re
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

from shared.core.classify.dates.cues import dates
from shared.core.classify.demands import day_by
from shared.core.classify.document import Document, Line
from shared.core.classify.particulars.instructions import Instruction, instruction, only_tells
from shared.core.classify.particulars.step_wordings import (
    FACTS,
    FORMULA,
    IDLE,
    LINK_TEXT,
    LINKS,
    NOTHING,
    OFFER,
    PURPOSES,
)
from shared.core.classify.particulars.verbs import VERBS
from shared.core.posts.particulars import Step
from shared.core.text.wording import Wording, any_of, sentences

MOST_STEPS = 25
_LONGEST_WORDS = 500
_LONGEST_JOINED = 400
_LONG_WORD = Wording(r"[a-z][a-z-]{4,40}")
ALIKE = 0.6
_SAME, _ENOUGH_WORDS = 0.8, 5
# Below these stands what is told, and nothing to do.
_PLACES = r"(?:found|available|located|visible) (?:in|at|under)"
_TELLS = Wording(rf"\b(?:about|that|explain|explaining|regarding|{_PLACES})$")
# After these, the list follows a colon.
_AT = Wording(rf"{_PLACES}$")
_IN_LIST = Wording(rf"(?:\bfollowing|{_PLACES})$")
_SHORT = 120
_SHORT_HEADING = 60
_MORE = "; "
# A step that goes on in the items below it: "Tell these teams about it:".
_DANGLING = Wording(
    r"\b(?:to|of|for|that|about|explain|explaining|regarding|including|with|on|from"
    rf"|following|whether|{_PLACES})$(?<![Tt]urn on)(?<!urned on)(?<![Ss]ign on)"
)
#: What the items under a line are: things to do, things that may be done, something else, or links.
LeadKind = Literal["ask", "offer", "skip", "links"]

_CONDITION = Wording(
    r"(?:if|for|when|where|once|unless|in case)\b(?: [^ :,]+){2,}(?:, (?!(?:we|you|they|it|please|consider|ask|the"
    r"|these|here|follow|take|do|make|be|(?:\w+ ){0,2}(?:admins|administrators|organi[sz]ations|customers))\b)"
    r"[^ :,]+(?: [^ :,]+)*){0,4}",
    re.IGNORECASE,
)
# What says no more than "do this if you like".
_NO_CONDITION = any_of(
    r"(?:if|as) (?:helpful|desired|relevant|useful|needed|applicable|preferred|necessary|required)",
    r"for (?:example|instance|this|these|admins?|administrators|it|users|all|your|the)",
    "prepar",
    r"interested in learning",
)
# An item that says something of a step, and does not end it: "Panels are smaller than screens."
_EXPLAINS = Wording(r"\b(?:is|are|was|were|will|can|may|has|have|does|do|must|should)\b.*\.$")
_AND = Wording(r",? (?:and|or)$", re.IGNORECASE)
_SMALL = frozenset((
    "how", "what", "where", "when", "who", "why", "which", "whether", "the", "a", "an", "any", "all", "their", "your",
    "if", "in", "on", "under", "from", "to", "at", "during", "for", "with", "by", "before", "after", "once", "within",
    "as",
))  # fmt: skip
_UNREAD = frozenset({"skip", "links"})
# "To enable it:" and "To stay on the old one:" are things to do; "To send a message:" tells how something is used.
_PURPOSE = Wording(r"\W{0,8}to (?P<verb>[a-z]+)\b", re.IGNORECASE)
_CLOSES = Wording(
    r"\b(?:slots?|spots?|registrations?|sign-?ups?|enroll?ments?|nominations?|applications?|forms?|survey)\b"
    r"[^.]{0,60}\b(?:closes?|ends?|due)\b",
    re.IGNORECASE,
)
# "If you still use it, you can extend it": for those, it is a thing to do.
_IF_CAN = Wording(
    r"(?P<if>If (?:you|your) [^,.:]{2,100}), (?:you|(?:IT |tenant )?admin(?:istrator)?s) can (?:also |now |still "
    r"|proactively )?(?P<order>(?!continue\b|submit\b|get\b)[a-z]+ .+)"
)
_NO_IF = Wording(r"\b(?:questions|assistance|feedback|learn more|interested|issues?)\b")
_WINDOW = Wording(r"\bduring (?:the |this )?(?:\w+ )?(?:maintenance|downtime|outage)\b", re.IGNORECASE)
_WINDOW_BEGINS = Wording(r"(?:start(?:ing|s)?|begin(?:ning|s)?|from)(?: (?:time|date))?: ", re.IGNORECASE)


def _told_once(steps: list[Step]) -> list[Step]:
    """The steps without those that ask for the same again: "Use separate pages", "Consider using separate pages"."""
    once: list[Step] = []
    contents: dict[str, list[frozenset[str]]] = {}
    for step in steps:
        asked = instruction(step.text.removeprefix("Consider "))
        content = content_of(asked.text if asked else step.text)
        others = contents.setdefault(asked.verb if asked else "", [])
        enough = len(content) >= _ENOUGH_WORDS
        if not (enough and step.text.startswith("Consider ") and any(_is_same(content, other) for other in others)):
            once.append(step)
            if enough:
                others.append(content)
    return once


def _is_same(words: frozenset[str], other: frozenset[str]) -> bool:
    common, counts = len(words & other), (len(words), len(other))
    return common >= _SAME * min(counts) and common >= ALIKE * max(counts)


def content_of(text: str) -> frozenset[str]:
    """The longer words of a text, by which two wordings of one step are known."""
    return frozenset(word[:6] for word in _LONG_WORD.findall(text.lower()))


def _allowed(sentence: str) -> Instruction | None:
    """What the prepare section lets those do whom a condition concerns."""
    allowed = _IF_CAN.match(sentence) if sentence.startswith("If ") else None
    if allowed is None or _NO_IF.search(sentence):
        return None
    asked = instruction(f"{allowed['if']}, {allowed['order']}")
    return asked and replace(asked, text=sentence.rstrip(".:; "))


@dataclass(slots=True)
class _Lead:
    """A line that the lines below it belong to.

    `level`: 0 for a paragraph or heading, else how deep the item stands. `condition`: what its steps are said under.
    `step`: which step the line itself is; `facts`: the items below that are no steps. `nested`: whether the lines
    below it stand deeper; `tells`: whether they are what the step tells people.
    """

    level: int
    kind: LeadKind
    day: date | None = None
    condition: str = ""
    step: int | None = None
    facts: list[str] = field(default_factory=list)
    nested: bool = False
    tells: bool = False


class Prepare:
    """Reads the prepare section line by line; remembers under which leads a line stands."""

    def __init__(self, document: Document, *, nothing: bool) -> None:
        self._steps: list[Step] = []
        self._conditions: list[str] = []
        self._document = document
        self._nothing = nothing
        self._leads: list[_Lead] = []

    def read(self, line: Line) -> None:
        """The steps of a line, as far as it has some; an item may only end the step that stands above it."""
        if line.kind == "row":
            return
        level = max(line.depth, 1) if line.kind == "item" else 0
        parts = sentences(line.text)
        last = parts[-1]
        opens = line.kind == "heading" or last.endswith(":") or _heads_links(last) or _dangles(last)
        self._leave(level, opens=opens)
        before = len(self._steps)
        for sentence in parts[:-1] if opens else parts:
            added = len(self._steps)
            self._add(sentence)
            if len(self._steps) == added > before and _CLOSES.search(sentence):
                self._steps[-1] = replace(self._steps[-1], day=self._steps[-1].day or self._closing(sentence))
        if opens:
            self._open(last, level, heading=line.kind == "heading")
        elif line.kind == "item" and len(self._steps) == before and self._leads:
            self._leads[-1].facts.append(line.text)

    def finished(self) -> list[Step]:
        """The steps, without those that nothing completed."""
        self._leave(0, opens=True)
        conditions = dict(zip(map(id, self._steps), self._conditions, strict=True))
        steps = [_under(step, conditions[id(step)]) for step in _told_once(self._steps)]
        return [step for step in steps if not _DANGLING.search(step.text)][:MOST_STEPS]

    def _open(self, lead: str, level: int, *, heading: bool) -> None:
        """Lets a line lead what stands below it; it may be a step itself."""
        before = len(self._steps)
        if not heading and not LINKS.match(lead):
            self._add(lead)
        within_links = self._leads and self._leads[-1].kind == "links" and level > self._leads[-1].level
        opened = _Lead(level, "links" if within_links else _lead(lead), day_by(lead, self._document.day) or self._day())
        if len(self._steps) > before:
            opened.step = before
            opened.tells = _TELLS.search(self._steps[before].text) is not None
        elif opened.kind not in _UNREAD:
            opened.condition = _condition(lead)
        if self._leads and level > self._leads[-1].level:
            self._leads[-1].nested = True
        self._leads.append(opened)

    def _leave(self, level: int, *, opens: bool) -> None:
        """Ends the leads that a line on this level does not stand under.

        Some lists have what belongs to an item not within it but behind it, on its level.
        """
        while self._leads and self._leads[-1].level >= level:
            lead = self._leads[-1]
            if level and not opens and lead.level == level and not lead.nested:
                return
            self._end(self._leads.pop())
        if self._leads and level > self._leads[-1].level:
            self._leads[-1].nested = True

    def _end(self, lead: _Lead) -> None:
        """Joins a step with the points below it: "Tell these teams:", "Check that you have these versions:"."""
        if lead.step is None or lead.step >= len(self._steps):
            return
        above, below = self._steps[lead.step], self._steps[lead.step + 1 :]
        dangles = _DANGLING.search(above.text) is not None
        if not (lead.nested or dangles):
            return
        points = _points(lead.facts, whole=dangles, places=_AT.search(above.text) is not None)
        if points and (not below or dangles):
            joined = f"{above.text}{' ' if dangles and not _IN_LIST.search(above.text) else ': '}{_MORE.join(points)}"
            if len(joined) <= _LONGEST_JOINED:
                self._steps[lead.step] = replace(above, text=joined)
        elif below and lead.level and all(map(_explains, lead.facts)):
            joined = f"{above.text}: {_MORE.join(_lowered(step.text) for step in below)}"
            if len(joined) <= _LONGEST_JOINED:
                day = above.day or next((step.day for step in below if step.day), None)
                self._steps[lead.step :] = [replace(above, text=joined, day=day)]
                del self._conditions[lead.step + 1 :]

    def _closing(self, sentence: str) -> date | None:
        """The day on which something closes: the last of those that the post names for it, when it was put off."""
        said = _CLOSES.search(sentence)
        lines = [line.text for line in self._document.lines if said and said[0] in line.text]
        told = [each for text in lines for each in sentences(text) if said and said[0] in each]
        days = [found[2].first for each in told for found in dates(each, self._document.day)]
        return max(days, default=None)

    def _day(self) -> date | None:
        return self._leads[-1].day if self._leads else None

    def _add(self, sentence: str) -> None:
        kind = self._leads[-1].kind if self._leads else "ask"
        if self._leads and self._leads[-1].tells:
            return
        if len(self._steps) > MOST_STEPS or kind in _UNREAD or LINKS.match(sentence) or LINK_TEXT.search(sentence):
            return
        asked = instruction(sentence) or _allowed(sentence)
        if asked is None or FORMULA.match(asked.text) or (NOTHING.search(sentence) and not asked.demanded):
            return
        if self._nothing and (only_tells(asked.text) or IDLE.match(asked.text)):
            return
        condition = next((lead.condition for lead in reversed(self._leads) if lead.condition and lead.nested), "")
        step = step_of(asked, sentence, self._document, self._day())
        self._steps.append(replace(step, text=_AND.sub("", step.text)))
        self._conditions.append(condition)


def _dangles(text: str) -> bool:
    """Whether an order ends where its object should stand: "Tell them about"."""
    return len(text) < _SHORT and text[-1:].isalpha() and _DANGLING.search(text) is not None


def _condition(lead: str) -> str:
    """For whom or when the steps under a lead are: "If you use groups" of "If you use groups, you can:"."""
    found = _CONDITION.match(lead)
    if not found or len(found[0]) > _SHORT or _NO_CONDITION.search(found[0]):
        return ""
    clauses = found[0].split(", ")
    ends = next((at for at, clause in enumerate(clauses) if at and clause.split(" ", 1)[0].lower() in VERBS), None)
    return ", ".join(clauses[:ends]).rstrip(" :,")


def _under(step: Step, condition: str) -> Step:
    """A step with the condition that stands above it, unless it says so itself."""
    text = f"{condition}: {_lowered(step.text)}"
    return replace(step, text=text) if condition and len(text) <= _LONGEST_JOINED else step


def _points(items: list[str], *, whole: bool, places: bool) -> list[str]:
    """The items that end a step; none where one of them explains it instead, unless the step needs them.

    `places`: whether they are names of places, and stay as they are.
    """
    points: list[str] = []
    for item in items:
        text = _AND.sub("", item.strip(" .;,:"))
        if LINKS.match(item) or LINK_TEXT.search(item) or NOTHING.search(item) or (_explains(item) and not whole):
            return points if whole else []
        points.append(text if places else _lowered(text))
    return points


def _explains(item: str) -> bool:
    """Whether an item is a sentence about a step, and no part of it."""
    return _EXPLAINS.search(item) is not None or len(item) > _SHORT


def _lowered(text: str) -> str:
    """A text as it stands behind a colon: its first word small, unless it is a name or a command."""
    first = text.split(" ", 1)[0]
    plain = first.lower() in VERBS or first.lower() in _SMALL
    plain = plain or (first.endswith("ly") and len(first) > len("apply"))
    return text[0].lower() + text[1:] if plain and (first[1:].islower() or len(first) == 1) else text


def _heads_links(text: str) -> bool:
    """Whether a line without a colon heads a list of links: "Learn more"."""
    return len(text) < _SHORT_HEADING and not text.endswith(".") and LINKS.match(text) is not None


def _lead(text: str) -> LeadKind:
    """What stands below a line that leads a list."""
    if LINKS.match(text):
        return "links"
    purpose = _PURPOSE.match(text)
    if purpose and purpose["verb"].lower() in PURPOSES:
        return "offer" if OFFER.search(text) else "ask"
    if OFFER.search(text):
        return "offer"
    if purpose or (FACTS.search(text) and instruction(text) is None):
        return "skip"
    return "ask"


def step_of(asked: Instruction, sentence: str, document: Document, day: date | None = None) -> Step:
    day = day_by(sentence, document.day) or day
    if day is None and asked.verb == "avoid" and _WINDOW.search(sentence):
        day = _window(document)
    return Step(asked.text, sentence.strip()[:_LONGEST_WORDS], day)


def _window(document: Document) -> date | None:
    """The day on which a maintenance begins."""
    for line in document.lines:
        if _WINDOW_BEGINS.match(line.text):
            for day in dates(line.text, document.day):
                return day[2].first
    return None
