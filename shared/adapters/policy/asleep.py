"""A policy put to sleep and woken: the same text with one line more, or without it."""

import re
from collections.abc import Sequence

import yaml

from shared.adapters.policy.yaml_lines import parse

_LINE = "asleep: true  # until `foresignal wake`\n"
_MARK = "\ufeff"
_FIRST = rf"(?:^|(?<={_MARK}))"
_ANY_LINE = re.compile(rf"{_FIRST}asleep[ \t]*:[^\n]*(?:\n|\Z)", re.MULTILINE)
_BEGIN = re.compile(rf"{_FIRST}---[ \t]*(?:#[^\n]*)?\r?\n", re.MULTILINE)
_TRUE = re.compile(rf"{_FIRST}asleep[ \t]*:[ \t]*true\b", re.MULTILINE)
_KEY = "asleep"


def asleep_text(text: str) -> str:
    """The policy asleep. Comments stay, unless its YAML leaves no room for a line; of faulty YAML nobody can tell."""
    bare = _ANY_LINE.sub("", text)
    return _like(text, [f"{bare[:at]}{_LINE}{bare[at:]}" for at in _places(bare)], asleep=True)


def awake_text(text: str) -> str:
    """The policy awake: what `asleep_text` was made of."""
    return _like(text, [_ANY_LINE.sub("", text)], asleep=False)


def sleeps(text: str) -> bool:
    """Whether a policy says that it sleeps, with or without faults."""
    data = parse(text, "").data
    return data.get(_KEY) is True if isinstance(data, dict) else bool(_TRUE.search(text))


def _places(text: str) -> list[int]:
    """Where the line can stand: at the top, or where the document begins."""
    begin = _BEGIN.search(text)
    return [len(_MARK) if text.startswith(_MARK) else 0, *([begin.end()] if begin else [])]


def _like(before: str, candidates: Sequence[str], *, asleep: bool) -> str:
    """The first text that says what `before` says but for the one key, else the same values without comments."""
    data = parse(before, "").data
    if not isinstance(data, dict):
        return candidates[0]
    wanted = {key: value for key, value in data.items() if key != _KEY} | ({_KEY: True} if asleep else {})
    faulty = bool(parse(before, "").faults)
    for after in candidates:
        parsed = parse(after, "")
        if parsed.data == wanted and (faulty or not parsed.faults):
            return after
    return yaml.safe_dump(wanted, sort_keys=False, allow_unicode=True, width=120)
