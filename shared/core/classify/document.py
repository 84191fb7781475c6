"""A post as its parts: banners first, then lines under the headings that every template generation uses."""

import re
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache

from shared.core.classify.dates import phrases
from shared.core.classify.dates.previous import take_out
from shared.core.classify.headings import Role, heading, leading_heading
from shared.core.posts.post import Post
from shared.core.text.html import HtmlBlock, blocks
from shared.core.text.wording import Wording, folded

_BANNER = Wording(
    r"\W*(?:updated?\b\)?(?: (?:on|for|as of|note))?[:\s]*(?P<date>[\w/.,: ]{4,24}?)?\s*[-–:;.](?!\s*\d)"
    r"|(?P<tail>\w{3,9} \d{1,2}, 20\d\d),? updated?\s*:|(?P<bare>\w{3,9} \d{1,2}, 20\d\d)\s*:\s*)",
    re.IGNORECASE,
)
_REVIEW = Wording(r"(?:we have|after further|[^.]{1,80} is complete)", re.IGNORECASE)
_BANNERS_WITHIN = 8
# Microsoft's titles end at 120 characters. What stands behind these many characters, or lines, is not read.
TITLE_LIMIT = 500
LINES_LIMIT = 400
_WORD = re.compile(r"[a-z]+")
_MAIN = {"when", "impact", "prepare", "compliance"}
_EPOCH = 1970  # a post without any date is dated so (post.py)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the body: its text without old dates, the part it stands in, the nearest heading above it.

    `depth`: in how many lists it stands.
    """

    text: str
    role: Role
    kind: str = "paragraph"
    label: str = ""
    old: tuple[str, ...] = ()
    depth: int = 0

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
        """The lines of these parts, in their order."""
        if len(roles) == 1:
            return self._parts.get(roles[0], ())
        return tuple([line for line in self.lines if line.role in roles])

    @cached_property
    def _parts(self) -> dict[Role, tuple[Line, ...]]:
        parts: dict[Role, list[Line]] = {}
        for line in self.lines:
            parts.setdefault(line.role, []).append(line)
        return {role: tuple(lines) for role, lines in parts.items()}

    @cached_property
    def banner(self) -> str:
        """All banners; the lower-case text that status and reminders are read from."""
        return "\n".join(line.text for line in self.lines if line.role == "banner")

    @cached_property
    def words(self) -> frozenset[str]:
        """Every word of the body, in small letters: what none of them is need not be looked for line by line."""
        return frozenset(_WORD.findall(folded(self.body)))

    @cached_property
    def body(self) -> str:
        """Everything but banners and the compliance table, lower case, for the signals."""
        return "\n".join(line.text for line in self.lines if line.role not in {"banner", "compliance"}).lower()


@lru_cache(maxsize=2)
def read_document(post: Post) -> Document:
    """The post's body as lines, each with its role; the banners that lead it told apart.

    Kept for a moment: what fell out of the plan is read after the classification, from the same document.
    """
    banners, rest = _split_banners(blocks(post.body, post.body_type)[:LINES_LIMIT])
    lines = [_line(block, "banner") for block in banners]
    role: Role = "intro"
    label = ""
    for block in rest:
        begins = _begins(block)
        if begins:
            role, at = begins
            label = block.text[:at]
            if at < len(block.text):
                lines.append(_line(HtmlBlock(block.kind, block.text[at:], block.depth), role, label))
        elif block.kind == "heading":
            label = block.text
            lines.append(_line(block, role))
        else:
            lines.append(_line(block, role, label))
    day = post.start or (post.modified if post.modified.year > _EPOCH else None)
    return Document(post.title[:TITLE_LIMIT], tuple(lines), day.date() if day else None, _newest(banners, post))


def _begins(block: HtmlBlock) -> tuple[Role, int] | None:
    """The part of the post that begins with a block, and where its text goes on behind the heading."""
    if block.kind == "row":
        return None
    role = heading(block.text)
    # A plain paragraph is a heading when it is one of the main ones; a list's item never is.
    plain = block.kind == "paragraph" and role in _MAIN and not block.text.lower().startswith("what will")
    if role and (block.kind == "heading" or plain):
        return role, len(block.text)
    return leading_heading(block.text)


def _line(block: HtmlBlock, role: Role, label: str = "") -> Line:
    text, old = take_out(block.text)
    return Line(text, role, block.kind, label, old, block.depth)


def _is_banner(block: HtmlBlock, *, after_banner: bool) -> bool:
    """A paragraph that begins "Updated <date>:"; behind one, or in so many words, a date alone leads one, too."""
    match = _BANNER.match(block.text) if block.kind == "paragraph" else None
    if not match:
        return False
    return not match["bare"] or after_banner or bool(_REVIEW.match(block.text, match.end()))


def _split_banners(found: list[HtmlBlock]) -> tuple[list[HtmlBlock], list[HtmlBlock]]:
    """The banners among the first blocks, and everything else; a banner may stand below the first paragraph."""
    banners: list[HtmlBlock] = []
    rest: list[HtmlBlock] = []
    for index, block in enumerate(found):
        if index >= _BANNERS_WITHIN or heading(block.text):
            return banners, rest + found[index:]
        (banners if _is_banner(block, after_banner=bool(banners)) else rest).append(block)
    return banners, rest


def _newest(banners: list[HtmlBlock], post: Post) -> date | None:
    """The newest date that leads a banner; that of the last edit where a banner gives none."""
    leads = [match for block in banners if (match := _BANNER.match(block.text))]
    dates = [day for lead in leads for day in _dates(lead["date"] or lead["bare"] or lead["tail"] or "")]
    return max(dates, default=post.modified.date() if banners and post.modified.year > _EPOCH else None)


def _dates(words: str) -> list[date]:
    spans = [phrase.span(phrase.year) for phrase in phrases.find(words) if phrase.year]
    return [span.first for span in spans if span]
