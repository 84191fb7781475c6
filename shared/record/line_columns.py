"""Many lines as columns, which compress well: for each kind of part whose it is, its versions, and each value in turn.

    {"ids": ["MC1", "MC2"], "kinds": {"ticket": {"of": [1], "members": ["crb"], "versions": ["00000003"],
    "values": {"number": ["CHG1"]}}}}

`of` counts on from the part before: 0 is the same line, 1 the next. Kinds and values that only a later version knows
are carried along.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from shared.core import ids
from shared.core.life.line import Line, Part, Value


def to_columns(lines: Iterable[Line]) -> dict[str, Any]:
    """The lines as JSON, in order of their ids."""
    in_order = sorted(lines, key=lambda line: ids.number(line.id))
    kinds: dict[str, list[tuple[int, Part]]] = defaultdict(list)
    for at, line in enumerate(in_order):
        for part in line.parts:
            kinds[part.kind].append((at, part))
    return {"ids": [line.id for line in in_order], "kinds": {kind: _kind(kinds[kind]) for kind in sorted(kinds)}}


def _kind(parts: list[tuple[int, Part]]) -> dict[str, Any]:
    names = sorted({name for _, part in parts for name in part.places})
    places = [at for at, _ in parts]
    members = [part.member for _, part in parts]
    columns: dict[str, Any] = {
        "of": [at - before for at, before in zip(places, [0, *places], strict=False)],
        "versions": [part.version for _, part in parts],
        "values": {name: [part.get(name) for _, part in parts] for name in names},
    }
    return {**columns, "members": members} if any(members) else columns


def from_columns(data: Mapping[str, Any]) -> dict[str, Line]:
    """The lines again, by id; equal values are one object. ValueError, KeyError or TypeError where it is damaged."""
    parts: list[list[Part]] = [[] for _ in data["ids"]]
    shared: dict[Value, Value] = {}
    for kind in sorted(data["kinds"]):
        columns = data["kinds"][kind]
        values = columns["values"]
        places = {name: place for place, name in enumerate(values)}
        rows = zip(*(map(_tuples, values[name]) for name in places), strict=True) if values else iter(lambda: (), None)
        members = columns.get("members") or [""] * len(columns["versions"])
        at = 0
        for step, member, version, row in zip(columns["of"], members, columns["versions"], rows, strict=False):
            at += step
            name = shared.setdefault(f"{kind}|{member}" if member else kind, f"{kind}|{member}" if member else kind)
            own = tuple([value if isinstance(value, bool) else shared.setdefault(value, value) for value in row])
            parts[at].append(Part(str(name), version, places, own))
    return {
        change_id: Line(change_id, tuple(sorted(own, key=lambda part: part.name)))
        for change_id, own in zip(data["ids"], parts, strict=True)
    }


def _tuples(value: Any) -> Value:
    return tuple(_tuples(each) for each in value) if isinstance(value, list) else value
