"""The particulars of an edition as JSON and back, in table changes. Words that several editions say are kept once."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from shared.core.posts.particulars import (
    Audience,
    Compliance,
    Control,
    ControlDefault,
    Link,
    Particulars,
    Step,
    WayOut,
)


def particulars_to_json(particulars: Particulars, number: Callable[[str], int]) -> dict[str, Any]:
    """Short values as they are; sentences by the `number` under which the change keeps them."""
    return {
        "audience": [[each.kind, number(each.name), number(each.words)] for each in particulars.audience],
        "controls": [
            [
                each.kind,
                number(each.name),
                number(each.words),
                [[default.state, default.scope] for default in each.defaults],
            ]
            for each in particulars.controls
        ],
        "steps": [[number(each.text), number(each.words), _day(each.day)] for each in particulars.steps],
        "way_out": [[each.kind, number(each.words), _day(each.last_day)] for each in particulars.way_out],
        "compliance": [[each.topic, number(each.question), number(each.answer)] for each in particulars.compliance],
        "links": [[number(each.text), number(each.address)] for each in particulars.links],
    }


def particulars_from_json(data: Mapping[str, Any], pool: Sequence[str]) -> Particulars:
    """What `particulars_to_json` wrote; nothing where an earlier version wrote none."""
    return Particulars(
        audience=tuple(Audience(kind, pool[name], pool[words]) for kind, name, words in data.get("audience", ())),
        controls=tuple(
            Control(kind, pool[name], pool[words], tuple(ControlDefault(*default) for default in defaults))
            for kind, name, words, defaults in data.get("controls", ())
        ),
        steps=tuple(Step(pool[text], pool[words], _date(day)) for text, words, day in data.get("steps", ())),
        way_out=tuple(WayOut(kind, pool[words], _date(day)) for kind, words, day in data.get("way_out", ())),
        compliance=tuple(
            Compliance(topic, pool[question], pool[answer]) for topic, question, answer in data.get("compliance", ())
        ),
        links=tuple(Link(pool[text], pool[address]) for text, address in data.get("links", ())),
    )


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _date(day: str) -> date | None:
    return date.fromisoformat(day) if day else None
