"""Only the floor `record` knows tables: nobody else calls one, builds a row, a write or a key, or names a range."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.core import names

ROOT = Path(__file__).resolve().parents[1]
KNOW_TABLES = ("shared/record/", "shared/adapters/storage/", "shared/adapters/tickets/webhook/memory.py")
"""The floor, the adapter behind the port, and the one adapter that keeps a table of its own."""
_METHODS = {"get", "range", "scan", "commit"}
_PORT = "shared.core.ports.storage"
_KEY = re.compile(r"[certkn][|}]")  # as the keys of table `changes` begin


def faults(source: str) -> list[str]:
    """What a module does that only the record may do, one line each."""
    tree = ast.parse(source)
    return [f"{line}: {text}" for line, text in sorted(set(_faults(tree, _tables(tree))))]


def _faults(tree: ast.Module, tables: set[str]) -> Iterator[tuple[int, str]]:
    rows = _imported(tree)
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(attr=attr, value=value) if attr in _METHODS and _name(value) in tables:
                yield node.lineno, f"uses Tables.{attr}"
            case ast.Attribute(attr="TABLE") | ast.alias(name="TABLE"):
                yield node.lineno, "names a table"
            case ast.Call(func=func) if rows.get(_name(func)) in {"Row", "Write"}:
                yield node.lineno, f"builds a {rows[_name(func)]}"
            case ast.Call() if any(_name(each) in tables for each in _arguments(node)):
                for each in _arguments(node):
                    if isinstance(each, ast.Constant) and each.value in names.TABLES:
                        yield node.lineno, f"names table {each.value!r}"
            case ast.ImportFrom(module="shared.record.change_keys" | "shared.record.packing"):
                yield node.lineno, "builds keys or columns"
            case ast.Constant(value=str(text)) if _KEY.match(text):
                yield node.lineno, f"names a key or a range: {text!r}"


def _name(node: ast.expr) -> str:
    """The last name of an expression: `tables` for `deps.storage.tables`, `self._tables` and `tables`."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name.lstrip("_")
    return ""


def _arguments(call: ast.Call) -> list[ast.expr]:
    return [*call.args, *(keyword.value for keyword in call.keywords)]


def _tables(tree: ast.Module) -> set[str]:
    """The names of the port in a module: `tables`, what is annotated as one, and what is assigned from it."""
    found = {"tables"}
    for node in ast.walk(tree):
        match node:
            case ast.arg(arg=name, annotation=ast.expr() as kind) if "Tables" in ast.unparse(kind):
                found.add(name.lstrip("_"))
            case ast.AnnAssign(target=target, annotation=kind) if re.search(r"\bTables\b", ast.unparse(kind)):
                found.add(_name(target))
            case ast.Assign(targets=targets, value=value) if _name(value) == "tables":
                found.update(_name(target) for target in targets)
    return found - {""}


def _imported(tree: ast.Module) -> dict[str, str]:
    """The port's own names, by what the module calls them; `Row` and `Write` of a module that is imported whole."""
    found = {"Row": "Row", "Write": "Write"}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == _PORT:
            found |= {alias.asname or alias.name: alias.name for alias in node.names}
    return found


def test_only_the_record_knows_tables_rows_and_keys():
    wrong = {
        place: found
        for folder in ("shared", "functions", "sandbox")
        for path in (ROOT / folder).rglob("*.py")
        if not (place := path.relative_to(ROOT).as_posix()).startswith(KNOW_TABLES)
        if (found := faults(path.read_text(encoding="utf-8")))
    }

    assert not wrong


@pytest.mark.parametrize(
    "line",
    [
        "await deps.storage.tables.get(name, partition, key)",
        "scan = self._tables.scan",
        "async def read(storage: Tables): await storage.range(name, partition, low, high)",
        "t = deps.storage.tables\nawait t.commit(name, writes)",
        'Row("partition", "key", {})',
        "from shared.core.ports.storage import Write as W\nW('insert', row)",
        "storage.Write('insert', row)",
        'await write_or_skip(deps.storage.tables, "parked", write)',
        "print(changes.TABLE)",
        "from shared.record.parked import TABLE",
        "from shared.record.change_keys import span",
        'low = f"c|{number}"',
        'low, high = "c|", "c}"',
    ],
)
def test_what_only_the_record_may_do_is_seen(line):
    assert faults(line)


@pytest.mark.parametrize(
    "line",
    [
        'await deps.storage.queues.send("tasks", envelope)',
        'await park(deps, "changes", body, first_seen, reason)',
        'await closings_in(deps.storage.tables, month, "ticket")',
        "policy.tables and found.get(key)",
        "from shared.core.ports.storage import Tables, Write",
        'key = f"ticket|{system}"',
    ],
)
def test_queues_that_have_the_name_of_a_table_and_values_handed_on_are_let_be(line):
    assert not faults(line)
