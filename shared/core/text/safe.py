"""Text made safe to keep and to show: printable, whole characters, cut to a length."""

import re

_HALF = re.compile("[\ud800-\udfff]")


def text_of(value: object) -> str:
    """Text that can be written anywhere: half of a surrogate pair, which no encoding takes, becomes U+FFFD."""
    text = str(value or "")
    return text if text.isascii() else _HALF.sub("\ufffd", text)


def cut(text: str, limit: int) -> str:
    """At most so many characters, the cut said by an ellipsis."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def clean(text: str) -> str:
    """The text as it may be shown: trimmed, its lines ended by newlines, and printable."""
    return printable(text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def printable(text: str) -> str:
    """Without control characters and halves of surrogate pairs, which no JSON or page can carry."""
    return _CONTROLS.sub("", text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))
