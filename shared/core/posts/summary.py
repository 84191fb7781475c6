"""A post in two sentences: what changes, and how to prepare."""

import re
from collections.abc import Sequence
from itertools import takewhile

from shared.core.posts.post import Post
from shared.core.text.html import HtmlBlock, blocks
from shared.core.text.safe import clean

_BANNER = re.compile(r"^\W*(updated?\b|we have (made )?updated?\b|(please )?note\b|thank you for)", re.IGNORECASE)
_PREPARE = re.compile(r"prepare|need to do|action (is )?(required|needed)|next steps", re.IGNORECASE)
_ELSEWHERE = re.compile(r"(read|learn|find out|see) (more|about)\b", re.IGNORECASE)


def what_changes(post: Post) -> str:
    """The summary that came with the post, else the first paragraph that says something, else nothing."""
    summary = next((value for value in post.detail("Summary") if value.strip()), "")
    if summary:
        return clean("\n".join(block.text for block in blocks(summary)))
    paragraphs = [block.text for block in blocks(post.body, post.body_type) if block.kind != "heading"]
    telling = (text for text in paragraphs if len(text) >= 40 and not _BANNER.match(text))
    return clean(next(telling, paragraphs[0] if paragraphs else ""))


def how_to_prepare(post: Post) -> str:
    """The post's section on what to do, up to its first three lines; nothing where it has none."""
    return clean("\n".join(_section(blocks(post.body, post.body_type))))


def _section(html_blocks: Sequence[HtmlBlock]) -> list[str]:
    at = next(
        (i for i, block in enumerate(html_blocks) if block.kind == "heading" and _PREPARE.search(block.text)), None
    )
    if at is None:
        return []
    section = takewhile(lambda block: block.kind != "heading", html_blocks[at + 1 :])
    instructions = [block for block in section if not _ELSEWHERE.match(block.text)]
    return [f"• {block.text}" if block.kind == "item" else block.text for block in instructions[:3]]
