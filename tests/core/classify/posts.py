"""Posts for the classifier's tests: our own sentences, in the style of real ones."""

from typing import Any

from shared.core.posts.post import Post, read_post


def a_post(body: str | dict[str, Any] | None = "", **fields: Any) -> Post:
    """A post published on 3 March 2026, unless told otherwise. `body`: HTML, or all that Graph says of it."""
    raw: dict[str, Any] = {
        "id": "MC9000001",
        "title": "Contoso Notes: Pin a page",
        "startDateTime": "2026-03-03T08:00:00Z",
        "lastModifiedDateTime": "2026-03-03T08:00:00Z",
        "category": "stayInformed",
        "tags": ["New feature"],
        "services": ["Contoso Notes"],
        "body": {"contentType": "html", "content": body} if isinstance(body, str) else body,
    }
    return read_post(raw | fields)


def when(*lines: str, heading: str = "<p>[When this will happen:]</p>") -> str:
    return "<p>We will add a way to pin a page.</p>" + heading + "".join(f"<p>{line}</p>" for line in lines)
