"""Values of fields as a person types them; PermanentError says what was meant to stand there (pure)."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, cast, get_args

from shared.core.changes.settled import FieldValue
from shared.core.errors import PermanentError
from shared.core.posts.classification import FIELD_NAMES, FieldName, Interval, Window
from shared.core.terms import Action, Cloud, Default, Impact, Kind, Phase, Status
from shared.core.times import FIRST_YEAR, LAST_YEAR

ROLLOUTS_FORM = "PHASE CLOUDS [START] [to END], a `;` between two, such as "
ROLLOUTS_EXAMPLE = "ga worldwide,gcc 2026-05-01..2026-05-10 to 2026-06-30; preview worldwide 2026-04-01"
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "status": get_args(Status),
    "kind": get_args(Kind),
    "admin_impact": get_args(Impact),
    "user_impact": get_args(Impact),
    "default": get_args(Default),
    "action": get_args(Action),
}
_PHASES, _CLOUDS = get_args(Phase), get_args(Cloud)
_YES, _NO = frozenset({"yes", "true"}), frozenset({"no", "false"})
_MOST_ROLLOUTS = 40
_LONGEST = 60  # characters of what was typed that an error repeats


def choices(name: FieldName) -> tuple[str, ...]:
    """The words among which a person chooses for a field; none for days and rollouts, which are typed."""
    return ("yes", "no") if name in {"crb", "training"} else _CHOICES.get(name, ())


def field_named(text: str) -> FieldName:
    """The field of that name."""
    name = text.strip().casefold().replace("-", "_")
    if name not in FIELD_NAMES:
        raise PermanentError(f"{_short(text)} is no field that can be settled; known are {', '.join(FIELD_NAMES)}")
    return name


def typed_value(name: FieldName, text: str) -> FieldValue:
    """The value that the words mean."""
    typed = text.strip()
    if name == "rollouts":
        return _rollouts(typed)
    word = typed.casefold()
    if name == "act_by":
        return None if word == "none" else _day(name, typed)
    if name in {"crb", "training"}:
        if word not in _YES | _NO:
            raise PermanentError(f"{name} is yes or no, not {_short(text)}")
        return word in _YES
    if word not in _CHOICES[name]:
        raise PermanentError(f"{name} cannot be {_short(text)}; it is one of {', '.join(_CHOICES[name])}")
    return word


def as_typed(value: FieldValue) -> str:
    """The words that mean the value."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return "; ".join(map(_window_as_typed, value)) or "none"
    return str(value or "none")


def _window_as_typed(window: Window) -> str:
    start = _interval_as_typed(window.start) if window.start else ""
    end = f"to {_interval_as_typed(window.end)}" if window.end else ""
    return " ".join(filter(None, (window.phase, ",".join(window.clouds) or "-", start, end)))


def _interval_as_typed(days: Interval) -> str:
    return f"{days.first}" if days.first == days.last else f"{days.first}..{days.last}"


def _rollouts(text: str) -> tuple[Window, ...]:
    """The rollouts, typed as ROLLOUTS_FORM says, or as the JSON list that `foresignal classify` prints."""
    if text.casefold() == "none":
        return ()
    windows = _from_json(text) if text.startswith("[") else [_window(part) for part in text.split(";") if part.strip()]
    if not windows:
        raise PermanentError(f"rollouts are {ROLLOUTS_FORM}{ROLLOUTS_EXAMPLE!r}; or none")
    if len(windows) > _MOST_ROLLOUTS:
        raise PermanentError(f"{len(windows)} rollouts are too many; at most {_MOST_ROLLOUTS}")
    return tuple(windows)


def _window(text: str) -> Window:
    words = re.sub(r"\s*,\s*", ",", re.sub(r"\s*\.\.\s*", "..", text.strip())).split()
    if len(words) < 3:
        raise PermanentError(f"rollout {_short(text)} is not complete; it is {ROLLOUTS_FORM}{ROLLOUTS_EXAMPLE!r}")
    phase, clouds, *days = words
    match [each.casefold() for each in days]:
        case [first] if first != "to":
            return _checked(phase, clouds.split(","), _interval(first), None)
        case ["to", last]:
            return _checked(phase, clouds.split(","), None, _interval(last))
        case [first, "to", last]:
            return _checked(phase, clouds.split(","), _interval(first), _interval(last))
    raise PermanentError(f"the days of rollout {_short(text)} are not clear; they are [START] [to END]")


def _from_json(text: str) -> list[Window]:
    try:
        data = json.loads(text)
        return [_checked(each["phase"], each["clouds"], _ends(each, "start"), _ends(each, "end")) for each in data]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise PermanentError("rollouts are not the JSON list that `foresignal classify` prints") from error


def _ends(data: Mapping[str, Any], name: str) -> Interval | None:
    days = data.get(name)
    return _interval("..".join(days)) if days else None


def _interval(text: str) -> Interval:
    first, _, last = text.partition("..")
    days = _day("rollouts", first), _day("rollouts", last or first)
    if days[0] > days[1]:
        raise PermanentError(f"{_short(text)} ends before it begins")
    return Interval(*days)


def _checked(phase: str, clouds: Sequence[str], start: Interval | None, end: Interval | None) -> Window:
    known = [cloud for name in clouds for cloud in _CLOUDS if cloud == name.casefold()]
    if phase.casefold() not in _PHASES:
        raise PermanentError(f"{_short(phase)} is no phase; it is one of {', '.join(_PHASES)}")
    if len(known) != len(clouds) or not clouds:
        raise PermanentError(f"clouds {_short(','.join(clouds))} are not known; they are {', '.join(_CLOUDS)}")
    if not start and not end:
        raise PermanentError("a rollout without any day says nothing; give it a day, or leave it out")
    if start and end and start.first > end.last:
        raise PermanentError(f"a rollout that begins {start.first} cannot be complete by {end.last}")
    return Window(cast(Phase, phase.casefold()), tuple(dict.fromkeys(known)), start, end)


def _day(name: str, text: str) -> date:
    try:
        typed = date.fromisoformat(text)
    except ValueError:
        typed = date.min
    if not FIRST_YEAR <= typed.year <= LAST_YEAR:
        none = ", or none" if name == "act_by" else ""
        raise PermanentError(f"{name}: {_short(text)} is no day such as 2026-05-31{none}")
    return typed


def _short(text: str) -> str:
    return repr(text if len(text) <= _LONGEST else text[:_LONGEST] + "…")
