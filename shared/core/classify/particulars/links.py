"""Where the links of a post lead."""

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import urlsplit

from shared.core.posts.particulars import Link
from shared.core.posts.post import Post
from shared.core.text.html import READ_LIMIT, bare_text
from shared.core.text.safe import cut, printable

MOST_LINKS = 40
LONGEST_TEXT = 200
LONGEST_ADDRESS = 2_000
# Graph's own links, with the names that they have in the admin center.
_GRAPH = {"ExternalLink": "Additional information", "BlogLink": "Blog", "HelpLink": "Help and support"}
# Looked for in the text itself, not by a parser: many attributes on unclosed tags make one slow. A quoted value may
# hold `>`, but none runs over the next `<` (as in core/text/html).
_ANCHOR = re.compile(r"""<(/?)a(?![a-z0-9:-])((?:[^<>"']++|"[^"<]*+"|'[^'<]*+'|["'])*+)>?""", re.IGNORECASE)
_HREF = re.compile(
    r"""(?:^|[\s"'/])href\s{0,9}=\s{0,9}(?:"([^"]{0,8000})"|'([^']{0,8000})'|([^\s"'<>]{1,8000}))""", re.IGNORECASE
)
_BARE = re.compile(r"https?://[^\s<>\"'\[\]{}|\\^`]{4,8000}", re.IGNORECASE)
_BEHIND = ".,;:!?)"


def read_links(post: Post) -> tuple[Link, ...]:
    """The links of the body, then Graph's own, each address once. Of plain text, the addresses that stand in it."""
    links: dict[str, Link] = {}
    for text, address in _links_of(post):
        if len(links) == MOST_LINKS:
            break
        to = _address(address)
        name = " ".join(printable(text).split())
        if to and name:
            links.setdefault(to, Link(cut(name, LONGEST_TEXT), to))
    return tuple(links.values())


def _links_of(post: Post) -> Iterator[tuple[str, str]]:
    """Every link as its text and its address, as they stand there."""
    body = post.body[:READ_LIMIT]
    if post.body_type == "text":
        bare = (match[0].rstrip(_BEHIND) for match in _BARE.finditer(body))
        yield from ((address, address) for address in bare)
    elif "href" in body or "HREF" in body:
        yield from _anchors(body)
    for name, value in post.details:
        if name in _GRAPH:
            yield _GRAPH[name], value


def _anchors(body: str) -> Iterator[tuple[str, str]]:
    """The anchors of HTML; one that is not closed ends where the next begins."""
    address, begin = "", 0
    for tag in _ANCHOR.finditer(body):
        if address:
            yield bare_text(body[begin : tag.start()]), address
            address = ""
        href = None if tag[1] else _HREF.search(tag[2])
        if href:
            address, begin = unescape(href[1] or href[2] or href[3] or ""), tag.end()


def _address(address: str) -> str:
    """An address of the web as it can be written; empty for any other, and for one that is too long."""
    address = address.strip()
    if len(address) > LONGEST_ADDRESS or not address[:8].lower().startswith(("http://", "https://")):
        return ""
    try:
        host = urlsplit(address).hostname
    except ValueError:  # an address of odd brackets or ports
        return ""
    return address if host and address.isprintable() and " " not in address else ""
