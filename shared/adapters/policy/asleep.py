"""A policy put to sleep and woken: the same text with one line more, or without it."""

import re

import yaml

from shared.adapters.policy.yaml_lines import parse

_LINE = "asleep: true  # until `foresignal wake`\n"
_ANY_LINE = re.compile(r"^asleep[ \t]*:[^\n]*(?:\n|\Z)", re.MULTILINE)
_KEY = "asleep"


def asleep_text(text: str) -> str:
    """The policy asleep. Comments stay, unless its YAML leaves no room for a line; of faulty YAML nobody can tell."""
    return _like(text, _LINE + _ANY_LINE.sub("", text), asleep=True)


def awake_text(text: str) -> str:
    """The policy awake: what `asleep_text` was made of."""
    return _like(text, _ANY_LINE.sub("", text), asleep=False)


def _like(before: str, after: str, *, asleep: bool) -> str:
    """The text `after` where it says what `before` says but for the one key, else the same values without comments."""
    data = parse(before, "").data
    if not isinstance(data, dict):
        return after
    wanted = {key: value for key, value in data.items() if key != _KEY} | ({_KEY: True} if asleep else {})
    parsed = parse(after, "")
    if parsed.data == wanted and (not parsed.faults or parse(before, "").faults):
        return after
    return yaml.safe_dump(wanted, sort_keys=False, allow_unicode=True, width=120)
