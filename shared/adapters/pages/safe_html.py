"""A post's body as HTML that may be shown: no script, no style, no form, images over https only."""

from html import escape

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
READ_LIMIT = 200_000
"""Characters; real bodies end at 14,000."""


def safe_html(body: str, kind: str = "html") -> str:
    """The body cleaned; a body of kind `text` keeps its lines and shows its angle brackets."""
    body = body[:READ_LIMIT]
    if kind == "text":
        return "".join(f"<p>{escape(line)}</p>" for line in body.splitlines() if line.strip())
    return nh3.clean(
        body,
        tags=set(TAGS),
        clean_content_tags=set(_UNREAD),
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        attribute_filter=_filter,
        url_schemes={"https", "http", "mailto"},
        set_tag_attribute_values=_SET,
        link_rel="noopener noreferrer nofollow",
        strip_comments=True,
    )


def _filter(tag: str, attribute: str, value: str) -> str | None:
    if tag == "img" and attribute == "src":
        return value if value.lower().startswith("https://") else None
    if tag == "a" and attribute == "href":
        return value if value.lower().startswith(("https://", "http://", "mailto:")) else None
    return value
