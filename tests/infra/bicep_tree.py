"""What a Bicep file declares, as a tree. The parser runs everywhere, and is good at literals, not at expressions."""

from functools import cache
from pathlib import Path
from typing import Any

from pycep import BicepParser

_PARSER = BicepParser()


@cache
def tree(path: Path) -> dict[str, Any]:
    """Parameters, variables, resources, modules and outputs by name."""
    return _PARSER.parse(text=path.read_text(encoding="utf-8"))


def body(declared: dict[str, Any]) -> dict[str, Any]:
    """The properties of a resource or module, without its condition and its loop."""
    config = declared["config"]
    while "config" in config:
        config = config["config"]
    return config


def resources(folder: Path, kind: str) -> list[dict[str, Any]]:
    """The bodies of all resources of a type below a folder that are made here."""
    return [
        body(each)
        for path in sorted(folder.rglob("*.bicep"))
        for each in tree(path).get("resources", {}).values()
        if each["type"].lower() == kind.lower() and not each["existing"]
    ]


def kinds(folder: Path) -> set[str]:
    """The types of all resources below a folder that are made here."""
    return {
        each["type"].split("@")[0]  # it keeps the version of a nested one
        for path in sorted(folder.rglob("*.bicep"))
        for each in tree(path).get("resources", {}).values()
        if not each["existing"]
    }


def last_names(value: Any) -> list[str]:
    """What a list of accesses such as `roleIds.owner` names last."""
    return [each["operator"]["operands"]["operand_2"] for each in value]
