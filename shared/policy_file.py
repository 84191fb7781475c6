"""The policy as a file: strict YAML, its model, and each adapter's own settings; every fault at once with its path."""

import copy
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from shared import adapter
from shared.core.errors import PermanentError
from shared.core.policy import Policy, undefined_names

DEFAULT = Path(__file__).resolve().parents[1] / "config" / "policy.yaml"
"""The policy that ships with the package: in force until an admin pushes another."""

Keys = tuple[int | str, ...]


def load(text: str, name: str) -> Policy:
    """The policy in `text`; PermanentError naming the file and all its faults."""
    data, found = _parse(text, name)
    found = found or _faults_in(data, name)
    if found:
        raise PermanentError(f"{name} has {len(found)} fault{'s' if len(found) > 1 else ''}: {'; '.join(found)}")
    return Policy.model_validate(data)


def faults(text: str, name: str) -> list[str]:
    """Every fault, as `path: what is wrong (what is known)`; `name` stands where a line is all there is."""
    data, found = _parse(text, name)
    return found + ([] if found and data is None else _faults_in(data, name))


def _faults_in(data: object, name: str) -> list[str]:
    if not isinstance(data, dict):
        keys = ", ".join(Policy.model_fields)
        return [f"{name}: {'is empty' if data is None else 'is no mapping'}; it holds the keys {keys}"]
    found = _faults_of_model(Policy, data, (), secret=False)
    whole = _mended(data) if found else Policy.model_validate(data)
    told = {fault.split(": ")[0] for fault in found}
    found += [fault for fault in undefined_names(whole) if fault.split(": ")[0] not in told] if whole else []
    for folder in ("channels", "tickets"):
        found += _faults_of_adapters(folder, data.get(folder))
    return found


# YAML: the plain scalars of YAML 1.2, and no key twice


class _Loader(yaml.SafeLoader):
    """Only true and false are booleans, and 10:30 is text: `default: off` and `at: 10:30` mean what they say."""


_Loader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("bool", r"^(?:true|false)$", "tf"),
    ("null", r"^(?:null|~|)$", ["n", "~", ""]),
    ("int", r"^[-+]?(?:0|[1-9][0-9]*)$", "-+0123456789"),
    ("float", r"^[-+]?[0-9]+\.[0-9]+$", "-+0123456789"),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), list(_first))


def _parse(text: str, name: str) -> tuple[object, list[str]]:
    """The document as plain values, and what is wrong with the YAML itself."""
    found: list[str] = []
    try:
        loader = _Loader(text)
        node = loader.get_single_node()
        return (_value(loader, node, (), name, found) if node else None), found
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        return None, [f"{name}{line}: {', '.join(filter(None, (error.context, error.problem)))}"]
    except yaml.YAMLError as error:
        return None, [f"{name}: {' '.join(str(error).split())}"]
    except RecursionError:
        return None, [f"{name}: an alias stands inside what it stands for"]


def _value(loader: _Loader, node: yaml.Node, at: Keys, name: str, found: list[str]) -> object:
    if isinstance(node, yaml.SequenceNode):
        return [_value(loader, item, (*at, index), name, found) for index, item in enumerate(node.value)]
    if not isinstance(node, yaml.MappingNode):
        return loader.construct_object(node)
    values: dict[str, object] = {}
    for key_node, value_node in node.value:
        if not isinstance(key_node, yaml.ScalarNode):
            raise yaml.MarkedYAMLError(problem="a key must be text", problem_mark=key_node.start_mark)
        # A key is the text that stands there, so that a team may be called 365.
        key = str(key_node.value)
        if key in values:
            found.append(f"{_path((*at, key))}: stands twice ({name}, line {key_node.start_mark.line + 1})")
        values[key] = _value(loader, value_node, (*at, key), name, found)
    return values


# The model's faults, in words


def _faults_of_model(model: type[BaseModel], data: Mapping[str, Any], at: Keys, *, secret: bool) -> list[str]:
    """`secret`: what stands there may be one by mistake, so it is not repeated."""
    try:
        model.model_validate(data)
    except ValidationError as error:
        schema = model.model_json_schema()
        return [
            f"{_path((*at, *_in_file(data, one['loc'])))}: {_in_words(one, schema, secret)}"
            for one in error.errors(include_url=False)
            if one["type"] != "too_short" or not one["input"]  # told as well when all that stands there is wrong
        ]
    return []


def _faults_of_adapters(folder: str, section: object) -> Iterator[str]:
    for name, entry in section.items() if isinstance(section, dict) else ():
        kind = entry.get("kind") if isinstance(entry, dict) else None
        if not isinstance(kind, str):
            continue
        try:
            settings = adapter.module(folder, kind).Settings
        except PermanentError as error:
            yield f"{folder}.{name}.kind: {error}"
            continue
        given = entry.get("settings", {})
        if isinstance(given, dict):
            yield from _faults_of_model(settings, given, (folder, name, "settings"), secret=True)


def _in_file(data: object, loc: Keys) -> Keys:
    """The model's location as it stands in the file: one value that counts as a list has no index there."""
    kept: list[int | str] = []
    for key in loc:
        if key == "[key]" or (isinstance(key, int) and not isinstance(data, list)):
            continue
        kept.append(key)
        data = _under(data, key)
    return tuple(kept)


def _under(data: object, key: int | str) -> object:
    if isinstance(data, dict):
        return data.get(key)
    return data[key] if isinstance(data, list) and isinstance(key, int) and key < len(data) else None


def _path(keys: Keys) -> str:
    return "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in keys).removeprefix(".")


_WORDS = {  # by pydantic's error types
    "missing": "missing",
    "value_error": "{error}",
    "literal_error": "unknown value {said} (known: {expected})",
    "string_type": "must be text, not {said}",
    "model_type": "must be a mapping, not {said}",
    "dict_type": "must be a mapping, not {said}",
    "tuple_type": "must be a list, not {said}",
    "list_type": "must be a list, not {said}",
    "bool_type": "must be true or false, not {said}",
    "bool_parsing": "must be true or false, not {said}",
    "int_type": "must be a whole number, not {said}",
    "int_parsing": "must be a whole number, not {said}",
    "int_from_float": "must be a whole number, not {said}",
    "greater_than_equal": "must be at least {ge}, not {said}",
    "too_short": "must not be empty",
    "string_too_short": "must not be empty",
    "string_pattern_mismatch": "must have the form {pattern}",
}


def _in_words(error: ErrorDetails, schema: Mapping[str, Any], secret: bool) -> str:
    if error["type"] == "extra_forbidden":
        return f"unknown key (known: {', '.join(_known_keys(schema, error['loc'][:-1])) or 'none'})"
    words = _WORDS.get(error["type"])
    if words is None:
        return "is not right" if secret else error["msg"][:1].lower() + error["msg"][1:]
    context = dict(error.get("ctx", {}))
    if "expected" in context:
        context["expected"] = context["expected"].replace(" or ", ", ").replace("'", "")
    return words.format(said=_said(error["input"], secret), **context)


def _said(value: object, secret: bool) -> str:
    if isinstance(value, dict | list | tuple):
        return "a mapping" if isinstance(value, dict) else "a list"
    if value is None or isinstance(value, bool):
        return {None: "nothing", True: "true", False: "false"}[value]
    return "what stands there" if secret else repr(value)


def _known_keys(schema: Mapping[str, Any], loc: Keys) -> list[str]:
    """The keys that the model knows at a location, found through its JSON schema."""

    def variants(part: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        part = schema["$defs"][part["$ref"].rsplit("/", 1)[1]] if "$ref" in part else part
        yield part
        for variant in part.get("anyOf", ()):
            yield from variants(variant)

    here = list(variants(schema))
    for key in loc:
        steps = [
            part.get("properties", {}).get(key) or part.get("additionalProperties") or part.get("items")
            for part in here
        ]
        here = [variant for step in steps if isinstance(step, dict) for variant in variants(step)]
    return [key for part in here for key in part.get("properties", ())]


# A faulty file is mended by leaving out what is wrong, so that the faults of the rest are told as well


def _mended(data: Mapping[str, Any]) -> Policy | None:
    teams = data.get("teams")
    if not isinstance(teams, dict) or not teams:
        return None  # every name of a team would be told as undefined
    rest: dict[str, Any] = copy.deepcopy(dict(data))
    for _ in range(5):
        try:
            return Policy.model_validate(rest)
        except ValidationError as error:
            for one in reversed(error.errors(include_url=False)):
                _mend(rest, _in_file(rest, one["loc"]), one["type"], next(iter(teams)))
    return None


def _mend(data: dict[str, Any], loc: Keys, wrong: str, team: str) -> None:
    """Take out what is `wrong`; what others refer to by name or index stays, with something harmless inside."""
    *above, last = loc
    place: Any = data
    for key in above:
        place = _under(place, key)
    path = _path(loc)
    harmless = {"team": team, "routes": {"team": team}, "tenants": {"any": {}}, "services": [path]}
    if wrong == "missing":
        place[last] = harmless.get(str(last), path)
    elif wrong == "model_type":
        place[last] = harmless.get(str(last), {})
    elif isinstance(place, dict):
        place.pop(last, None)
    elif above[-1] == "services":
        place[last] = path
    else:
        del place[last]
