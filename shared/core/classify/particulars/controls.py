"""With what an admin controls a change, and how it stands where nobody touches it."""

import re
from dataclasses import replace

from shared.core.classify.document import Document, Line
from shared.core.classify.particulars.control_names import Name, may_name, names
from shared.core.classify.particulars.defaults import default_of, is_bare, is_on, known, speaks_of_a_default
from shared.core.classify.particulars.paths import (
    at_home,
    home_in,
    leads_along,
    leads_to_homes,
    listed_home,
    next_step,
    place_in,
    plain_step,
)
from shared.core.posts.particulars import Control, ControlDefault
from shared.core.text.wording import Wording, sentences

_MOST = 20
_MOST_DEFAULTS = 6
_LONGEST_WORDS = 500
_REACH = 2  # lines between a control and its default
_NOUN = Wording(r"(?: (?:mailbox|group|csp|meeting))? (?:polic(?:y|ies)|settings?|toggle)$")
_HOLDS_MANY = Wording(r"^(?:(?!.* > ).*)(?:\b[Pp]olicies|\b[Ss]ettings|DLP policy)$")
# Where something is looked at, or what another company gives.
_LOOKED_AT = Wording(r"report|submission|explorer|create |^permission|as an? (?:\w+ )?subprocessor", re.IGNORECASE)
_SHOWN = Wording(r"\b(?:(?:will|can|may|to) (?:see|view|find)|appears?|visible)\b")
_JOINT = Wording(r" (?:and|or|and/or) ")
_MOST_STEPS = 7
_LONGEST_NAME = 200
_END = 80
# A path that is the end of its sentence.
_ENDS_IN = Wording(r" ?[>→›] ?[^>→›.]{2,70}[.:]?\s*$|\b(?:[Gg]o to|[Oo]pen|[Nn]avigate to) [^>.]{2,70}\.?\s*$")
_PATH = Wording(r"\W*(?:click )?path\b", re.IGNORECASE)
_SAME = ("this setting", "this policy", "this toggle", "this control", "the setting", "the policy", "the toggle")
_SUBJECT = Wording(r"\W*([\w-]+ [\w-]+(?: [\w-]+){0,3}?) (?:is|are|will be)\b")
_ANY = ("meeting policies", "messaging policies", "calling policies")  # of which kind, and no name
_BOTH = ("both keys", "both settings", "both policies", "both toggles", "both controls", "both options")
_BY_DEFAULT = Wording(r"\W*by default:", re.IGNORECASE)
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


def read_controls(document: Document, bold: tuple[str, ...] = ()) -> tuple[Control, ...]:
    """The controls that the post names, each once, with the defaults that it gives beside them.

    `bold`: what the post sets in bold, of which names may be known.

    A default of the change itself, where none is told of a control, is that of the first one.
    """
    reader = _Reader(document.title, bold)
    for line in document.lines:
        if line.role not in {"banner", "compliance", "more"} and line.kind != "heading":
            reader.read(line)
    return reader.finished()


class _Reader:
    """Reads line by line; remembers the control and the admin centre of which the words before spoke."""

    def __init__(self, title: str, bold: tuple[str, ...]) -> None:
        self._title = title
        self._bold = bold
        self._controls: dict[str, Control] = {}
        self._last = ""
        self._idle = 0
        self._place = ""
        self._of_change: list[ControlDefault] = []
        self._way = ""  # the path with which the step before ended
        self._home = ""  # the admin center that the step before opened
        self._listed = False  # whether this is a list of places
        self._along = False  # whether this is a list of the steps of one path
        self._by_default = False  # whether the line before was "By default:"

    def read(self, line: Line) -> None:
        text = line.text
        if line.kind == "item" and (self._way or self._home):
            step = next_step(text) or (plain_step(text) if self._along else "")
            if step:
                self._go_on(step, text)
                return
        goes_on = line.kind == "item" and (self._along or leads_along(line.label))
        self._along = goes_on or leads_along(text)
        self._way = ""
        self._home = at_home(text) or (listed_home(text) if self._along else "")
        if self._by_default:
            text = f"By default, {text}"
        self._by_default = _BY_DEFAULT.fullmatch(text) is not None
        if line.kind != "item" or not self._listed:
            self._listed = leads_to_homes(text)
        elif home := listed_home(text):
            self._keep(Name("path", home), text)
        named = may_name(text)
        if named or speaks_of_a_default(text):
            told = sentences(text)
            for index, sentence in enumerate(told, 1):
                self._read(sentence, named=named and (len(told) == 1 or may_name(sentence)))
                self._place = (home_in(sentence) if named and index < len(told) else "") or self._place
        else:
            self._idle += 1
        self._place = (place_in(text) if named else "") or (
            self._place if line.kind == "item" or _PATH.match(text) else ""
        )

    def finished(self) -> tuple[Control, ...]:
        controls = _once(list(self._controls.values()))
        if controls and self._of_change and not any(control.defaults for control in controls):
            first = next((at for at, control in enumerate(controls) if not _is_home(control)), 0)
            defaults = tuple(default for default in self._of_change if _takes(controls[first], default))
            controls[first] = replace(controls[first], defaults=defaults)
        return tuple(controls)

    def _read(self, sentence: str, *, named: bool) -> None:
        """Keeps what a sentence names, if it may name anything, and the default that it tells."""
        speaks = speaks_of_a_default(sentence)
        full = len(self._controls) >= _MOST and not speaks
        keys = self._note(sentence) if named and not full else []
        if keys:
            self._last, self._idle = keys[0], 0
        default = default_of(sentence) if speaks else None
        if default is None:
            return
        lower = sentence.lower()
        if (keys and not _is_home(self._controls[keys[0]])) or (
            self._idle <= _REACH and any(same in lower for same in _SAME)
        ):
            self._add(default, self._last)
        elif self._idle <= _REACH and any(both in lower for both in _BOTH):
            for key in list(self._controls)[-2:]:
                self._add(default, key)
        elif (self._is_of_change(lower) or is_bare(sentence)) and not known(default, self._of_change):
            self._of_change = [*self._of_change, default][:_MOST_DEFAULTS]

    def _is_of_change(self, lower: str) -> bool:
        """Whether a sentence speaks of the change, by a word for it or by its name in the title."""
        subject = _SUBJECT.match(lower)
        return any(change in lower for change in _CHANGE) or bool(subject and subject[1] in self._title.lower())

    def _note(self, sentence: str) -> list[str]:
        """Keeps the controls that a sentence names, and gives their keys: what is set before where it is set."""
        keys: list[str] = []
        for name in names(sentence, self._title, self._place, self._bold):
            key = self._keep(name, sentence)
            if key:
                keys.append(key)
        way = next((key for key in reversed(keys) if self._controls[key].kind == "path"), "")
        self._way = way if way and _ENDS_IN.search(sentence, max(0, len(sentence) - _END)) else ""
        return sorted(keys, key=lambda key: self._controls[key].kind == "path")

    def _keep(self, name: Name, words: str) -> str:
        """Keeps a control by the words that name it first, and gives its key; empty where there is no room for it."""
        key = _key(name)
        if any(known.endswith(f" {key}") for known in self._controls):  # the same by a shorter name
            return ""
        if len(self._controls) < _MOST:
            self._controls.setdefault(key, Control(name.kind, name.text, words.strip()[:_LONGEST_WORDS]))
        return key if key in self._controls else ""

    def _go_on(self, step: str, text: str) -> None:
        """The path of the step before leads on to what this step opens."""
        before = self._controls.get(self._way)
        name = f"{before.name if before else self._home} > {step}"
        way = _key(Name("path", name))
        if len(name) > _LONGEST_NAME or name.count(" > ") > _MOST_STEPS or way in self._controls:
            return
        control = Control("path", name, before.words if before else text.strip()[:_LONGEST_WORDS])
        if before:
            control = replace(control, defaults=before.defaults)
            self._controls = {
                (way if key == self._way else key): (control if key == self._way else each)
                for key, each in self._controls.items()
            }
        elif len(self._controls) < _MOST:
            self._controls[way] = control
        else:
            return
        self._last, self._way, self._home = way, way, ""

    def _add(self, default: ControlDefault, key: str) -> None:
        control = self._controls.get(key)
        if control and not known(default, control.defaults) and len(control.defaults) < _MOST_DEFAULTS:
            self._controls[key] = replace(control, defaults=(*control.defaults, default))


def _is_home(control: Control) -> bool:
    """Whether it is an admin center as a whole."""
    return control.kind == "path" and " > " not in control.name


def _takes(control: Control, default: ControlDefault) -> bool:
    """Whether a default of the change can be that of a control.

    An admin center as a whole, or a part of the registry, holds many things. Policies that one makes for the change do
    not exist before, so that they can only be said to be off.
    """
    if _is_home(control) or control.name.startswith("HK") or _LOOKED_AT.search(control.name):
        return False
    if control.kind == "path" and _SHOWN.search(control.words):
        return False
    return not (is_on(default) and _HOLDS_MANY.search(control.name))


def _once(controls: list[Control]) -> list[Control]:
    """The controls without those that are named again as the parameter of a cmdlet, which takes their default.

    Nor an admin center of which a page is named.
    """
    homes = {control.name.lower().partition(" > ")[0] for control in controls if not _is_home(control)}
    cmdlets = {control.name.rpartition(" -")[2].lower(): control for control in controls if control.kind == "cmdlet"}
    doubles = {control.name.lower(): control for control in controls if control.kind != "cmdlet"}
    controls = [control for control in controls if not (control.name in _ANY and _is_told_better(control, controls))]
    return [
        replace(control, defaults=control.defaults or double.defaults)
        if control.kind == "cmdlet" and (double := doubles.get(control.name.rpartition(" -")[2].lower()))
        else control
        for control in controls
        if control.kind == "cmdlet"
        or (control.name.lower() not in cmdlets and not (_is_home(control) and control.name.lower() in homes))
    ]


def _is_told_better(control: Control, controls: list[Control]) -> bool:
    """Whether another one is one of the policies of which this name only says the kind."""
    kind = control.name.lower().removesuffix("ies")
    return any(other is not control and kind in other.words.lower() and other.kind == "policy" for other in controls)


def _key(name: Name) -> str:
    """A control's name without what is spelled now so, now so."""
    return _NOUN.sub("", _JOINT.sub(" & ", name.text.lower())).removesuffix("s")
