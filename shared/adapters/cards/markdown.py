r"""Text made safe for Adaptive Cards' Markdown, so that it appears as it was written.

A character is escaped only where it would mean something. Teams on phones takes the backslash away before `* _ [ ] )`
and shows it before anything else (MarkDownBlockParser.cpp of Teams-AdaptiveCards-Mobile), so `(Updated)` and `365.`
must stay as they are, and escaping "everything" would be seen.
"""

import re

_ALWAYS = re.compile(r"[*_\[\]`]")
_BACKSLASH = re.compile(r"""\\(?=[!-/:-@\[-`{-~\n])""")
_ENTITY = re.compile(r"&(?=#?\w{1,40};)")
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_DATE_FUNCTION = re.compile(r"\{(?=\{+(?:DATE|TIME)\()")
_INDENT = re.compile(r"^[ \t]+", re.MULTILINE)
_HEADING_OR_QUOTE = re.compile(r"^(?=#{1,6}(?:[ \t]|$)|>)", re.MULTILINE)
_BULLET = re.compile(r"^(?=[-+](?:[ \t]|$))", re.MULTILINE)
_NUMBER = re.compile(r"^(\d{1,9})(?=[.)](?:[ \t]|$))", re.MULTILINE)
_RULER = re.compile(r"^(?=[-=|:+][-=|:+ \t]*$)", re.MULTILINE)
_ESCAPED = re.compile(r"""\\([!-/:-@\[-`{-~])""")


def escape(text: str) -> str:
    """The text as Markdown that shows it literally. Indentation goes: Markdown would drop it, or make it code."""
    text = _INDENT.sub("", text)
    text = _BACKSLASH.sub(r"\\\\", text)
    text = _ALWAYS.sub(r"\\\g<0>", text)
    text = _ENTITY.sub(r"\\&", text)
    text = _TAG.sub(r"\\<", text)
    text = _DATE_FUNCTION.sub(r"{\\", text)
    if text.count("~") > 1:
        text = text.replace("~", r"\~")
    text = _RULER.sub(r"\\", text)
    text = _HEADING_OR_QUOTE.sub(r"\\", text)
    text = _BULLET.sub(r"\\", text)
    return _NUMBER.sub(r"\1\\", text)


def unescape(text: str) -> str:
    """What `escape` was given, indentation apart."""
    return _ESCAPED.sub(r"\1", text)
