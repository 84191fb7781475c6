"""What a body sets in bold: the names of buttons, settings and pages, most of all."""

import re

from shared.core.posts.post import Post
from shared.core.text.html import READ_LIMIT, bare_text

_MOST = 80
_LONGEST = 120
# Looked for in the text itself, as links are: one that is not closed ends where the next tag of its own begins.
_RUN = re.compile(
    r"<(?:b|strong)(?: [^<>]{0,300})?>(?P<text>(?:[^<]|<(?!/?(?:b|strong|p|li|div|br|td)\b)){3,400})</(?:b|strong)>",
    re.IGNORECASE,
)
_NAME = re.compile(r"[A-Z][^.!?:;]{2,}")
_ENDS = " \"'.,;:()[]"


def bold_names(post: Post) -> tuple[str, ...]:
    """The bold runs of a body that can be names, each once, the longest first; READ_LIMIT characters are looked at."""
    body = post.body[:READ_LIMIT]
    if post.body_type == "text" or ("<b" not in body and "<strong" not in body and "<B" not in body):
        return ()
    runs: dict[str, None] = {}
    for run in _RUN.finditer(body):
        text = bare_text(run["text"]).strip(_ENDS)
        if len(text) <= _LONGEST and _NAME.fullmatch(text):
            runs.setdefault(text)
            if len(runs) == _MOST:
                break
    return tuple(sorted(runs, key=len, reverse=True))
