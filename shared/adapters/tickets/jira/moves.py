"""Which of the transitions that Jira offers cancels an issue or opens it again; their ids say nothing."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from shared.adapters.tickets.jira.issue import CALLED_OFF, state_of
from shared.adapters.tickets.jira.settings import Settings
from shared.core.terms import ENDED

_AGAIN = ("assess", "new", "authorize", "scheduled", "implement")  # the first that is offered is taken
Transition = Mapping[str, Any]


def choose(settings: Settings, offered: Sequence[Transition], how: str) -> dict[str, Any] | None:
    """The body of the move, with what the transition's screen requires; None where there is no such way."""
    ways = _to_cancelled(settings, offered) if how == "cancel" else _to_open(settings, offered)
    return next(ways, None)


def _to_cancelled(settings: Settings, offered: Sequence[Transition]) -> Iterator[dict[str, Any]]:
    for transition in offered:
        if state_of(settings, transition["to"]) == "cancelled":
            body = _body(settings, transition)
            if body:
                yield body
    for transition in offered:  # an end with a resolution that says that nothing was done
        resolution = _resolution(settings, transition)
        if resolution and state_of(settings, transition["to"], resolution) == "cancelled":
            body = _body(settings, transition, resolution)
            if body:
                yield body


def _to_open(settings: Settings, offered: Sequence[Transition]) -> Iterator[dict[str, Any]]:
    ranked = []
    for transition in offered:
        state = state_of(settings, transition["to"])
        done = (transition["to"].get("statusCategory") or {}).get("key") == "done"
        if state not in ENDED and not done:
            ranked.append((_AGAIN.index(state) if state in _AGAIN else len(_AGAIN), transition))
    for _, transition in sorted(ranked, key=lambda pair: pair[0]):
        body = _body(settings, transition)
        if body:
            yield body


def _body(settings: Settings, transition: Transition, resolution: str = "") -> dict[str, Any] | None:
    fields = transition.get("fields") or {}
    needed = {name for name, field in fields.items() if field.get("required") and not field.get("hasDefaultValue")}
    given = {"resolution": {"name": resolution}} if resolution else {}
    if "resolution" in needed and not resolution:
        resolution = _resolution(settings, transition)
        given = {"resolution": {"name": resolution}} if resolution else {}
    if needed - given.keys():
        return None
    return {"transition": {"id": transition["id"]}, **({"fields": given} if given else {})}


def _resolution(settings: Settings, transition: Transition) -> str:
    """The policy's resolution, else the first that says that nothing was done, of those that the screen offers."""
    field = (transition.get("fields") or {}).get("resolution") or {}
    offered = {
        str(value.get("name")).casefold().replace("’", "'"): str(value.get("name"))
        for value in field.get("allowedValues") or ()
    }
    for name in (settings.resolution.casefold(), *CALLED_OFF):
        if name in offered:
            return offered[name]
    return ""
