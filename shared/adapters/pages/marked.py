"""A post's body as a page shows it: cleaned, cut where it is too long, and the words marked that decided a field."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape, unescape

from markupsafe import Markup

from shared.adapters.pages.explain import name_of
from shared.adapters.pages.safe_html import READ_LIMIT, safe_html
from shared.core.classify.explain import deciding_places, runs
from shared.core.posts.classification import Classification
from shared.core.posts.post import Post
from shared.core.text.html import same_length

ROOM = 30_000
"""Bytes of a body on a page; real ones end at 14,000."""
_PIECE = re.compile(r'<(/?)([a-z][a-z0-9]*)(?:\s+[a-z-]+="[^"]*")*\s*/?>|[^<]+|<')  # as nh3 writes it
_EMPTY = frozenset({"br", "hr", "img"})
_INLINE = frozenset({"a", "abbr", "b", "code", "em", "i", "ins", "small", "span", "strong", "sub", "sup", "u"})
_STRUCK = frozenset({"s", "del"})
_BLOCK_ENDS = frozenset(
    {"p", "ul", "ol", "dl", "table", "div", "blockquote", "pre", "li", "tr", "h3", "h4", "h5", "h6"}
)
_UNSEEN = frozenset("\u00ad\u200b\u200c\u200d\u2060\ufeff")


@dataclass(frozen=True, slots=True)
class MarkedPost:
    """The body. `cut`: the post has more than is shown. `fields`: those of which the deciding words are marked."""

    html: Markup
    cut: bool = False
    fields: frozenset[str] = frozenset()


@dataclass(slots=True)
class _Piece:
    """A tag, or the text between two. `tag`: its name, empty for a text. `start`: where it stands in what is searched.

    `seen`: the places of the characters that are searched; None where all are.
    """

    raw: str
    tag: str = ""
    closes: bool = False
    start: int = 0
    text: str = ""
    seen: Sequence[int] | None = None

    @property
    def length(self) -> int:
        """Of what is searched of it."""
        return len(self.text) if self.seen is None else len(self.seen)

    def at(self, place: int) -> int:
        """Where in its text a place is of what is searched."""
        return place if self.seen is None else self.seen[place]


def marked_post(post: Post, classification: Classification, *, room: int = ROOM, links: bool = True) -> MarkedPost:
    """The post's body, ready for a page. `links`: whether each mark leads to its field on the page.

    Only what is between the tags of the cleaned body is touched, and all of it is escaped anew: what the cleaning did
    not let through cannot come back. Words that are not found are not marked.
    """
    pieces, cut = _within(_pieces(safe_html(post.body, post.body_type)), room)
    places = deciding_places(_searched(pieces), classification)
    marks = _Marks(runs(places), links=links)
    html = "".join(part for piece in pieces for part in marks.of(piece))
    return MarkedPost(Markup(html), cut or len(post.body) > READ_LIMIT, frozenset(marks.named))  # noqa: S704


def names_in(text: str, classification: Classification) -> frozenset[str]:
    """The fields of which the deciding words stand in a text, such as the title."""
    return frozenset(place.field for place in deciding_places(same_length(text), classification))


def _pieces(html: str) -> list[_Piece]:
    found = []
    for piece in _PIECE.finditer(html):
        if piece[2]:
            found.append(_Piece(piece[0], piece[2], piece[1] == "/"))
        else:
            found.append(_Piece(piece[0], text=unescape(piece[0])))
    return found


def _within(pieces: list[_Piece], room: int) -> tuple[list[_Piece], bool]:
    """The pieces up to the last block that fits, with what is open closed; in one endless block up to the last word."""
    size = safe = 0
    for at, piece in enumerate(pieces):
        size += len(piece.raw.encode())
        if size > room:
            break
        if piece.closes and piece.tag in _BLOCK_ENDS:
            safe = at + 1
    else:
        return pieces, False
    kept = pieces[:safe]
    if sum(len(each.raw.encode()) for each in kept) < room // 2:
        kept = pieces[:at]
        if not piece.tag:
            left = room - (size - len(piece.raw.encode()))
            text = piece.text[: left // 6].rpartition(" ")[0]  # no character is longer when it is escaped
            kept.append(_Piece(escape(text, quote=False), text=text))
    return [*kept, *(_Piece(f"</{tag}>", tag, closes=True) for tag in reversed(_open_at_the_end(kept)))], True


def _open_at_the_end(pieces: Sequence[_Piece]) -> list[str]:
    stack: list[str] = []
    for piece in pieces:
        if not piece.tag or piece.tag in _EMPTY:
            continue
        if not piece.closes:
            stack.append(piece.tag)
        elif stack and stack[-1] == piece.tag:
            stack.pop()
    return stack


def _searched(pieces: Sequence[_Piece]) -> str:
    """The text in which words are looked for: as the reader of posts sees it, without what is struck out."""
    parts: list[str] = []
    size = struck = 0
    for piece in pieces:
        if piece.tag in _STRUCK:
            struck += -1 if piece.closes else 1
        if piece.tag:
            text = "" if piece.tag in _INLINE else "\n"
        elif struck > 0:
            text, piece.seen = "", ()
        else:
            text = same_length(piece.text)
            if not _UNSEEN.isdisjoint(text):
                piece.seen = [at for at, character in enumerate(text) if character not in _UNSEEN]
                text = "".join(text[at] for at in piece.seen)
        piece.start = size
        parts.append(text)
        size += len(text)
    return "".join(parts)


class _Marks:
    """Puts the marks between the tags. `named`: the fields that have one."""

    def __init__(self, found: list[tuple[int, int, tuple[str, ...]]], *, links: bool) -> None:
        self._runs, self._links = found, links
        self._at = 0
        self._inside_link = False
        self._waiting: list[str] = []
        self.named: set[str] = set()

    def of(self, piece: _Piece) -> Iterator[str]:
        if piece.tag:
            yield piece.raw
            if piece.tag == "a":
                self._inside_link = not piece.closes
                if piece.closes:
                    yield from self._waiting
                    self._waiting = []
            return
        yield from self._text(piece)

    def _text(self, piece: _Piece) -> Iterator[str]:
        done, end = 0, piece.start + piece.length
        while piece.length and self._at < len(self._runs) and self._runs[self._at][0] < end:
            first, last, names = self._runs[self._at]
            begin = piece.at(max(first - piece.start, 0))
            yield escape(piece.text[done:begin], quote=False)
            done = piece.at(min(last, end) - piece.start - 1) + 1
            yield _marked(piece.text[begin:done], names)
            if last > end:  # it goes on in the next piece
                break
            self._at += 1
            following = self._runs[self._at] if self._at < len(self._runs) else (-1, -1, ())
            going_on = following[2] if following[0] == last else ()
            label = "".join(self._label(name) for name in names if name not in going_on)
            if self._inside_link:
                self._waiting.append(label)
            else:
                yield label
        yield escape(piece.text[done:], quote=False)

    def _label(self, name: str) -> str:
        """Names the field behind the words, and leads to it; a link of the post holds no other."""
        first = name not in self.named
        self.named.add(name)
        words = escape(name_of(name))
        anchor = f' id="why-{escape(name)}"' if first else ""
        if not self._links:
            return f'<sup class="why"{anchor}>{words}</sup>'
        target = f'href="#field-{escape(name)}" aria-label="{words}: how we read it"'
        return f'<sup class="why"><a{anchor} {target}>{words}</a></sup>'


def _marked(text: str, names: Sequence[str]) -> str:
    if not text.strip():
        return escape(text, quote=False)
    return f'<mark title="{escape(", ".join(map(name_of, names)))}">{escape(text, quote=False)}</mark>'
