"""A ticket's document in the markup of each system: plain text, HTML, Markdown, Textile, Atlassian's."""

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from shared.adapters.ticketing.document import Document, Run, TextBlock
from shared.core.text.safe import cut

_CUT = "… (shortened: the whole text is on the pages linked from the ticket's notes or Message Center)"


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


def _adf_paragraph(block: TextBlock) -> dict[str, Any]:
    return {"type": "paragraph", "content": _adf_inline(block)}


def _adf_inline(block: TextBlock) -> list[dict[str, Any]]:
    inline: list[dict[str, Any]] = []
    for run in block.runs:
        for at, text in enumerate(run.text.split("\n")):
            inline += [{"type": "hardBreak"}] if at else []
            if text:
                marks = [{"type": "link", "attrs": {"href": run.address}}] if run.address else []
                inline.append({"type": "text", "text": text, **({"marks": marks} if marks else {})})
    return inline


def _within(document: Document, limit: int, say: Callable[[Document], str]) -> str:
    return say(_cut_to(document, limit, say))


def _cut_to(document: Document, limit: int, say: Callable[[Document], str]) -> Document:
    """The document, its end left out where it would be too long; that it was cut is said."""
    if len(say(document)) <= limit:
        return document
    end = TextBlock("paragraph", (Run(_CUT if limit > 2 * len(_CUT) else "…"),))
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
            shorter = replace(last, runs=(Run(text),))
            over = len(say((*kept, shorter, end))) - limit
            if over <= 0:
                return (*kept, shorter, end)
        if len(say((*kept, end))) <= limit:
            return (*kept, end)
    return (end,) if limit else ()


def _groups(document: Document) -> Iterator[tuple[str, list[TextBlock]]]:
    """Neighbours of one kind together: a list is one thing in most markups."""
    group: list[TextBlock] = []
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
        texts = ["".join(f"{s.text}: {s.address}" if s.address else s.text for s in block.runs) for block in blocks]
        if kind == "item":
            parts.append("\n".join(f"- {text}" for text in texts))
        else:
            parts += [text.upper() if kind == "heading" else text for text in texts]
    return "\n\n".join(parts)


def _html(document: Document) -> str:
    parts = []
    for kind, blocks in _groups(document):
        texts = ["".join(_html_run(run) for run in block.runs) for block in blocks]
        if kind == "item":
            parts.append("<ul>" + "".join(f"<li>{text}</li>" for text in texts) + "</ul>")
        else:
            tag = "h3" if kind == "heading" else "p"
            parts += [f"<{tag}>{text}</{tag}>" for text in texts]
    return "".join(parts)


def _html_run(run: Run) -> str:
    text = html.escape(run.text).replace("\n", "<br>")
    return f'<a href="{html.escape(run.address)}">{text}</a>' if run.address else text


_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|~!&$])|^(\s*)(?:([-+=])|(\d+)([.)]))", re.MULTILINE)


def _markdown(document: Document) -> str:
    def escaped(match: re.Match[str]) -> str:
        mark, indent, bullet, number, dot = match.groups(default="")
        return f"\\{mark}" if mark else f"{indent}{number}\\{bullet or dot}"

    def as_text(run: Run) -> str:
        text = _MARKDOWN.sub(escaped, run.text).replace("\n", "  \n")
        return f"[{text}]({run.address})" if run.address else text

    parts = []
    for kind, blocks in _groups(document):
        texts = ["".join(as_text(run) for run in block.runs) for block in blocks]
        parts += ["\n".join(f"- {text}" for text in texts)] if kind == "item" else [
            f"### {text}" if kind == "heading" else text for text in texts
        ]  # fmt: skip
    return "\n\n".join(parts)


_TEXTILE_BLOCK = re.compile(r"^(\s*(?:h[1-6]|p|bq|bc|pre|fn\d+|table|notextile|clear))\.", re.MULTILINE | re.IGNORECASE)


def _textile(document: Document) -> str:
    def as_text(run: Run) -> str:
        if run.address:
            return f'"{run.text.replace(chr(34), chr(39))}":{run.address}'
        # <notextile> would be the way for a whole block; in a line an entity keeps each mark from being one
        text = re.sub(r"[<>&*_@+^~%\[\]{}|!#\-\"=?:]", lambda m: f"&#{ord(m[0])};", run.text)
        return _TEXTILE_BLOCK.sub(r"\1&#46;", text)

    parts = []
    for kind, blocks in _groups(document):
        texts = ["".join(as_text(run) for run in block.runs) for block in blocks]
        parts += ["\n".join(f"* {text}" for text in texts)] if kind == "item" else [
            f"h3. {text}" if kind == "heading" else text for text in texts
        ]  # fmt: skip
    return "\n\n".join(parts)
