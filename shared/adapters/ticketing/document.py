"""A ticket's text: headings, paragraphs, items, links; written by a template, said in each system's own markup."""

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

from shared.core.text.safe import cut

_VALUE, _OPEN, _TO, _CLOSE = "\ue000", "\ue001", "\ue002", "\ue003"
_MARKS = re.compile("[\ue000-\ue003]")
_LINK = re.compile(f"{_OPEN}([^{_TO}]*){_TO}([^{_CLOSE}]*){_CLOSE}")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_CUT = "… (shortened: the whole text is on the pages linked from the ticket's notes or Message Center)"


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text; `address` makes it a link."""

    text: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, a paragraph or an item of a list."""

    kind: Literal["heading", "paragraph", "item"]
    spans: tuple[Span, ...]

    @property
    def text(self) -> str:
        return "".join(span.text for span in self.spans)


Document = tuple[Block, ...]


def value(text: object) -> str:
    """A value as it may stand in a template's output: whatever it holds, it makes no heading, item or link."""
    plain = _CONTROLS.sub("", _MARKS.sub("", str(text))).replace("\r\n", "\n").replace("\r", "\n")
    return _VALUE + plain.replace("\n", f"\n{_VALUE}")


def link(name: object, address: object) -> str:
    """A link in a template's output; an address of another kind than the web's is shown as text."""
    shown, to = (_MARKS.sub("", " ".join(str(part).split())) for part in (name, address))
    if not re.match(r"https?://[^\s\"<>|\\^`{}]+\Z", to):
        return value(f"{shown}: {to}" if to else shown)
    return f"{_OPEN}{shown}{_TO}{to}{_CLOSE}"


def parse(text: str) -> Document:
    """What a template wrote: `## ` begins a heading, `- ` an item; an empty line ends a paragraph."""
    blocks: list[Block] = []
    lines: list[str] = []
    for line in (*text.split("\n"), ""):
        if line.startswith(("## ", "- ")) or not line.replace(_VALUE, "").strip():
            if lines:
                blocks.append(Block("paragraph", _spans("\n".join(lines))))
            lines = []
            if line.startswith("## "):
                blocks.append(Block("heading", _spans(line[3:])))
            elif line.startswith("- "):
                blocks.append(Block("item", _spans(line[2:])))
        else:
            lines.append(line.strip(" "))
    return tuple(block for block in blocks if block.text.strip())


def bare(text: str) -> str:
    """A template's output as plain text, for fields that hold no markup."""
    return _LINK.sub(r"\1 \2", text).replace(_VALUE, "").strip()


def utf16(text: str) -> int:
    """The length as Java, .NET and their databases count it: what is beyond the first plane counts twice."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def cut_utf16(text: str, limit: int) -> str:
    """At most so many UTF-16 units, the cut said by an ellipsis."""
    kept = cut(text, limit)
    while utf16(kept) > limit:
        kept = cut(kept, len(kept) - max(1, (utf16(kept) - limit + 1) // 2))
    return kept


def _spans(text: str) -> tuple[Span, ...]:
    found: list[Span] = []
    at = 0
    for match in _LINK.finditer(text):
        found += [Span(_MARKS.sub("", text[at : match.start()])), Span(match[1], match[2])]
        at = match.end()
    return tuple(span for span in (*found, Span(_MARKS.sub("", text[at:]))) if span.text)


# In each system's markup. `limit`: the most characters that the result may have.


def plain(document: Document, limit: int) -> str:
    """Headings on lines of their own, items behind a dash, addresses written out."""
    return _within(document, limit, _plain)


def to_html(document: Document, limit: int) -> str:
    """Simple HTML: h3, p, ul, a."""
    return _within(document, limit, _html)


def markdown(document: Document, limit: int) -> str:
    """CommonMark; what would be markup in a value is escaped."""
    return _within(document, limit, _markdown)


def textile(document: Document, limit: int) -> str:
    """Textile, as Redmine takes it; what would be markup in a value is kept from it."""
    return _within(document, limit, _textile)


def adf(document: Document, limit: int) -> dict[str, Any]:
    """Atlassian Document Format; `limit` counts the characters of its text."""
    kept = _cut_to(document, limit, lambda some: "".join(block.text for block in some))
    content: list[dict[str, Any]] = []
    for kind, blocks in _groups(kept):
        if kind == "item":
            items = [{"type": "listItem", "content": [_adf_paragraph(block)]} for block in blocks]
            content.append({"type": "bulletList", "content": items})
            continue
        for block in blocks:
            if kind == "heading":
                content.append({"type": "heading", "attrs": {"level": 3}, "content": _adf_inline(block)})
            else:
                content.append(_adf_paragraph(block))
    return {"type": "doc", "version": 1, "content": content or [{"type": "paragraph", "content": []}]}


def _adf_paragraph(block: Block) -> dict[str, Any]:
    return {"type": "paragraph", "content": _adf_inline(block)}


def _adf_inline(block: Block) -> list[dict[str, Any]]:
    inline: list[dict[str, Any]] = []
    for span in block.spans:
        for at, text in enumerate(span.text.split("\n")):
            inline += [{"type": "hardBreak"}] if at else []
            if text:
                marks = [{"type": "link", "attrs": {"href": span.address}}] if span.address else []
                inline.append({"type": "text", "text": text, **({"marks": marks} if marks else {})})
    return inline


def _within(document: Document, limit: int, say: Callable[[Document], str]) -> str:
    return say(_cut_to(document, limit, say))


def _cut_to(document: Document, limit: int, say: Callable[[Document], str]) -> Document:
    """The document, its end left out where it would be too long; that it was cut is said."""
    if len(say(document)) <= limit:
        return document
    end = Block("paragraph", (Span(_CUT if limit > 2 * len(_CUT) else "…"),))
    fits, over_long = 0, len(document)  # blocks; halved, as a text may have thousands
    while over_long - fits > 1:
        half = (fits + over_long) // 2
        fits, over_long = (half, over_long) if len(say((*document[:half], end))) <= limit else (fits, half)
    kept = list(document[:over_long])
    while kept:
        last = kept.pop()
        over = len(say((*kept, last, end))) - limit
        text = last.text
        while 0 < over < len(text):
            text = cut(text, len(text) - over)
            shorter = replace(last, spans=(Span(text),))
            over = len(say((*kept, shorter, end))) - limit
            if over <= 0:
                return (*kept, shorter, end)
        if len(say((*kept, end))) <= limit:
            return (*kept, end)
    return (end,) if limit else ()


def _groups(document: Document) -> Iterator[tuple[str, list[Block]]]:
    """Neighbours of one kind together: a list is one thing in most markups."""
    group: list[Block] = []
    for block in document:
        if group and group[0].kind != block.kind:
            yield group[0].kind, group
            group = []
        group.append(block)
    if group:
        yield group[0].kind, group


def _plain(document: Document) -> str:
    parts = []
    for kind, blocks in _groups(document):
        texts = ["".join(f"{s.text}: {s.address}" if s.address else s.text for s in block.spans) for block in blocks]
        if kind == "item":
            parts.append("\n".join(f"- {text}" for text in texts))
        else:
            parts += [text.upper() if kind == "heading" else text for text in texts]
    return "\n\n".join(parts)


def _html(document: Document) -> str:
    parts = []
    for kind, blocks in _groups(document):
        texts = ["".join(_html_span(span) for span in block.spans) for block in blocks]
        if kind == "item":
            parts.append("<ul>" + "".join(f"<li>{text}</li>" for text in texts) + "</ul>")
        else:
            tag = "h3" if kind == "heading" else "p"
            parts += [f"<{tag}>{text}</{tag}>" for text in texts]
    return "".join(parts)


def _html_span(span: Span) -> str:
    text = html.escape(span.text).replace("\n", "<br>")
    return f'<a href="{html.escape(span.address)}">{text}</a>' if span.address else text


_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|~!&$])|^(\s*)([-+=]|\d+[.)])", re.MULTILINE)


def _markdown(document: Document) -> str:
    def said(span: Span) -> str:
        text = _MARKDOWN.sub(lambda m: f"\\{m[1]}" if m[1] else f"{m[2]}\\{m[3]}", span.text).replace("\n", "  \n")
        return f"[{text}]({span.address})" if span.address else text

    parts = []
    for kind, blocks in _groups(document):
        texts = ["".join(said(span) for span in block.spans) for block in blocks]
        parts += ["\n".join(f"- {text}" for text in texts)] if kind == "item" else [
            f"### {text}" if kind == "heading" else text for text in texts
        ]  # fmt: skip
    return "\n\n".join(parts)


_TEXTILE_BLOCK = re.compile(r"^(\s*(?:h[1-6]|p|bq|bc|pre|fn\d+|table|notextile|clear))\.", re.MULTILINE | re.IGNORECASE)


def _textile(document: Document) -> str:
    def said(span: Span) -> str:
        if span.address:
            return f'"{span.text.replace(chr(34), chr(39))}":{span.address}'
        # <notextile> would be the way for a whole block; in a line an entity keeps each mark from being one
        text = re.sub(r"[<>&*_@+^~%\[\]{}|!#\-\"=?:]", lambda m: f"&#{ord(m[0])};", span.text)
        return _TEXTILE_BLOCK.sub(r"\1&#46;", text)

    parts = []
    for kind, blocks in _groups(document):
        texts = ["".join(said(span) for span in block.spans) for block in blocks]
        parts += ["\n".join(f"* {text}" for text in texts)] if kind == "item" else [
            f"h3. {text}" if kind == "heading" else text for text in texts
        ]  # fmt: skip
    return "\n\n".join(parts)
