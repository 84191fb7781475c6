"""A ticket's document in the markup of each system: plain text, HTML, Markdown, Textile, Atlassian's.

Whatever a text holds, people see it as text: each text that is not ours passes through the one function of its
system's markup before it is sent (docs/adding-an-adapter.md has the list).
"""

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from shared.adapters.ticketing.document import Document, Run, TextBlock
from shared.core.text.safe import cut

JOINER = "\u2060"
"""Stands inside of what a system would take for a reference, and is not to be seen (Unicode's word joiner)."""
_REFERENCE = re.compile(
    r"@(?=\S)|#(?=[#\d]|note)|!(?=\d)|\br(?=\d)"
    r"|\b(?:attachment|document|version|forum|news|message|project|commit|source|export|user)(?=[:#])"
    r"|\bGH(?=-\d)|\{(?=[{%])|\[(?=\[|[ x]\])",
    re.IGNORECASE,
)
"""People (`@name`), issues (`#1`, `##1`, `AB#1`), pull requests (`!1`), revisions (`r1`), `user:name`, macros, wiki
pages, tasks (`[x]`): docs of Azure Boards ("Link work items"), of Redmine (help, "wiki syntax detailed") and of GitHub
("Autolinked references").
"""
_JOURNAL = re.compile(r"\[(/?code)\]|@(?=\[)", re.IGNORECASE)
_CUT = "… (shortened: the whole text is on the pages linked from the ticket's notes or Message Center)"


def plain(document: Document, limit: int) -> str:
    """Headings on lines of their own, items behind a dash, addresses written out."""
    return _within(document, limit, _plain)


def journal(text: str) -> str:
    """Text for ServiceNow, whose journals show what stands between `[code]` and `[/code]` as HTML.

    People are mentioned there as `@[sys_id:name]`. A space keeps both from being what they seem.
    """
    return _JOURNAL.sub(lambda match: f"[ {match[1]} ]" if match[1] else f"{match[0]} ", text)


def to_html(document: Document, limit: int) -> str:
    """Simple HTML: h3, p, ul, a."""
    return _within(document, limit, _html)


def html_text(text: str) -> str:
    """A text as HTML that shows it."""
    return html.escape(text).replace("\n", "<br>")


def board_html(document: Document, limit: int) -> str:
    """HTML for Azure Boards, where text mentions people and links work items."""
    return _within(document, limit, lambda some: _html(_without_references(some)))


def board_text(text: str) -> str:
    """A text as HTML for Azure Boards."""
    return html_text(unreferenced(text))


def markdown(document: Document, limit: int) -> str:
    """CommonMark, as Redmine and GitHub take it; what would be markup or a reference in a value is kept from it."""
    return _within(document, limit, _markdown)


def board_markdown(document: Document, limit: int) -> str:
    """Markdown without a character that HTML would take for its own: Azure Boards cleans it as if it were HTML."""
    return _within(document, limit, _board_markdown)


def textile(document: Document, limit: int) -> str:
    """Textile, as Redmine takes it; what would be markup or a reference in a value is kept from it."""
    return _within(document, limit, _textile)


def unreferenced(text: str) -> str:
    """The text, a joiner inside of each reference: for fields that are plain text, and may be read for references."""
    return _REFERENCE.sub(lambda match: f"{match[0]}{JOINER}", text)


def without_joiners(text: str) -> str:
    """The text as it was before references in it were kept from being some: to compare with what is there."""
    return text.replace(JOINER, "")


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
    text = html_text(run.text)
    return f'<a href="{html.escape(run.address)}">{text}</a>' if run.address else text


def _flush(text: str) -> str:
    """The text without what its lines begin with: indented text would be code."""
    return re.sub(r"^[ \t]+", "", text, flags=re.MULTILINE)


def _without_references(document: Document) -> Document:
    return tuple(
        replace(block, runs=tuple(replace(run, text=unreferenced(run.text)) for run in block.runs))
        for block in document
    )


_MARKDOWN = re.compile(
    r"([`*_{}\[\]<>#|~!&^=])|([$\\])|((?<=\w):(?=//)|(?<=\bwww)\.)|^(\s*)(?:([-+:])|(\d+)([.)]))",
    re.MULTILINE | re.IGNORECASE,
)
_PARENTHESES = {"(": "%28", ")": "%29"}
_AS_HTML = {"<": "&lt;", ">": "&gt;", "&": "&amp;"}


_ENTITY = re.compile(
    r"\\([^\n])|&(?!#(?:36|92);)"
)  # a dollar may be mathematics; not every reader takes `\$` and `\\]`


def _escaped(match: re.Match[str]) -> str:
    mark, as_entity, address, indent, bullet, number, dot = match.groups(default="")
    if as_entity:
        return f"&#{ord(as_entity)};"
    return f"\\{mark}{address}" if mark or address else f"{indent}{number}\\{bullet or dot}"


def _markdown(document: Document) -> str:
    def as_text(run: Run) -> str:
        text = _MARKDOWN.sub(_escaped, unreferenced(run.text)).replace("\n", "  \n")
        address = re.sub("[()]", lambda match: _PARENTHESES[match[0]], run.address)
        return f"[{text}]({address})" if address else text

    parts = []
    for kind, blocks in _groups(document):
        texts = [_flush("".join(as_text(run) for run in block.runs)) for block in blocks]
        parts += ["\n".join(f"- {text}" for text in texts)] if kind == "item" else [
            f"### {text}" if kind == "heading" else text for text in texts
        ]  # fmt: skip
    return "\n\n".join(parts)


def _board_markdown(document: Document) -> str:
    return _ENTITY.sub(lambda match: _AS_HTML.get(match[1] or match[0], match[0]), _markdown(document))


_TEXTILE_BLOCK = re.compile(r"^(\s*(?:h[1-6]|p|bq|bc|pre|fn\d+|table|notextile|clear))\.", re.MULTILINE | re.IGNORECASE)
_TEXTILE_MARK = re.compile(r"[<>&*_@+^~%\[\]{}|!#\-\"=?:()]|(?<=\bwww)\.|\br(?=\d)", re.IGNORECASE)


def _textile_text(text: str) -> str:
    """<notextile> would be the way for a whole block; in a line an entity keeps each mark from being one."""
    marked = _TEXTILE_MARK.sub(lambda match: f"&#{ord(match[0])};", text)
    return _TEXTILE_BLOCK.sub(r"\1&#46;", marked)


def _textile(document: Document) -> str:
    def as_text(run: Run) -> str:
        text = _textile_text(run.text)
        return f'"{text}":{run.address}' if run.address else text

    parts = []
    for kind, blocks in _groups(document):
        texts = [_flush("".join(as_text(run) for run in block.runs)) for block in blocks]
        parts += ["\n".join(f"* {text}" for text in texts)] if kind == "item" else [
            f"h3. {text}" if kind == "heading" else text for text in texts
        ]  # fmt: skip
    return "\n\n".join(parts)
