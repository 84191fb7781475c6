"""With what an admin controls a change, and how it stands where nobody touches it."""

import re
from dataclasses import replace

from shared.core.classify.document import Document, Line
from shared.core.classify.particulars.control_names import Name, may_name, names
from shared.core.classify.particulars.defaults import default_of, speaks_of_a_default
from shared.core.classify.particulars.paths import place_in
from shared.core.posts.particulars import Control, ControlDefault
from shared.core.text.wording import sentences

_MOST = 20
_MOST_DEFAULTS = 6
_LONGEST_WORDS = 500
_REACH = 2  # lines between a control and its default
_NOUN = re.compile(r"(?: (?:mailbox|group|csp|meeting))? (?:polic(?:y|ies)|settings?|toggle)$")
_PATH = re.compile(r"\W*(?:click )?path\b", re.IGNORECASE)
_SAME = ("this setting", "this policy", "this toggle", "this control", "the setting", "the policy", "the toggle")
_CHANGE = (
    "feature",
    "this change",
    "this update",
    "capability",
    "the agent",
    "it ",
    "this ",
    "experience",
    "the change",
)


def read_controls(document: Document) -> tuple[Control, ...]:
    """The controls that the post names, each once, with the defaults that it gives beside them.

    A default of the change itself, where none is told of a control, is that of the first one.
    """
    reader = _Reader(document.title)
    for line in document.lines:
        if line.role not in {"banner", "compliance", "more"} and line.kind != "heading":
            reader.read(line)
    return reader.finished()


class _Reader:
    """Reads line by line; remembers the control and the admin centre of which the words before spoke."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._controls: dict[str, Control] = {}
        self._last = ""
        self._idle = 0
        self._place = ""
        self._of_change: list[ControlDefault] = []

    def read(self, line: Line) -> None:
        text = line.text
        named = may_name(text)
        if named or speaks_of_a_default(text):
            for sentence in sentences(text):
                self._read(sentence)
        else:
            self._idle += 1
        self._place = (place_in(text) if named else "") or (
            self._place if line.kind == "item" or _PATH.match(text) else ""
        )

    def finished(self) -> tuple[Control, ...]:
        controls = list(self._controls.values())
        if controls and self._of_change and not any(control.defaults for control in controls):
            controls[0] = replace(controls[0], defaults=tuple(self._of_change))
        return tuple(controls)

    def _read(self, sentence: str) -> None:
        keys = self._note(sentence) if may_name(sentence) else []
        if keys:
            self._last, self._idle = keys[0], 0
        default = default_of(sentence) if speaks_of_a_default(sentence) else None
        if default is None:
            return
        lower = sentence.lower()
        if keys or (self._idle <= _REACH and any(same in lower for same in _SAME)):
            self._add(default)
        elif any(change in lower for change in _CHANGE) and default not in self._of_change:
            self._of_change = [*self._of_change, default][:_MOST_DEFAULTS]

    def _note(self, sentence: str) -> list[str]:
        """Keeps the controls that a sentence names, and gives their keys: what is set before where it is set."""
        keys: list[str] = []
        for name in names(sentence, self._title, self._place):
            key = _key(name)
            if any(known.endswith(f" {key}") for known in self._controls):  # the same by a shorter name
                continue
            if len(self._controls) < _MOST:
                self._controls.setdefault(key, Control(name.kind, name.text, sentence.strip()[:_LONGEST_WORDS]))
            if key in self._controls:
                keys.append(key)
        return sorted(keys, key=lambda key: self._controls[key].kind == "path")

    def _add(self, default: ControlDefault) -> None:
        control = self._controls.get(self._last)
        if control and default not in control.defaults and len(control.defaults) < _MOST_DEFAULTS:
            self._controls[self._last] = replace(control, defaults=(*control.defaults, default))


def _key(name: Name) -> str:
    """A control's name without what is spelled now so, now so."""
    return _NOUN.sub("", name.text.lower()).removesuffix("s")
