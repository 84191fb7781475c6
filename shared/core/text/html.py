"""HTML to lines: what a reader sees of a body, one block a line, however broken the markup is."""

import re
from dataclasses import dataclass
from functools import lru_cache
from html import unescape
from typing import Literal

from selectolax.lexbor import LexborHTMLParser, LexborNode

BlockKind = Literal["paragraph", "item", "row", "heading"]

# Real bodies end at 14,000 characters. What stands behind this many is not read, so that a monstrous body costs no more
# than a long one. The cut comes before the parser: deep nesting makes any tree builder slow. Of a longer body, only
# what is read counts: not its attributes, comments, styles and scripts; tags have a limit of their own.
READ_LIMIT = 32_000
_TAGS_LIMIT = 4_000
_RAW_LIMIT = 4_000_000
# A line longer than this is cut: no sentence is, and some rules look at pairs of words in a line.
LINE_LIMIT = 4_000

# Attributes go before parsing (only the text is wanted): many different ones on unclosed tags make HTML's formatting
# rules build millions of nodes. A quoted value may hold `>`, but none of ours runs over the next `<`.
_TAG = re.compile(r"""<(/?)([a-zA-Z][a-zA-Z0-9]*)(?:[^<>"']++|"[^"<]*+"|'[^'<]*+'|["'])*+>?""")
# A newline means nothing in HTML, but some posts have headings that only newlines part from the paragraph around them.
_OWN_LINE = re.compile(
    r"\n[ \t]{0,4}(\[[^\[\]\n<]{3,90}\]|<(?:b|strong)>[^<\n]{3,90}</(?:b|strong)>)[ \t]{0,4}(?=\n|</p)"
)
_ANY_TAG = re.compile(r"<[^<>]{0,2000}>")
_STRAY = re.compile(r"<(?![a-zA-Z/!?])")

_BOLD_ON, _BOLD_OFF, _ITEM, _CELL, _HEAD = "\x02", "\x03", "\x04", "\x05", "\x06"
_BREAK = "\x07"
_DEEPER, _HIGHER = "\x01", "\x08"
_OPENING = (
    dict.fromkeys(("p", "div", "section", "article", "blockquote", "br", "pre", "hr", "dt", "dd", "caption"), _BREAK)
    | dict.fromkeys(("ul", "ol"), _BREAK + _DEEPER)
    | dict.fromkeys(("b", "strong"), _BOLD_ON)
    | dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), _BREAK + _HEAD)
    | dict.fromkeys(("s", "strike", "del"), "(previously ")  # struck out: an old value, told as posts tell it
    | dict.fromkeys(("table", "tr", "td", "th", "script", "style", "template"), "")
    | {"li": _BREAK + _ITEM}
)
_CLOSING = (
    dict.fromkeys((name for name, mark in _OPENING.items() if mark.startswith(_BREAK) and name != "br"), _BREAK)
    | dict.fromkeys(("ul", "ol"), _HIGHER + _BREAK)
    | dict.fromkeys(("b", "strong"), _BOLD_OFF)
    | dict.fromkeys(("s", "strike", "del"), ")")
)
#: The tags that most bodies are made of, without attributes: replaced before anything is looked for.
_PLAIN_TAGS = tuple(
    (f"<{sign}{name}>", marks.get(name, ""))
    for sign, marks in (("", _OPENING), ("/", _CLOSING))
    for name in ("p", "br", "li", "b", "strong", "ul", "div", "span", "i")
)
_KEPT = frozenset(("table", "tr", "td", "th", "script", "style", "template", "textarea", "title"))
_UNREAD = frozenset(("script", "style", "template"))

# Hyphens, spaces and quotes as they are found in posts, to one form each; the em dash to the en dash (both are ranges).
# Replaced one by one: str.translate reads its table for every character, and most of these stand in no post.
_FORMS = tuple(
    (odd, plain)
    for plain, odds in {
        " ": "\u00a0\u2002\u2003\u2007\u2009\u200a\u202f\u3000\t\r\f\v",
        "": "\u200b\u200c\u200d\u2060\ufeff\u00ad",
        "-": "\u2010\u2011\u2043\u2212\ufe63\uff0d",
        "\u2013": "\u2014\u2015\u2012",
        "'": "\u2018\u2019\u02bc\u00b4",
        '"': "\u201c\u201d\u201e",
        "(": "\uff08",
        ")": "\uff09",
    }.items()
    for odd in odds
)
_ASCII_FORMS = tuple((odd, plain) for odd, plain in _FORMS if odd.isascii())
_SAME_LENGTH = str.maketrans({odd: plain for odd, plain in _FORMS if plain})
_SPACES = re.compile(r" {2,}")
_GAPS = re.compile(r"[ \t]{2,}")
_BULLET = re.compile(r"[•·▪◦\u2023*]\s+|-\s+(?=[^\W\d])")
_MARKS = re.compile("[\x01-\x06\x08]")
_CONTROLS = tuple(map(chr, range(9)))  # no text has them, and our own marks are among them
_BRACKETED = re.compile(r"\[([^\[\]]{2,100})\]:?$")


@dataclass(frozen=True, slots=True)
class HtmlBlock:
    """One visible block: a paragraph, a list item, a table's row (cells joined by ` | `), or a heading.

    `depth`: how many lists it stands in, one within the other; 0 outside of lists, and in a body that is plain text.
    """

    kind: BlockKind
    text: str
    depth: int = 0


def blocks(body: str, kind: str = "html") -> list[HtmlBlock]:
    """The visible blocks of a body, in order; `kind` is Graph's contentType. Reads READ_LIMIT characters of text."""
    return list(_blocks(body, kind))


@lru_cache(maxsize=4)
def _blocks(body: str, kind: str) -> tuple[HtmlBlock, ...]:
    """Kept for a moment: classification, sentences and relations ask for the same body one after the other."""
    if len(body) > READ_LIMIT:
        body = body[:READ_LIMIT] if kind == "text" else _beginning(body)
    for control in _CONTROLS:
        body = body.replace(control, "")
    flat = _flatten(body) if kind != "text" and ("<" in body or "&" in body) else body
    for odd, plain in _ASCII_FORMS if flat.isascii() else _FORMS:
        flat = flat.replace(odd, plain)
    found: list[HtmlBlock] = []
    depth = 0
    for line in flat.split("\n"):
        if line:
            depth += line.count(_DEEPER)
            block = _block(line, depth)
            if block is not None:
                found.append(block)
            depth = max(0, depth - line.count(_HIGHER))
    return tuple(found)


def plain_text(html: str, kind: str = "html") -> str:
    """A body as plain text: paragraphs separated by newlines, list items with a dash, the texts of links kept."""
    return "\n".join(f"- {block.text}" if block.kind == "item" else block.text for block in blocks(html, kind))


def same_length(text: str) -> str:
    """The text with hyphens, spaces and quotes as blocks have them; every character stays where it is."""
    return text.translate(_SAME_LENGTH)


def bare_text(fragment: str) -> str:
    """A piece of markup within one line as text in one line: what is bold, or what a link says."""
    return " ".join(unescape(_ANY_TAG.sub("", fragment)).split())


def _beginning(html: str) -> str:
    """The first READ_LIMIT characters that are read, with bare tags around them; linear in what it passes over."""
    end, at = min(len(html), _RAW_LIMIT), 0
    room, tags = READ_LIMIT, _TAGS_LIMIT
    parts: list[str] = []
    while at < end and room > 0 and tags > 0:
        start = html.find("<", at, end)
        text = _GAPS.sub(" ", html[at : start if start >= 0 else end])
        parts.append(text[:room])
        room -= len(unescape(text)) if "&" in text else len(text)
        if start < 0:
            break
        tags -= 1
        tag = _TAG.match(html, start, end)
        if tag:
            parts.append(f"<{tag[1]}{tag[2]}>")
            at = tag.end()
            if not tag[1] and tag[2].lower() in _UNREAD:
                closing = re.compile(rf"</{tag[2]}", re.IGNORECASE).search(html, at, end)
                at = closing.start() if closing else end
        elif html.startswith("<!", start):
            mark = "-->" if html.startswith("<!--", start) else ">"
            close = html.find(mark, start + 2, end)
            at = close + len(mark) if close >= 0 else end
        else:
            parts.append("<")
            at = start + 1
    return "".join(parts)


def _flatten(html: str) -> str:
    html = _OWN_LINE.sub(r"<br>\1<br>", html) if "\n" in html else html
    html = html.replace("\n", " ")
    for tag, mark in _PLAIN_TAGS:
        html = html.replace(tag, mark)
    simple = _TAG.sub(_simpler, _STRAY.sub("&lt;", html)) if "<" in html else html
    if "<" in simple:
        return _parsed(simple.replace(_BREAK, "<br>"))
    # Nothing is left for a parser but characters.
    lines = simple.replace(_BREAK, "\n").replace("\r", "\n")
    return unescape(lines) if "&" in lines else lines


def _parsed(html: str) -> str:
    """The same of a body with tables, or with what is no text: scripts, comments, broken markup."""
    tree = LexborHTMLParser(html)
    if tree.root is None:
        return ""
    parts: list[str] = []
    for node in tree.root.traverse(include_text=True):
        tag = node.tag
        if tag == "-text":
            parent = node.parent
            if parent is None or parent.tag not in _UNREAD:
                parts.append(node.text_content or "")
        elif tag in {"br", "tr", "table"}:
            parts.append(" " if tag == "br" and _in_cell(node) else "\n")
        elif tag in {"td", "th"}:
            parts.append(_CELL)
    return "".join(parts)


def _in_cell(node: LexborNode) -> bool:
    return node.parent is not None and node.parent.tag in {"td", "th"}


def _simpler(tag: re.Match[str]) -> str:
    """The tag without attributes; block tags as line breaks, bold as marks: what is left can hardly nest."""
    closing, name = tag[1], tag[2].lower()
    if name in _KEPT:
        return f"<{closing}{name}>" + (_BREAK if closing and name == "table" else "")
    return (_CLOSING if closing else _OPENING).get(name, "")


def _block(line: str, depth: int) -> HtmlBlock | None:
    """A line of the flat text, without its marks, as the block that the marks tell of."""
    row = _CELL in line
    if row:
        line = " | ".join(filter(None, (cell.strip() for cell in line.split(_CELL))))
    marked = (_SPACES.sub(" ", line) if "  " in line else line).strip()[:LINE_LIMIT]
    text = marked if marked.isprintable() else _MARKS.sub("", marked).strip()
    if not text:
        return None
    if row:
        return HtmlBlock("row", text, depth)
    item = _ITEM in marked
    if not item and (_HEAD in marked or _is_heading(marked, text)):
        bracketed = _BRACKETED.match(text)
        return HtmlBlock("heading", bracketed[1].strip() if bracketed else text, depth)
    bullet = _BULLET.match(text)
    if bullet:
        text = text[bullet.end() :]
    return HtmlBlock("item" if item or bullet else "paragraph", text, depth)


def _is_heading(marked: str, text: str) -> bool:
    """A line that is bold as a whole, or stands in square brackets, as Graph sends its headings."""
    if len(text) > 120:
        return False
    if text.startswith("[") and _BRACKETED.match(text):
        return True
    if _BOLD_ON not in marked:
        return False
    outside = _BOLD_SPAN.sub("", marked)
    return not outside.strip(" :.\x01\x03\x08")


_BOLD_SPAN = re.compile(r"\x02[^\x02\x03]*+\x03?")
