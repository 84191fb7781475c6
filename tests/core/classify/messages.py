"""Whole messages for the classifier's tests: what and why, when, whom it touches, what to prepare."""

from typing import Any

from shared.core.posts.post import Post
from tests.core.classify.posts import a_post

ROLLOUT = "Worldwide: We will begin rolling out in mid-June 2026 and expect to complete by late June 2026."
ENDS = "The old way stops working on June 15, 2026."


def a_message(
    what: str, *, when: str = ROLLOUT, affects: str = "", prepare: str = "", tags: tuple[str, ...] = (), **fields: Any
) -> Post:
    """A message of 3 March 2026 in four parts; the parts that are empty are left out."""
    parts = {
        "What is changing": what,
        "When this will happen": when,
        "How this will affect your organization": affects,
        "What you need to do to prepare": prepare,
    }
    body = "".join(f"<p><b>{head}</b></p><p>{text}</p>" for head, text in parts.items() if text)
    return a_post(body, tags=list(tags), **fields)
