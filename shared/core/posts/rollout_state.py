"""Microsoft's own rollout state of a roadmap item in one tenant (`details.FeatureStatusJson`), read and told (pure)."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from shared.core.times import post_time

#: Microsoft's name of a status, in lower case without spaces, and what it is called here; in the order of telling.
_STATUSES = {
    "launched": "Launched",
    "inrollout": "Rolling out",
    "rollingout": "Rolling out",
    "scheduled": "Scheduled",
    "featurerolloutstatusnotsupported": "Not supported",
    "notsupported": "Not supported",
}
_RINGS = {"targetedrelease": "targeted release", "standardrelease": "standard release"}
_EVERYWHERE = "All"  # Microsoft's row for all platforms at once
# Real texts end at 3,000 characters and 20 rows.
_READ_LIMIT = 100_000
_ROWS_LIMIT = 100
_WORD_LIMIT = 60


@dataclass(frozen=True, slots=True)
class RolloutState:
    """How far Microsoft is with one roadmap item on one platform; `status` and `ring` in plain words, "" not told."""

    roadmap_id: str
    platform: str
    status: str
    ring: str
    updated: datetime | None


def rollout_states(text: str) -> tuple[RolloutState, ...]:
    """Every state that the JSON text tells, in one order whatever its own; nothing of what cannot be read."""
    try:
        content = json.loads(text[:_READ_LIMIT])
    except (ValueError, RecursionError):
        return ()
    states = {_state(roadmap_id, row) for roadmap_id, row in _rows(content)}
    with_status = sorted((state for state in states if state.status), key=_order)
    return tuple(with_status[:_ROWS_LIMIT])


def rollout_lines(text: str) -> tuple[str, ...]:
    """One line for each roadmap item: "Roadmap 912311: Launched on Desktop, Mac; Scheduled on Web"."""
    items: dict[str, dict[str, list[str]]] = {}
    for state in rollout_states(text):
        ring = f" to {state.ring}" if state.ring and state.status == "Rolling out" else ""
        platforms = items.setdefault(state.roadmap_id, {}).setdefault(state.status + ring, [])
        if state.platform and state.platform not in platforms:
            platforms.append(state.platform)
    return tuple(
        f"{f'Roadmap {item}' if item else 'Rollout'}: {'; '.join(_clauses(statuses))}"
        for item, statuses in items.items()
    )


def _rows(content: object) -> Iterator[tuple[str, dict[str, object]]]:
    """Roadmap id and row; {id: [row, ...]} as Microsoft sends it, and a bare list or row as well."""
    groups = content.items() if isinstance(content, dict) and not _is_row(content) else [("", content)]
    for name, rows in groups:
        for row in rows if isinstance(rows, list) else [rows]:
            if isinstance(row, dict):
                yield str(name), row


def _is_row(value: dict[str, object]) -> bool:
    return isinstance(value.get("Status"), str)


def _state(roadmap_id: str, row: dict[str, object]) -> RolloutState:
    status, ring = _word(row, "Status"), _word(row, "LatestRing")
    return RolloutState(
        roadmap_id=(_word(row, "RoadmapId") or roadmap_id)[:_WORD_LIMIT],
        platform=_word(row, "Platform"),
        status=_STATUSES.get(_plain(status), status),
        ring=_RINGS.get(_plain(ring), ring),
        updated=post_time(_word(row, "LastUpdateTime")),
    )


def _word(row: dict[str, object], name: str) -> str:
    value = row.get(name)
    if isinstance(value, str):
        return " ".join(value.split())[:_WORD_LIMIT]
    whole = isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**_WORD_LIMIT
    return str(value) if whole else ""


def _plain(word: str) -> str:
    return word.replace(" ", "").lower()


def _order(state: RolloutState) -> tuple[object, ...]:
    order = list(_STATUSES.values())
    rank = order.index(state.status) if state.status in order else len(order)
    updated = state.updated.timestamp() if state.updated else 0.0
    return state.roadmap_id.zfill(_WORD_LIMIT), rank, state.status, state.ring, state.platform, updated


def _clauses(statuses: dict[str, list[str]]) -> Iterator[str]:
    """Each status with its platforms; the row for all of them is left out where they are named one by one."""
    named = any(platform != _EVERYWHERE for platforms in statuses.values() for platform in platforms)
    for status, platforms in statuses.items():
        names = [platform for platform in platforms if platform != _EVERYWHERE]
        if names:
            yield f"{status} on {', '.join(names)}"
        elif not named:
            yield status
