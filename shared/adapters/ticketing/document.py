"""A ticket's text: headings, paragraphs, items, links; written by a template, said in each system's own markup."""

import re
from dataclasses import dataclass
from typing import Literal

from shared.core.text.safe import cut

_VALUE, _OPEN, _TO, _CLOSE = "\ue000", "\ue001", "\ue002", "\ue003"
_MARKS = re.compile("[\ue000-\ue003]")
_LINK = re.compile(f"{_OPEN}([^{_TO}]*){_TO}([^{_CLOSE}]*){_CLOSE}")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Run:
    """A run of text; `address` makes it a link."""

    text: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class TextBlock:
    """A heading, a paragraph or an item of a list."""

    kind: Literal["heading", "paragraph", "item"]
    runs: tuple[Run, ...]

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)


Document = tuple[TextBlock, ...]


def value(text: object) -> str:
    """A value as it may stand in a template's output: whatever it holds, it makes no heading, item or link."""
    plain = _CONTROLS.sub("", _MARKS.sub("", str(text))).replace("\r\n", "\n").replace("\r", "\n")
    return _VALUE + plain.replace("\n", f"\n{_VALUE}")


def link(name: object, address: object) -> str:
    """A link in a template's output; an address of another kind than the web's is shown as text."""
    label, to = (_MARKS.sub("", " ".join(str(part).split())) for part in (name, address))
    if not re.match(r"https?://[^\s\"<>|\\^`{}]+\Z", to):
        return value(f"{label}: {to}" if to else label)
    return f"{_OPEN}{label}{_TO}{to}{_CLOSE}"


def parse(text: str) -> Document:
    """What a template wrote: `## ` begins a heading, `- ` an item; an empty line ends a paragraph."""
    blocks: list[TextBlock] = []
    lines: list[str] = []
    for line in (*text.split("\n"), ""):
        if line.startswith(("## ", "- ")) or not line.replace(_VALUE, "").strip():
            if lines:
                blocks.append(TextBlock("paragraph", _runs("\n".join(lines))))
            lines = []
            if line.startswith("## "):
                blocks.append(TextBlock("heading", _runs(line[3:])))
            elif line.startswith("- "):
                blocks.append(TextBlock("item", _runs(line[2:])))
        else:
            lines.append(line.strip(" "))
    return tuple(block for block in blocks if block.text.strip())


def bare(text: str) -> str:
    """A template's output as plain text, for fields that hold no markup."""
    return _LINK.sub(r"\1 \2", text).replace(_VALUE, "").strip()


def utf16(text: str) -> int:
    """The length as Java, .NET and their databases count it: what is beyond the first plane counts twice."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def cut_utf16(text: str, limit: int) -> str:
    """At most so many UTF-16 units, the cut said by an ellipsis."""
    shortened = cut(text, limit)
    while utf16(shortened) > limit:
        shortened = cut(shortened, len(shortened) - max(1, (utf16(shortened) - limit + 1) // 2))
    return shortened


def _runs(text: str) -> tuple[Run, ...]:
    runs: list[Run] = []
    at = 0
    for match in _LINK.finditer(text):
        runs += [Run(_MARKS.sub("", text[at : match.start()])), Run(match[1], match[2])]
        at = match.end()
    return tuple(run for run in (*runs, Run(_MARKS.sub("", text[at:]))) if run.text)


# In each system's markup. `limit`: the most characters that the result may have.
