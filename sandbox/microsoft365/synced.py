"""What the Message Center to Planner sync writes into a task: title, description, references, due date.

Microsoft documents the sync (learn.microsoft.com/office365/planner/track-message-center-tasks-planner) but not the text
that it writes; title and header block are as seen on a public board of 2021
(github.com/cdbuzzell/MessageCenterTracking).
"""

import re
from html.parser import HTMLParser
from typing import Any

from sandbox.microsoft365.history import Post, moment

LONGEST_TITLE = 255  # Planner's own limit: the id at the end is what a long title loses

_CATEGORIES = {
    "planForChange": "Plan for change",
    "stayInformed": "Stay informed",
    "preventOrFixIssue": "Prevent or fix issues",
}
_BLOCKS = {
    "blockquote",
    "br",
    "div",
    "h1",
    "h2",
    "h3",
    "h4",
    "hr",
    "li",
    "ol",
    "p",
    "pre",
    "section",
    "table",
    "tr",
    "ul",
}
_SILENT = {"script", "style", "template"}
# learn.microsoft.com/graph/api/resources/plannerexternalreferences: what a reference's key must not hold.
_KEY = {"%": "%25", ".": "%2E", ":": "%3A", "@": "%40", "#": "%23"}


def title(post: Post, *, with_id: bool = True) -> str:
    """`[Service] Title [MC1234567]`. Of several services the first; which one Microsoft takes is unknown."""
    service = next(iter(post.get("services") or ()), "General announcement")
    whole = f"[{service}] {post.get('title') or ''}"
    return (f"{whole} [{post['id']}]" if with_id else whole)[:LONGEST_TITLE]


def due(post: Post) -> str | None:
    """The act-by date, the only source of due dates on the board."""
    return post.get("actionRequiredByDateTime")


def description(post: Post) -> str:
    """The header block, an empty line, and the body as as_plain_text text."""
    tags = list(post.get("tags") or ())
    updated = "Updated message" in tags or (post.get("title") or "").startswith("(Updated)")
    if post.get("isMajorChange") and "Major update" not in tags:
        tags.insert(0, "Major update")
    lines = [f"Message ID: {post['id']}", f"Published date: {_day(post['startDateTime'])}"]
    if updated:
        lines.append(f"Last updated date: {_day(post['lastModifiedDateTime'])}")
    category = post.get("category") or ""
    lines.append(f"Category: {_CATEGORIES.get(category, category)}")
    if tags:
        lines.append(f"Tags: {', '.join(tags)}")
    body = post.get("body") or {}
    content = body.get("content") or ""
    text = content if body.get("contentType") == "text" else as_plain_text(content)
    return "\n".join([*lines, "", text])


def references(post: Post) -> dict[str, str]:
    """The post's links as Planner keys them, with their names."""
    links = [(str(x.get("value")), str(x.get("name"))) for x in post.get("details") or () if isinstance(x, dict)]
    return {
        re.sub("[%.:@#]", lambda match: _KEY[match[0]], address): name
        for address, name in links
        if address.startswith(("https://", "http://"))
    }


def as_plain_text(content: str) -> str:
    """HTML as text: blocks on lines of their own, scripts and styles left out."""
    reader = _Reader()
    reader.feed(content)
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.parts).split("\n"))
    return "\n".join(line for line in lines if line)


def _day(time: str) -> str:
    at = moment(time)
    return f"{at.month}/{at.day}/{at.year}"


class _Reader(HTMLParser):
    """Collects the text of HTML."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, Any]]) -> None:  # noqa: ARG002 - the base class's
        self._silent += tag in _SILENT
        if tag in _BLOCKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        if tag in _BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(data.replace("\n", " "))
