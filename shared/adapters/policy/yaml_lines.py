"""A policy's YAML: strict, every value with its line; only true and false are truth values, no key stands twice."""

import math
import re
from dataclasses import dataclass, field

import yaml

Keys = tuple[int | str, ...]
_MOST = 50_000
"""Values of one file. Aliases inside aliases make billions of a few lines."""


@dataclass(slots=True)
class Parsed:
    """One file: its values, its faults as (line, path, what), and the line of every path."""

    name: str
    data: object = None
    faults: list[tuple[int, str, str]] = field(default_factory=list)
    lines: dict[str, int] = field(default_factory=dict)
    counted: int = 0

    def line(self, path: str) -> int:
        """The line of a path, or of the nearest one above it that stands in the file; 0 where none does."""
        while path and path not in self.lines:
            path = re.sub(r"(?:\.[^.\[\]]*|\[\d+\]|^[^.\[\]]+)$", "", path)
        return self.lines.get(path, 0)


class _Loader(yaml.SafeLoader):
    """Only true and false are booleans, and 10:30 is text: `default: off` and `at: 10:30` mean what they say."""


_Loader.yaml_implicit_resolvers = {}
for _tag, _written, _first in (
    ("bool", r"^(?:true|false)$", "tf"),
    ("null", r"^(?:null|~|)$", ["n", "~", ""]),
    ("int", r"^[-+]?(?:0|[1-9][0-9]*)$", "-+0123456789"),
    ("float", r"^[-+]?[0-9]+\.[0-9]+$", "-+0123456789"),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_written), list(_first))


_PREFIX = "tag:yaml.org,2002:"
_TAGS: dict[type, frozenset[str]] = {
    yaml.ScalarNode: frozenset(_PREFIX + name for name in ("str", "int", "float", "bool", "null")),
    yaml.SequenceNode: frozenset({_PREFIX + "seq"}),
    yaml.MappingNode: frozenset({_PREFIX + "map"}),
}


class _TooLargeError(Exception):
    pass


def parse(text: str, name: str) -> Parsed:
    """The document as plain values; what is wrong with the YAML itself is in `faults`, and nothing is raised."""
    parsed = Parsed(name)
    try:
        loader = _Loader(text)
        node = loader.get_single_node()
        parsed.data = _value(loader, node, (), parsed) if node else None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"column {mark.column + 1}" if mark else ""
        what = ", ".join(filter(None, (error.context, error.problem)))
        parsed.faults = [(mark.line + 1 if mark else 0, where, what)]
        parsed.data = None
    except yaml.YAMLError as error:
        parsed.faults, parsed.data = [(0, "", " ".join(str(error).split()))], None
    except RecursionError:
        parsed.faults, parsed.data = [(0, "", "an alias stands inside what it stands for")], None
    except _TooLargeError:
        parsed.faults, parsed.data = [(0, "", f"holds over {_MOST:,} values: aliases stand inside aliases")], None
    return parsed


def _value(loader: _Loader, node: yaml.Node, at: Keys, parsed: Parsed) -> object:
    parsed.counted += 1
    if parsed.counted > _MOST:
        raise _TooLargeError
    parsed.lines.setdefault(path_of(at), node.start_mark.line + 1)
    if node.tag not in _TAGS[type(node)]:
        tag = node.tag.replace(_PREFIX, "!!")
        what = f"the tag {tag[:50]} means nothing here"
        parsed.faults.append((node.start_mark.line + 1, path_of(at), what))
    if isinstance(node, yaml.SequenceNode):
        return [_value(loader, item, (*at, index), parsed) for index, item in enumerate(node.value)]
    if not isinstance(node, yaml.MappingNode):
        return _scalar(loader, node, at, parsed)
    values: dict[str, object] = {}
    for key_node, value_node in node.value:
        if not isinstance(key_node, yaml.ScalarNode):
            raise yaml.MarkedYAMLError(problem="a key must be text", problem_mark=key_node.start_mark)
        # A key is the text that stands there, so that a team may be called 365.
        key = str(key_node.value)
        line = key_node.start_mark.line + 1
        path = path_of((*at, key))
        if key in values:
            parsed.faults.append((line, path, f"stands twice, here and in line {parsed.lines[path]}"))
        parsed.lines[path] = line
        values[key] = _value(loader, value_node, (*at, key), parsed)
        parsed.lines[path] = line
    return values


def _scalar(loader: _Loader, node: yaml.Node, at: Keys, parsed: Parsed) -> object:
    """Its value; one that is not what its tag says, or a number that no program holds, is a fault with its line."""
    if node.tag not in _TAGS[yaml.ScalarNode]:
        return str(node.value)
    try:
        value = loader.construct_object(node)
        wrong = isinstance(value, float) and not math.isfinite(value)
    except (ValueError, KeyError, OverflowError):
        value, wrong = None, True
    if wrong:
        what = f"{str(node.value)[:30]!r} is no {node.tag.removeprefix(_PREFIX)}"
        parsed.faults.append((node.start_mark.line + 1, path_of(at), what))
        return None
    return value


def path_of(keys: Keys) -> str:
    """As people write it: `routes.routes[0].match`."""
    return "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in keys).removeprefix(".")
