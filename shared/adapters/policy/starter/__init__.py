"""A policy to start from: the usual owners of Microsoft's services, as a commented file made to an organisation."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment, PackageLoader, StrictUndefined

from shared.core.policy.model import service_key
from shared.core.posts.services import canonical

_HERE = Path(__file__).parent
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9 _@.()/+-]*[A-Za-z0-9)]")
_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off"})
_WIDE = 116  # characters of a line
_NONE: Mapping[str, Any] = {"aliases": (), "titles": (), "catch_all": False}
OTHERS = "others"
"""The workload of services that were seen, and that no proposal covers."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What is known of an organisation. Everything has a default, so that an empty one makes a file that works.

    `tenants`: names to directory ids; one without an id is where it is deployed. `owners`, `deputies`: by area, and
    `roles`: by role, an address each (a role without one is left out). `merged`: areas whose work another area's team
    does. `channels`: whether there are Teams channels to write to; without, nobody is written to. `seen`: names of
    services in the organisation's own posts. `settings`: of the ticket system.
    """

    organisation: str = ""
    tenants: Mapping[str, str] = field(default_factory=lambda: {"home": ""})
    domain: str = "example.com"
    owners: Mapping[str, str] = field(default_factory=dict)
    deputies: Mapping[str, str] = field(default_factory=dict)
    roles: Mapping[str, str] = field(default_factory=dict)
    merged: Mapping[str, str] = field(default_factory=dict)
    channels: bool = False
    tickets: str = "register"
    settings: Mapping[str, str] = field(default_factory=dict)
    seen: tuple[str, ...] = ()


@lru_cache(maxsize=1)
def ownership() -> Mapping[str, Any]:
    """The proposals: `areas`, `roles` and `tickets` of ownership.yaml."""
    data: Mapping[str, Any] = yaml.safe_load((_HERE / "ownership.yaml").read_text(encoding="utf-8"))
    return data


def areas() -> Mapping[str, Mapping[str, Any]]:
    """The areas with their `what`, `group` and `workloads`."""
    found: Mapping[str, Mapping[str, Any]] = ownership()["areas"]
    return found


def mail(name: str, domain: str) -> str:
    """The address that is proposed for an area or a role."""
    role = ownership()["roles"].get(name, {}).get("mail", name.replace("_", "-"))
    return f"{role}@{domain}"


def uncovered(services: Iterable[str]) -> tuple[str, ...]:
    """Services that no proposal names, under any of their names."""
    keys = {
        service_key(name) for area in areas().values() for load in area["workloads"].values() for name in _names(load)
    }
    keys |= {service_key(canonical(name)) for name in keys}
    return tuple(
        name for name in dict.fromkeys(" ".join(each.split()) for each in services)
        if service_key(name) not in keys and service_key(canonical(name)) not in keys
    )  # fmt: skip


def _names(load: Mapping[str, Any]) -> Iterable[str]:
    return (*load["services"], *load.get("aliases", ()))


def starter(answers: Answers) -> str:
    """The policy as a file, with a comment above every key."""
    teams = {name: area for name, area in areas().items() if name not in answers.merged}
    others = uncovered(answers.seen)
    workloads = {
        load: {**_NONE, **more, "team": _team(name, answers)}
        for name, area in areas().items()
        for load, more in area["workloads"].items()
    }
    if others:
        workloads[OTHERS] = {**_NONE, "services": list(others), "team": "workplace"}
    return _environment().get_template("policy.yaml.j2").render(
        answers=answers,
        teams={
            name: {
                "owner": answers.owners.get(name) or mail(name, answers.domain),
                "deputy": answers.deputies.get(name, ""),
                "group": area["group"],
                "channel": name,
            }
            for name, area in teams.items()
        },
        workloads=workloads,
        others=others,
        roles={
            name: {"who": answers.roles[name], "channel": role["channel"]}
            for name, role in ownership()["roles"].items()
            if answers.roles.get(name)
        },
        channels=[*teams, *(r["channel"] for n, r in ownership()["roles"].items() if answers.roles.get(n))],
        organisation=_in_a_line(answers.organisation),
        settings={**ownership()["tickets"].get(answers.tickets, {}), **answers.settings},
    )  # fmt: skip


def _team(area: str, answers: Answers) -> str:
    """The team that does an area's work; who hands on what was handed to them is followed, but in no circle."""
    gone = [area]
    while (area := answers.merged.get(gone[-1], gone[-1])) not in gone:
        gone.append(area)
    return gone[-1]


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(  # noqa: S701  (YAML, not HTML: every value goes through `scalar`)
        loader=PackageLoader("shared.adapters.policy.starter"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )  # fmt: skip
    environment.filters |= {"scalar": scalar, "listed": listed, "secret": secret, "quoted": json.dumps}
    return environment


def _in_a_line(text: str) -> str:
    """For a comment, which ends with its line."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def scalar(value: object) -> str:
    """A value as YAML: plain where that is safe, quoted where not."""
    text = str(value)
    if _PLAIN.fullmatch(text) and text.casefold() not in _WORDS:
        return text
    return json.dumps(text, ensure_ascii=False)


def listed(values: Iterable[str], indent: int, key: str, *, quoted: bool = False) -> str:
    """`key` with a list: on one line where it fits, else one line a value."""
    items = [json.dumps(value, ensure_ascii=False) if quoted else scalar(value) for value in values]
    line = f"{key}: [{', '.join(items)}]"
    if indent + len(line) <= _WIDE:
        return line
    return f"{key}:" + "".join(f"\n{' ' * (indent + 2)}- {item}" for item in items)


def secret(channel: str) -> str:
    """The name of the secret that holds a channel's address."""
    return f"TEAMS_{channel.upper()}_URL"
