"""A post as its parts: banners first, then lines under the headings that every template generation uses."""

import re
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal

from shared.core.classify import phrases
from shared.core.classify.previous import take_out
from shared.core.classify.text import Block, blocks
from shared.core.post import Post

Role = Literal["banner", "intro", "when", "impact", "prepare", "compliance", "more"]

# Headings by what stands below them. Wordings of 2021 to 2026, of Microsoft 365, Dynamics and Windows posts.
_HEADINGS: tuple[tuple[Role, str], ...] = (
    (
        "when",
        r"when (?:will )?this (?:will )?happens?|when will this (?:affect|impact) you\w* organization"
        r"|when (?:is|does) this (?:change )?(?:happening|happen|take effect)|(?:roll ?out|release|maintenance) schedule"
        r"|(?:roll ?out|release )?timelines?|roll ?out (?:schedule|timeline) ?/ ?\w+|what is the timeline|key dates"
        r"|when (?:will )?this (?:will )?(?:take effect|roll ?out)",
    ),
    (
        "impact",
        r"how (?:will |does |do |is )?(?:this|these changes|it) (?:changes? )?(?:will )?(?:affects?|impacts?|benefits?)"
        r" (?:me|you\w*|my|our|your users)?(?: organi[sz]ation| org| users| tenant)?(?: and users)?"
        r"|impact (?:on|to) your (?:organi[sz]ation|users)|what will (?:happen|change)|who is (?:affected|impacted)"
        r"|what to expect|user impact|admin impact",
    ),
    (
        "prepare",
        r"what (?:do |does |should |can |will )?(?:you|i|we|admins?) (?:can |should |need to |must |have to )?(?:do )?(?:need )?(?:to )?"
        r"(?:do |prepare )?(?:to prepare|to do|prepare|do)?(?: for this (?:change|update|roll ?out))?(?: now)?"
        r"|what to do to prepare(?: for this change)?|what actions? (?:do (?:i|you) need to take|(?:is|are) (?:required|needed)"
        r"(?: on my part)?|should (?:i|you) take)|actions? (?:required|needed|steps)(?: ?/ ?recommendations)?|recommendations"
        r"|recommended actions?|next steps|how (?:to|can i|can you|should i|should you) prepare|preparation",
    ),
    ("compliance", r"compliance (?:considerations?|area|impact)"),
    (
        "intro",
        r"introduction|what and why|what(?:'s| is) (?:changing|new|coming|happening)|overview|summary"
        r"|why (?:is )?this (?:change|is happening)(?: happening)?|background",
    ),
    (
        "more",
        r"additional (?:information|resources|details)|more information|learn more|related information|resources|references"
        r"|(?:known )?limitations.*|frequently asked questions|faqs?|need help|help and support",
    ),
)
_EDGE = r"[\s\[\]*:?.!]*"
_HEADING = re.compile(
    _EDGE + "(?:" + "|".join(f"(?P<{role}>{words})" for role, words in _HEADINGS) + ")" + _EDGE + "$", re.IGNORECASE
)
# The main headings also stand before their text on one line.
_LED = re.compile(
    r"\[?(?:(?P<when>when (?:will )?this (?:will )?happen|rollout schedule)"
    r"|(?P<impact>how (?:will )?this (?:will )?affects? your organization)"
    r"|(?P<prepare>what (?:do )?you (?:need to|can) do to prepare)|(?P<compliance>compliance considerations))\s*[:\]?]+\s*(?=\w)",
    re.IGNORECASE,
)
_BANNER = re.compile(
    r"\W*(?:updated?\b(?: (?:on|for|as of|note))?[:\s]*(?P<date>[\w/.,: ]{4,24}?)?\s*[-–:;.](?!\s*\d)"
    r"|(?P<tail>\w{3,9} \d{1,2}, 20\d\d),? updated?\s*:|(?P<bare>\w{3,9} \d{1,2}, 20\d\d)\s*:\s*)",
    re.IGNORECASE,
)
_REVIEW = re.compile(r"(?:we have|after further|[^.]{1,80} is complete)", re.IGNORECASE)
_BANNERS_WITHIN = 8
_EPOCH = 1970  # a post without any date is dated so (post.py)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the body: its text without old dates, the part of the post it stands in, the small heading above it."""

    text: str
    role: Role
    kind: str = "paragraph"
    label: str = ""
    old: tuple[str, ...] = ()

    @property
    def lead_free(self) -> str:
        """The text without the "Updated <date>:" that leads a banner."""
        lead = _BANNER.match(self.text) if self.role == "banner" else None
        return self.text[lead.end() :] if lead else self.text


@dataclass(frozen=True)
class Document:
    """What is read of a post. `day` is when it was published; `updated` when its newest banner says it was changed."""

    title: str
    lines: tuple[Line, ...]
    day: date | None
    updated: date | None

    def of(self, *roles: Role) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.role in roles)

    @cached_property
    def banner(self) -> str:
        """All banners; the lower-case text that status and reminders are read from."""
        return "\n".join(line.text for line in self.lines if line.role == "banner")

    @cached_property
    def body(self) -> str:
        """Everything but banners and the compliance table, lower case, for the signals."""
        return "\n".join(line.text for line in self.lines if line.role not in {"banner", "compliance"}).lower()


def read_document(post: Post) -> Document:
    """The post's body as lines, each with its role; the banners that lead it told apart."""
    found = blocks(post.body, post.body_type)
    banners, found = _split_banners(found)
    lines = [_line(block, "banner") for block in banners]
    role: Role = "intro"
    label = ""
    for block in found:
        heading = _HEADING.match(block.text) if len(block.text) <= 110 else None
        if heading and (block.kind == "heading" or _stands_alone(heading, block)):
            role, label = _role(heading), ""
            continue
        if block.kind == "heading":
            label = block.text
            if role not in {"when", "intro"}:
                lines.append(_line(block, role))
                continue
        led = _LED.match(block.text) if block.kind != "row" else None
        if led:
            role, label = _role(led), ""
            block = Block(block.kind, block.text[led.end() :])
        lines.append(_line(block, role, label if block.kind != "heading" else ""))
    day = (post.start or post.modified).date() if post.start or post.modified.year > _EPOCH else None
    return Document(post.title, tuple(lines), day, _newest(banners, post))


def _stands_alone(heading: re.Match[str], block: Block) -> bool:
    """A plain paragraph is a heading when its words are nothing else: the main ones only, lists never."""
    return (
        block.kind == "paragraph"
        and heading.lastgroup in {"when", "impact", "prepare", "compliance"}
        and (not block.text.lower().startswith("what will"))
    )


def _role(match: re.Match[str]) -> Role:
    for role, _ in _HEADINGS:
        if role in match.re.groupindex and match[role] is not None:
            return role
    return "more"


def _line(block: Block, role: Role, label: str = "") -> Line:
    text, old = take_out(block.text)
    return Line(text, role, block.kind, label, old)


def _is_banner(block: Block, *, after_banner: bool) -> bool:
    """A paragraph that begins "Updated <date>:"; behind one, or in so many words, a date alone leads one, too."""
    match = _BANNER.match(block.text) if block.kind == "paragraph" else None
    if not match:
        return False
    return not match["bare"] or after_banner or bool(_REVIEW.match(block.text, match.end()))


def _split_banners(found: list[Block]) -> tuple[list[Block], list[Block]]:
    """The banners among the first blocks, and everything else; a banner may stand below the first paragraph."""
    banners: list[Block] = []
    rest: list[Block] = []
    for index, block in enumerate(found):
        if index >= _BANNERS_WITHIN or _HEADING.match(block.text[:110]):
            return banners, rest + found[index:]
        (banners if _is_banner(block, after_banner=bool(banners)) else rest).append(block)
    return banners, rest


def _newest(banners: list[Block], post: Post) -> date | None:
    """The newest date that leads a banner; that of the last edit where a banner gives none."""
    leads = [match for block in banners if (match := _BANNER.match(block.text))]
    dates = [day for lead in leads for day in _dates(lead["date"] or lead["bare"] or lead["tail"] or "")]
    return max(dates, default=post.modified.date() if banners and post.modified.year > _EPOCH else None)


def _dates(words: str) -> list[date]:
    spans = [phrase.span(phrase.year) for phrase in phrases.find(words) if phrase.year]
    return [span.first for span in spans if span]
