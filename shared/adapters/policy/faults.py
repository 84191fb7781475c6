"""What is wrong with a policy's values, in words for the person who wrote them; each as (path, what)."""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from shared.adapters import registry
from shared.adapters.policy.yaml_lines import Keys, path_of
from shared.core.errors import PermanentError
from shared.core.policy.check import did_you_mean

Fault = tuple[str, str]
PLACEHOLDER = "CHANGE-ME"
"""What `foresignal init` writes where only a person knows what belongs there."""
UNFILLED = f"is still to be filled in: {PLACEHOLDER} stands for what only you know"
_NOBODY = "00000000-0000-0000-0000-000000000000"  # the same, as older versions wrote it
_HIDDEN = "what stands there"


def faults_of_model(model: type[BaseModel], data: Mapping[str, Any], at: Keys, *, secret: bool) -> list[Fault]:
    """`secret`: what stands there may be one by mistake, so it is not repeated."""
    try:
        model.model_validate(data)
    except ValidationError as error:
        schema = model.model_json_schema()
        return [
            (path_of((*at, *in_file(data, entry["loc"]))), _in_words(entry, schema, secret))
            for entry in error.errors(include_url=False)
            if entry["type"] != "too_short" or not entry["input"]  # told as well when all that stands there is wrong
        ]
    return []


def faults_of_adapters(folder: str, section: object) -> Iterator[Fault]:
    for name, entry in section.items() if isinstance(section, dict) else ():
        yield from _faults_of_adapter(folder, (folder, name), entry)


def faults_of_reader(entry: object) -> Iterator[Fault]:
    """Of the second reader, of which a policy has one or none."""
    yield from _faults_of_adapter("readers", ("reader",), entry)


def _faults_of_adapter(folder: str, at: Keys, entry: object) -> Iterator[Fault]:
    kind = entry.get("kind") if isinstance(entry, dict) else None
    if not isinstance(entry, dict) or not isinstance(kind, str):
        return
    try:
        settings = registry.module(folder, kind).Settings
    except PermanentError as error:
        yield path_of((*at, "kind")), f"{error}{did_you_mean(kind, registry.kinds(folder))}"
        return
    own_settings = entry.get("settings", {})
    if isinstance(own_settings, dict):
        yield from faults_of_model(settings, own_settings, (*at, "settings"), secret=True)


_NO_WAY_BACK = (
    "tickets of kind {kind} are never sent back to assessment; write `note`: the ticket asks people to assess it again"
)


def objections_of_adapters(folder: str, section: object) -> Iterator[Fault]:
    """What adapters refuse in a policy that is checked or pushed, although one in force goes on with it.

    An adapter's `Settings` may say so with a method `objections()`, each as (key, what).
    """
    for name, entry in section.items() if isinstance(section, dict) else ():
        try:
            module = registry.module(folder, entry["kind"])
            settings = module.Settings.model_validate(entry.get("settings", {}))
        except (PermanentError, ValidationError, TypeError, KeyError):
            continue  # a fault, and told as one
        if folder == "tickets" and entry.get("on_move") == "reassess" and not getattr(module, "REASSESSES", False):
            yield path_of((folder, name, "on_move")), _NO_WAY_BACK.format(kind=entry["kind"])
        for key, what in settings.objections() if hasattr(settings, "objections") else ():
            yield path_of((folder, name, "settings", key)), what


def unfilled_in(data: object, at: Keys = ()) -> Iterator[str]:
    """The paths of placeholders, in the order of the file."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield from unfilled_in(value, (*at, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from unfilled_in(value, (*at, index))
    elif isinstance(data, str) and data.strip().upper() in {PLACEHOLDER, _NOBODY}:
        yield path_of(at)


def in_file(data: object, loc: Keys) -> Keys:
    """The model's location as it stands in the file: one value that counts as a list has no index there."""
    path: list[int | str] = []
    for key in loc:
        if key == "[key]" or (isinstance(key, int) and not isinstance(data, list)):
            continue
        path.append(key)
        data = under(data, key)
    return tuple(path)


def under(data: object, key: int | str) -> object:
    if isinstance(data, dict):
        return data.get(key)
    return data[key] if isinstance(data, list) and isinstance(key, int) and key < len(data) else None


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
    "date_type": "must be a day such as 2026-12-24, not {said}",
    "date_parsing": "must be a day such as 2026-12-24, not {said}",
    "date_from_datetime_parsing": "must be a day such as 2026-12-24, not {said}",
    "string_pattern_mismatch": "must have the form {pattern}",
}


def _in_words(error: ErrorDetails, schema: Mapping[str, Any], secret: bool) -> str:
    if error["type"] == "extra_forbidden":
        names = _known_keys(schema, error["loc"][:-1])
        return f"unknown key (known: {', '.join(names) or 'none'}){did_you_mean(str(error['loc'][-1]), names)}"
    words = _WORDS.get(error["type"])
    if words is None:
        return "is not right" if secret else error["msg"][:1].lower() + error["msg"][1:]
    context = dict(error.get("ctx", {}))
    if "expected" in context:
        context["expected"] = context["expected"].replace(" or ", ", ").replace("'", "")
    suggested = ""
    if error["type"] == "literal_error" and isinstance(error["input"], str) and not secret:
        suggested = did_you_mean(error["input"], context["expected"].split(", "))
    text = words.format(said=_value_in_words(error["input"], secret), **context) + suggested
    return text.replace(f"unknown value {_HIDDEN}", "unknown value")


def _value_in_words(value: object, secret: bool) -> str:
    if isinstance(value, dict | list | tuple):
        return "a mapping" if isinstance(value, dict) else "a list"
    if value is None or isinstance(value, bool):
        return {None: "nothing", True: "true", False: "false"}[value]
    return _HIDDEN if secret else repr(value)


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
