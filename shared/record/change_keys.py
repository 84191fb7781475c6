"""Where rows stand in table `changes`, which files of this floor share: its name, its keys and its ranges."""

from collections.abc import Iterable
from typing import Literal
from urllib.parse import quote

from shared.core import ids
from shared.core.cards.occasions import is_occasion
from shared.record.packing import END

TABLE = "changes"

EVERY_CHANGE = ("c|", "c}")
"""The range of keys of all changes, each followed by its effects."""
EVERY_COPY = ("t|", "t}")
EVERY_EDITION = ("e|", f"e|{END}")
EVERY_RELATION = ("r|", "r}")
EVERY_TASK = ("k|", "k}")


def change_key(change_id: str) -> str:
    return f"c|{ids.key(change_id)}"


def assessment_key(change_id: str) -> str:
    return f"c|{ids.key(change_id)}|a"


def act_key(change_id: str, seq: int) -> str:
    """Six digits, so that acts sort as they were made."""
    return f"n|{ids.key(change_id)}|{seq:06d}"


def note_key(change_id: str, place: str, what: str, who: str) -> str:
    """An act that decides nothing, under the card or form that it came through: sent again, it stands there already."""
    return f"n|{ids.key(change_id)}|{_part(place)}|{_part(what)}|{_part(who)}"


def _part(text: str) -> str:
    return quote(text, safe="@.:~ -")


def effect_key(change_id: str, effect: str) -> str:
    return f"c|{ids.key(change_id)}|x|{effect}"


def edition_key(change_id: str, edition: str) -> str:
    return f"e|{ids.key(change_id)}|{edition}"


def copy_key(change_id: str, tenant: str) -> str:
    return f"t|{ids.key(change_id)}|{tenant}"


def task_key(change_id: str, tenant: str, task: str) -> str:
    return f"k|{ids.key(change_id)}|{tenant}|{quote(task, safe='')}"


def written_key(change_id: str, tenant: str, task: str) -> str:
    """What we wrote into a task; as `task_key`."""
    return f"w|{ids.key(change_id)}|{tenant}|{quote(task, safe='')}"


def relation_key(change_id: str, kind: str, other: str) -> str:
    return f"r|{ids.key(change_id)}|{kind}|{ids.key(other)}"


def id_of(key: str) -> str:
    """The change that a row of any kind belongs to."""
    return ids.from_key(key.split("|", 2)[1])


RowKind = Literal["change", "assessment", "effect", "act", "copy", "note", "edition", "task", "relation", "written", ""]
_SIMPLE: dict[tuple[str, int], RowKind] = {
    ("c", 2): "change",
    ("t", 3): "copy",
    ("e", 3): "edition",
    ("k", 4): "task",
    ("r", 4): "relation",
    ("w", 4): "written",
}


_NOTES = frozenset({"comment", "outcome", "proposal", "remind", "unclear"})


def kind_of(key: str) -> RowKind:
    """What the row is; empty for a kind that this version does not know, which every reader passes over.

    Later versions add kinds (another letter, more parts, another effect), and one that is taken back meets their rows.
    """
    parts = key.split("|")
    if parts[0] == "c" and parts[2:3] == ["x"]:
        return "effect" if _is_known_effect(parts[3:]) else ""
    if parts[0] == "c" and parts[2:] == ["a"]:
        return "assessment"
    if parts[0] == "n":
        if len(parts) == 5 and parts[3].partition("@")[0] in _NOTES:
            return "note"
        return "act" if len(parts) == 3 and parts[2].isdecimal() else ""
    return _SIMPLE.get((parts[0], len(parts)), "")


def _is_known_effect(parts: list[str]) -> bool:
    """A ticket, or a card of an edition: those begin with a digit, and what else occasions a card with a letter."""
    match parts:
        case ["ticket", _]:
            return True
        case ["card", _, occasion]:
            return not occasion[:1].isalpha() or is_occasion(occasion)
    return False


def span(kind: str, change_ids: Iterable[str]) -> tuple[str, str]:
    """The range of keys of one kind over these changes, as `Tables.range` takes it."""
    numbers = sorted(ids.key(change_id) for change_id in change_ids)
    return f"{kind}|{numbers[0]}", f"{kind}|{numbers[-1]}{END}"


def span_alone(change_id: str) -> tuple[str, str]:
    """The range of keys of a change and its assessment, without its effects."""
    key = change_key(change_id)
    return key, f"{key}|b"
