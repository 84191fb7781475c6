"""What Jira takes into an issue's fields: their limits, and what a document may hold.

Its errors are in the words of Jira Cloud, as its users report them on GitHub: projectdiscovery/nuclei#1689 (labels with
spaces), tenable/integration-jira-cloud#322 (summary), atlassian/atlassian-mcp-server#101
(documents), mozilla/jira-bugzilla-integration#180 (32,767 characters), #294 (fields that are on no screen).
Documents: developer.atlassian.com/cloud/jira/platform/apis/document/structure.
"""

import json
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from sandbox.ticket_systems.jira.projects import Field, Project

LONGEST_SUMMARY = 255
LONGEST_LABEL = 255
LONGEST_TEXT = 32_767  # characters; counted strictly here, with the document's own marks
DOCUMENT_WANTED = "Operation value must be an Atlassian Document (see the Atlassian Document Format)"
TOO_LONG = "The entered text is too long. It exceeds the allowed limit of 32,767 characters."
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{3})?([+-]\d{4}|[+-]\d{2}:\d{2}|Z)")
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")  # no part of XML, in which Jira keeps texts
_INLINE = frozenset({"text", "hardBreak", "mention", "emoji", "date", "status", "inlineCard"})
_BLOCKS = {
    "doc": frozenset({"paragraph", "heading", "bulletList", "orderedList", "blockquote", "codeBlock", "panel", "rule"}),
    "bulletList": frozenset({"listItem"}),
    "orderedList": frozenset({"listItem"}),
    "listItem": frozenset({"paragraph", "bulletList", "orderedList", "codeBlock"}),
    "blockquote": frozenset({"paragraph", "bulletList", "orderedList", "codeBlock"}),
    "panel": frozenset({"paragraph", "heading", "bulletList", "orderedList"}),
    "paragraph": _INLINE,
    "heading": _INLINE,
    "codeBlock": frozenset({"text"}),
}
_FILLED = frozenset({"bulletList", "orderedList", "listItem", "blockquote", "panel"})


def faults(project: Project, fields: Mapping[str, Any], *, whole: bool) -> dict[str, str]:
    """What Jira says about each field that it does not take; `whole`: an issue is about to be made of them."""
    by_id = {field.id: field for field in project.fields}
    by_field: dict[str, str] = {}
    for name, value in fields.items():
        fault = "" if name in {"project", "issuetype", "parent"} else _fault(by_id.get(name), name, value)
        if fault:
            by_field[name] = fault
    if whole and "summary" not in fields:
        by_field["summary"] = "You must specify a summary of the issue."
    for field in project.fields:
        if field.required and (fields.get(field.id) is None if whole else fields.get(field.id, "") is None):
            by_field[field.id] = f"{field.name} is required."
    return by_field


def _fault(field: Field | None, name: str, value: Any) -> str:
    if name == "summary":
        return _summary_fault(value)
    if name == "labels":
        return _labels_fault(value)
    if name == "description":
        return "" if value is None else document_fault(value)
    if field is None:
        return f"Field '{name}' cannot be set. It is not on the appropriate screen, or unknown."
    return "" if value is None else _field_fault(field, value)


def document_fault(document: Any) -> str:
    """Why this is no document that Jira takes; empty where it is one."""
    if not isinstance(document, dict) or document.get("type") != "doc" or document.get("version") != 1:
        return DOCUMENT_WANTED
    if not _sound(document):
        return "INVALID_INPUT"
    return TOO_LONG if len(json.dumps(document, ensure_ascii=False)) > LONGEST_TEXT else ""


def text_of(document: Any) -> list[str]:
    """The lines of a document's text, one for each of its lowest blocks."""
    if not isinstance(document, dict):
        return []
    inside = document.get("content", [])
    if document.get("type") in {"paragraph", "heading", "codeBlock"}:
        return ["".join("\n" if node.get("type") == "hardBreak" else node.get("text", "") for node in inside)]
    return [line for node in inside for line in text_of(node)]


def _sound(node: Any) -> bool:
    kind = node["type"]
    inside = node.get("content", [])
    allowed = _BLOCKS[kind]
    if not isinstance(inside, list) or (kind in _FILLED and not inside):
        return False
    if kind == "heading" and node.get("attrs", {}).get("level") not in range(1, 7):
        return False
    for child in inside:
        if not isinstance(child, dict) or child.get("type") not in allowed:
            return False
        if child["type"] == "text" and not _sound_text(child):
            return False
        if child["type"] in _BLOCKS and not _sound(child):
            return False
    return True


def _sound_text(node: Mapping[str, Any]) -> bool:
    text = node.get("text")
    marks = node.get("marks", [])
    links = [mark.get("attrs", {}).get("href") for mark in marks if mark.get("type") == "link"]
    return isinstance(text, str) and bool(text) and not _FORBIDDEN.search(text) and all(links)


def _summary_fault(value: Any) -> str:
    if not isinstance(value, str):
        return "Operation value must be a string"
    if not value.strip():
        return "You must specify a summary of the issue."
    if "\n" in value or "\r" in value:
        return "The summary is invalid because it contains newline characters."
    if _FORBIDDEN.search(value):
        return "INVALID_INPUT"
    return f"Summary can't exceed {LONGEST_SUMMARY} characters." if _length(value) > LONGEST_SUMMARY else ""


def _labels_fault(value: Any) -> str:
    if not isinstance(value, list) or not all(isinstance(label, str) for label in value):
        return "Operation value must be an array of strings"
    for label in value:
        if not label or re.search(r"\s", label):
            return f"The label '{label}' contains spaces which is invalid."
        if _length(label) > LONGEST_LABEL:
            return f"The label '{label}' is longer than {LONGEST_LABEL} characters."
    return ""


def _field_fault(field: Field, value: Any) -> str:
    if field.kind == "text":
        return document_fault(value)
    if field.kind == "components":
        return _components_fault(value)
    if field.kind == "user":
        return _user_fault(field, value)
    if field.kind in {"option", "priority"}:
        return _option_fault(field, value)
    if not isinstance(value, str):
        return "Operation value must be a string"
    if field.kind == "date":
        return "" if _DAY.fullmatch(value) and _is_day(value) else "Operation value must be a date: yyyy-MM-dd"
    if field.kind == "datetime":
        return "" if _MOMENT.fullmatch(value) else f"Date value '{value}' for {field.id} is not valid"
    return (
        "The entered text is too long. It exceeds the allowed limit of 255 characters." if _length(value) > 255 else ""
    )


def _components_fault(value: Any) -> str:
    is_list = isinstance(value, list) and all(isinstance(each, dict) and each.get("name") for each in value)
    return "" if is_list else "Operation value must be an array of components"


def _option_fault(field: Field, value: Any) -> str:
    name = "name" if field.kind == "priority" else "value"
    part = value.get(name) if isinstance(value, dict) else None
    if part in field.options:
        return ""
    return f"Option value '{part}' is not valid" if part else f"Specify a valid '{name}' for {field.id}"


def _user_fault(field: Field, value: Any) -> str:
    who = (value.get("id") or value.get("accountId")) if isinstance(value, dict) else None
    return "" if who in field.options else f"User '{who}' does not exist."


def _length(text: str) -> int:
    """As Java counts: a character beyond the first plane is two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
