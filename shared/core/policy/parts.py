"""What the parts of a policy are made of: names, secrets' names, one value or a list, patterns (core/policy.py)."""

import re
from typing import Annotated, Any, TypeVar

import regex
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

T = TypeVar("T")


class _OneOrMore:
    """In the file one value counts as a list of one; the JSON schema says so, too."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(
            lambda value: value if isinstance(value, list | tuple) else (value,), handler(source)
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        several = handler(schema)
        return {"anyOf": [several["items"], several]}


def _name(value: str) -> str:
    # Names become parts of storage keys, which take no / \ # ? and use | themselves.
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,62}", value):
        raise ValueError("is no name: letters, digits, - and _, beginning with a letter or digit, at most 63")
    return value


LONGEST_ROUTE_NAME = 60


def _route_name(value: str) -> str:
    return _few_words(value, "route")


def _freeze_name(value: str) -> str:
    return _few_words(value, "freeze")


def _few_words(value: str, what: str) -> str:
    if not value.strip():
        raise ValueError("must not be empty")
    if not value.isprintable() or value != value.strip():
        raise ValueError("must be one line of text, without blanks around it")
    if len(value) > LONGEST_ROUTE_NAME:
        raise ValueError(f"has {len(value)} characters; a {what}'s name has at most {LONGEST_ROUTE_NAME}")
    return value


def _secret_name(value: str) -> str:
    if not re.fullmatch(r"[A-Z][A-Z0-9_]*", value):
        raise ValueError(
            "must be the name of a secret, in capitals as in SERVICENOW_TOKEN; the secret itself goes to Key Vault"
        )
    return value


Many = Annotated[tuple[T, ...], _OneOrMore()]
Some = Annotated[tuple[T, ...], Field(min_length=1), _OneOrMore()]
Name = Annotated[str, AfterValidator(_name)]
RouteName = Annotated[str, AfterValidator(_route_name)]
"""A few words for people: they stand on cards, tickets and pages."""
FreezeName = Annotated[str, AfterValidator(_freeze_name)]
"""The same for days on which nothing is to change."""


def vault_name(name: str) -> str:
    """What a secret of the policy is called in Key Vault, which takes no `_`."""
    return name.replace("_", "-")


SecretName = Annotated[str, AfterValidator(_secret_name)]
"""A setting that names a secret: its value is in Key Vault (in the sandbox: the environment), never in the file."""


class Strict(BaseModel):
    """Frozen, and a key that nobody knows is a fault."""

    model_config = ConfigDict(extra="forbid", frozen=True)


_SLASHES = re.compile(r"/(.+)/", re.DOTALL)


def _pattern(value: str) -> str:
    if not value.strip():
        raise ValueError("must not be empty")
    if between := _SLASHES.fullmatch(value):
        try:
            regex.compile(between[1], regex.IGNORECASE)
        except regex.error as error:
            raise ValueError(f"is no regular expression: {error}") from None
    return value


Pattern = Annotated[str, AfterValidator(_pattern)]
"""Words that must stand there, whatever their case and blanks; between slashes a regular expression."""
