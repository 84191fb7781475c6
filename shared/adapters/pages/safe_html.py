"""A post's body as HTML that may be shown: no script, no style, no form, no image but from Microsoft's own hosts."""

import re
from html import escape, unescape

import nh3

TAGS = (
    "a", "abbr", "b", "blockquote", "br", "caption", "code", "dd", "del", "div", "dl", "dt", "em", "h3", "h4",
    "h5", "h6", "hr", "i", "img", "ins", "li", "ol", "p", "pre", "s", "small", "span", "strong", "sub", "sup",
    "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul",
)  # fmt: skip
_ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "*": {"dir", "lang"},
}
_UNREAD = frozenset({"script", "style", "template", "title", "noscript", "iframe", "object", "textarea", "select"})
_SET = {"img": {"loading": "lazy", "referrerpolicy": "no-referrer"}}
IMAGE_DOMAINS = ("microsoft.com", "microsoft.net", "cloud.microsoft", "office.com", "office.net")
"""Under these only Microsoft gives names to hosts; Message Center's pictures come from cxcs.microsoft.net today."""
IMAGE_HOSTS = ("img-prod-cms-rt-microsoft-com.akamaized.net",)
"""Microsoft's own store of pictures at Akamai: of that domain this name only."""
_IMAGE = re.compile(r'<img((?:\s+[a-z]+="[^"]*")*)\s*/?>')  # as nh3 writes it: a quote inside is an entity
_SOURCE = re.compile(r"https://([a-z0-9-]+(?:\.[a-z0-9-]+)+)(?:/|\Z)", re.IGNORECASE)  # as no two parsers differ on
_ATTRIBUTE = re.compile(r'([a-z]+)="([^"]*)"')
READ_LIMIT = 100_000
"""Characters; real bodies end at 14,000."""
_DEEPEST = 50  # real bodies nest less than a dozen
_TAG = re.compile(
    r"""<!--.*?(?:-->|$)|<(/?)([a-zA-Z][a-zA-Z0-9]*)(?:[^<>"']++|"[^"<]*+"|'[^'<]*+'|["'])*+>?""", re.DOTALL
)
_EMPTY = frozenset(
    {"br", "hr", "img", "input", "col", "wbr", "link", "meta", "area", "base", "embed", "source", "track"}
)
_ENDS_BEFORE = frozenset({"p", "li", "dt", "dd", "tr", "td", "th", "tbody", "thead", "tfoot", "option"})
_HOLDS = frozenset({"ul", "ol", "dl", "table", "blockquote", "div"})


def safe_html(body: str, kind: str = "html") -> str:
    """The body cleaned; a body of kind `text` keeps its lines and shows its angle brackets."""
    body = body[:READ_LIMIT]
    if kind == "text":
        return "".join(f"<p>{escape(line)}</p>" for line in body.splitlines() if line.strip())
    cleaned = nh3.clean(
        _shallow(body),
        tags=set(TAGS),
        clean_content_tags=set(_UNREAD),
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        attribute_filter=_filter,
        url_schemes={"https", "http", "mailto"},
        set_tag_attribute_values=_SET,
        link_rel="noopener noreferrer nofollow",
        strip_comments=True,
    )
    return _IMAGE.sub(_shown_image, cleaned)


def image_sources() -> str:
    """Where images may come from, for the header that tells browsers so."""
    domains = " ".join(f"https://*.{domain}" for domain in IMAGE_DOMAINS)
    return " ".join((domains, *(f"https://{host}" for host in IMAGE_HOSTS)))


def _shown_image(image: re.Match[str]) -> str:
    """An image of Microsoft's own; another is not loaded, as that would tell its host who reads what, but said."""
    attributes = dict(_ATTRIBUTE.findall(image[1]))
    source = _SOURCE.match(unescape(attributes.get("src", "")))
    host = source[1].casefold() if source else ""
    if host in IMAGE_HOSTS or host.endswith(tuple(f".{domain}" for domain in IMAGE_DOMAINS)):
        return image[0]
    words = unescape(attributes.get("alt", "")).strip()
    where = f"Image at {host}" if host else "Image"
    return f"<em>[{escape(f'{where}: {words}' if words else where)}]</em>"


def _shallow(html: str) -> str:
    """The same without the tags that would nest deeper than `_DEEPEST`; their text stays.

    Parsers take a time that grows with the square of the depth: 30,000 nested lists cost two minutes.
    """
    return _TAG.sub(_Open().kept, html)


class _Open:
    """The tags that are open at a place of a text, as far as that can be known without a parser."""

    def __init__(self) -> None:
        self._stack: list[str] = []

    def kept(self, tag: re.Match[str]) -> str:
        """What stays of a tag: all of it, or nothing."""
        closing, name = tag[1], (tag[2] or "").lower()
        if not name or name in _EMPTY:
            return tag[0]
        stays = self._close(name) if closing else self._open(name)
        return tag[0] if stays else ""

    def _close(self, name: str) -> bool:
        if name not in self._stack:
            return len(self._stack) < _DEEPEST
        while self._stack.pop() != name:
            pass
        return True

    def _open(self, name: str) -> bool:
        if name in _ENDS_BEFORE:
            self._end_before(name)
        if len(self._stack) >= _DEEPEST:
            return False
        self._stack.append(name)
        return True

    def _end_before(self, name: str) -> None:
        """A paragraph ends the one before it; what is open in that, as bold, goes on."""
        for at in range(len(self._stack) - 1, -1, -1):
            if self._stack[at] == name:
                del self._stack[at]
                return
            if self._stack[at] in _HOLDS:
                return


def _filter(tag: str, attribute: str, value: str) -> str | None:
    if tag == "img" and attribute == "src":
        return value if value.lower().startswith("https://") else None
    if tag == "a" and attribute == "href":
        return value if value.lower().startswith(("https://", "http://", "mailto:")) else None
    return value
