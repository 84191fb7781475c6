"""A second reading as it stands with its edition, in the row of a change. Loaded only where there is one."""

from collections.abc import Mapping
from typing import Any

from shared.core.changes.second import SecondField, SecondReading
from shared.core.changes.settled import FieldValue, from_label, holding
from shared.core.posts.classification import FieldName
from shared.core.times import stored_moment, when


def second_to_json(second: SecondReading) -> dict[str, Any]:
    return {
        "asked_at": second.asked_at.isoformat(),
        "use": second.use,
        "times": second.times,
        "held_until": second.held_until.isoformat() if second.held_until else "",
        "closed_at": second.closed_at.isoformat() if second.closed_at else "",
        "silent": second.silent,
        "by": second.by,
        "fields": {name: [_value(name, each.value), each.quote, each.fell] for name, each in second.fields.items()},
        "superseded_by": second.superseded_by,
        "tokens": [second.tokens_in, second.tokens_out],
    }


def second_from_json(data: Mapping[str, Any]) -> SecondReading:
    """The second reading that `second_to_json` wrote."""
    return SecondReading(
        asked_at=stored_moment(data["asked_at"]),
        use=data["use"],
        times=data["times"],
        held_until=when(data["held_until"]),
        closed_at=when(data["closed_at"]),
        silent=data["silent"],
        by=data["by"],
        fields={
            name: SecondField(None if value is None else from_label(name, value), quote, fell)
            for name, (value, quote, fell) in data["fields"].items()
        },
        superseded_by=data["superseded_by"],
        tokens_in=data["tokens"][0],
        tokens_out=data["tokens"][1],
    )


def _value(name: FieldName, value: FieldValue) -> Any:
    """As `foresignal classify` prints it, each rollout with its words; None where there was no value of the field."""
    if value is None:
        return None
    return holding(name, value).to_json()[name]
