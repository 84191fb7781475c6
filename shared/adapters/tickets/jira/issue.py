"""What an issue should hold, how it differs from one that is there, and what its status says; without a call."""

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from shared.adapters.ticketing.differing import differing
from shared.adapters.ticketing.document import Document, Run, TextBlock, bare, cut_utf16, utf16, value
from shared.adapters.ticketing.markup import adf
from shared.adapters.ticketing.outcome import alike, not_taken
from shared.adapters.tickets.jira.settings import Settings
from shared.core.terms import ENDED, State
from shared.core.tickets.ticket import Difference, Ticket, TicketRef

LONGEST_SUMMARY = 255  # as Jira counts: UTF-16 units
LONGEST_LABEL = 255
LONGEST_TEXT = 32_767
_LONGEST_NOTE = 6_000
FIRST = frozenset({"assignee", "reporter", "components", "security"})
"""Set on a new issue only: they are the board's from then on."""
_NOT_KEPT = FIRST | {"labels"}
_WORDS: dict[str, State] = {
    **dict.fromkeys(("new", "open", "to do", "backlog", "reopened", "planning"), "new"),
    **dict.fromkeys(("assess", "assessment", "under review", "peer review"), "assess"),
    **dict.fromkeys(("authorize", "awaiting cab approval", "awaiting approval", "waiting for approval"), "authorize"),
    **dict.fromkeys(("scheduled", "awaiting implementation"), "scheduled"),
    **dict.fromkeys(("implement", "implementing", "in progress", "work in progress"), "implement"),
    **dict.fromkeys(("post implementation review", "post-implementation review"), "review"),
    **dict.fromkeys(("canceled", "cancelled", "declined", "rejected", "withdrawn", "won't do"), "cancelled"),
}
_ANYBODY = ({"accountId": "-1"}, {"id": "-1"})
"""The assignee that the project's own rules choose."""
_IDENTITIES = ("accountId", "id", "value", "name", "key")
"""By what a person, an option or a thing of Jira's is known, the surest first."""
_BLOCKS = frozenset({"paragraph", "heading", "codeBlock"})
"""The parts of a document that hold text."""
CALLED_OFF = ("won't do", "canceled", "cancelled", "won't fix", "declined", "rejected", "withdrawn")
"""Resolutions that say that nothing was done; the ones to choose first come first."""


def state_of(settings: Settings, status: Mapping[str, Any], resolution: str = "") -> State | None:
    """Our state for a status; None where neither the policy nor its name and category say.

    The category says whether it has ended; between the beginning and the end the name must be known.
    """
    name = str(status.get("name") or "").strip()
    category = (status.get("statusCategory") or {}).get("key", "")
    mapped = {word.casefold(): state for word, state in settings.states.items()}.get(name.casefold())
    if mapped:
        return mapped
    meaning = _WORDS.get(name.casefold().replace("’", "'"))
    if category == "done":
        called_off = resolution.casefold().replace("’", "'") in CALLED_OFF
        return "cancelled" if meaning == "cancelled" or called_off else "closed"
    if meaning and meaning not in ENDED:
        return meaning
    return "new" if category == "new" else None


def ref_of(settings: Settings, issue: Mapping[str, Any]) -> TicketRef:
    fields = issue["fields"]
    status = fields.get("status") or {}
    state = state_of(settings, status, (fields.get("resolution") or {}).get("name") or "")
    ended = moment(fields.get("resolutiondate")) or moment(fields.get("statuscategorychangedate"))
    return TicketRef(
        number=issue["key"],
        url=settings.page(issue["key"]),
        state=state or "unknown",
        closed_at=ended if state in ENDED else None,
        remote_state=str(status.get("name") or ""),
    )


def label_of(key: str) -> str:
    """Our key as a label, which has no spaces."""
    return re.sub(r"\s", "_", key)[-LONGEST_LABEL:]


def wanted_fields(settings: Settings, ticket: Ticket, rich: Iterable[str] = ()) -> dict[str, Any]:
    """The fields that we keep as they should be. `rich`: those of the policy's own that hold documents."""
    document = settings.description(ticket, "jira")
    own: dict[str, Any] = {}
    for name, what in settings.own_fields(ticket).items():
        own[name] = note(what) if isinstance(what, str) and what and name in rich else None if what == "" else what
    ours = label_of(ticket.key)
    labels = [str(label) for label in own.pop("labels", None) or []]
    priority = settings.value("risk", ticket.risk, None)
    if priority:
        own.setdefault("priority", {"name": priority})
    return {
        "summary": cut_utf16(settings.title(ticket, LONGEST_SUMMARY), LONGEST_SUMMARY) or ticket.key,
        "description": _fitting(document),
        **own,
        "labels": [ours, *(label for label in labels if label != ours)],
    }


def created(settings: Settings, ticket: Ticket, rich: Iterable[str] = ()) -> dict[str, Any]:
    """The fields of a new issue."""
    by = "id" if settings.issue_type.isdigit() else "name"
    group = settings.value("group", ticket.group, None)
    return {
        "project": {"key": settings.project},
        "issuetype": {by: settings.issue_type},
        **({"components": [{"name": group}]} if group else {}),  # the board's own business from then on
        **{name: what for name, what in wanted_fields(settings, ticket, rich).items() if what is not None},
    }


def differences(should: Mapping[str, Any], there: Mapping[str, Any], theirs: Collection[str] = ()) -> dict[str, Any]:
    """What to write, so that the issue is as it should be; labels that others put there stay.

    `theirs`: the fields that are people's (kept.py).
    """
    fields = {
        name: what
        for name, what in should.items()
        if name not in {*_NOT_KEPT, *theirs} and not _same(what, there.get(name))
    }
    missing = [label for label in should["labels"] if label not in (there.get("labels") or [])]
    if missing:
        fields["labels"] = [*(there.get("labels") or []), *missing]
    return fields


def listed(should: Mapping[str, Any], issue: Mapping[str, Any], theirs: Collection[str]) -> list[Difference]:
    """The fields that differ, for people: a field of the policy's own by what it is called there, too."""
    there, labels = issue["fields"], issue.get("names") or {}

    def name_of(name: str) -> str:
        label = str(labels.get(name) or "")
        return f"{name} ({label})" if label and name.startswith("customfield_") else name

    every, due = differences(should, there), differences(should, there, theirs)
    pairs = ((name_of(name), there.get(name), what) for name, what in every.items())
    return differing(pairs, set(map(name_of, due)))


def held(names: Iterable[str], there: Mapping[str, Any]) -> dict[str, str]:
    """What those of the fields hold that Jira shows, in a form that its own way of writing does not change."""
    return {name: _form(there[name]) for name in names if name in there and name not in _NOT_KEPT}


def ours(should: Mapping[str, Any], there: Mapping[str, Any], written: Collection[str]) -> frozenset[str]:
    """The fields that hold what they should. `written`: those that we wrote before.

    A document of our text to which somebody added a picture or bold type is theirs.
    """

    def is_ours(name: str, what: Any) -> bool:
        now = there.get(name)
        return _same(what, now) and (name not in written or not _is_document(what) or _form(what) == _form(now))

    return frozenset(name for name, what in should.items() if name not in _NOT_KEPT and is_ours(name, what))


def left_alone(sent: Mapping[str, Any], before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, ...]:
    """The names of the fields that Jira did not take, as far as they matter: its own way of writing is none.

    Of what it does not show we know nothing.
    """

    def is_there(name: str, what: Any) -> bool:
        now = after[name]
        if name == "labels":
            return {label.casefold() for label in what} <= {str(label).casefold() for label in now or ()}
        if what in _ANYBODY or _is_in_another_shape(what, now):
            return True
        is_rewritten = _is_document(what) and bool(list(lines(now))) and now != before.get(name)
        return _same(what, now) or alike(what, now) or is_rewritten

    return not_taken({name: what for name, what in sent.items() if name in after}, is_there)


def note(text: str) -> dict[str, Any]:
    """A text as a document."""
    return adf(_paragraphs([text]), LONGEST_TEXT)


def comments(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Documents that hold the lines, a paragraph each; as few as fit Jira's limit."""
    some: list[str] = []
    for line in lines:
        if some and _size(adf(_paragraphs([*some, line]), LONGEST_TEXT)) > LONGEST_TEXT:
            yield adf(_paragraphs(some), LONGEST_TEXT)
            some = []
        some.append(line)
    if some:
        yield adf(_paragraphs(some), LONGEST_TEXT)


def line_of(text: str) -> str:
    """A note as it is written into a comment: without what Jira cannot hold, and not too long."""
    return cut_utf16(bare(value(text)), _LONGEST_NOTE)


def folded(text: str) -> str:
    return " ".join(text.split())


def lines(node: Any) -> Iterator[str]:
    """The paragraphs of a document, each as one line."""
    kind, inside = _part(node)
    if kind in _BLOCKS:
        yield folded("".join(str(part.get("text", "\n")) for part in inside))
        return
    for part in inside:
        yield from lines(part)


def moment(text: Any) -> datetime | None:
    """A time as Jira writes it: 2026-09-01T09:00:00.000+0000."""
    try:
        at = datetime.fromisoformat(text)
        at.astimezone(UTC)  # one at the calendar's end can be compared with no other
    except (TypeError, ValueError, OverflowError):
        return None
    return at if at.tzinfo else None


def _paragraphs(texts: Iterable[str]) -> Document:
    return tuple(TextBlock("paragraph", (Run(line_of(text)),)) for text in texts)


def _fitting(document: Document) -> dict[str, Any]:
    limit = LONGEST_TEXT
    while True:
        body = adf(document, limit)
        over = _size(body) / LONGEST_TEXT
        if over <= 1 or limit < 100:
            return body
        limit = int(limit / max(over, 1.02))


def _size(document: Mapping[str, Any]) -> int:
    """With the document's own marks: whether Jira counts them is not said."""
    return utf16(json.dumps(document, ensure_ascii=False))


def _same(should: Any, there: Any) -> bool:
    """Whether what is there says what it should; Jira adds ids, names and links to what it was given."""
    if should is None:
        return there in (None, "", []) or (_is_document(there) and not any(lines(there)))
    if _is_document(should):
        return list(_gist(should)) == list(_gist(there))
    if isinstance(should, dict):
        if not isinstance(there, dict):
            return False
        there = {"id": there.get("accountId"), **there}  # people are given by either
        return all(_same(what, there.get(name)) for name, what in should.items())
    if isinstance(should, list):
        is_list = isinstance(there, list) and len(should) == len(there)
        return is_list and all(any(_same(what, each) for each in there) for what in should)
    if isinstance(should, str) and isinstance(there, str) and should != there:
        at = moment(should)
        return folded(should) == folded(there) or (at is not None and at == moment(there))
    return bool(should == there)


def _form(what: Any) -> str:
    """A value as one text: the same however Jira writes it, and whatever it adds to what was given."""
    if _is_document(what):
        return json.dumps(list(_parts(what)))
    if isinstance(what, dict):
        by = next((name for name in _IDENTITIES if what.get(name)), "")
        return f"{what[by]} {_form(what.get('child'))}".strip() if by else json.dumps(what, sort_keys=True)
    if isinstance(what, list):
        return json.dumps(sorted(map(_form, what)))
    if isinstance(what, str) and (at := moment(what)):
        return at.astimezone(UTC).isoformat()
    return "" if what is None else folded(str(what))


def _parts(node: Any) -> Iterator[str]:
    """Of a document what a person can put there: its texts with their marks and links, pictures, tables, mentions."""
    kind, inside = _part(node)
    attrs = node.get("attrs") if isinstance(node, dict) else None
    if kind in _BLOCKS:
        marks = sorted({str(mark.get("type")) for part in inside for mark in _objects(part.get("marks"))})
        yield from (json.dumps([*each, marks]) for each in _gist(node))
        inside = [part for part in inside if str(part.get("type")) not in {"text", "hardBreak"}]
    elif not inside and kind != "doc":
        shown = {name: what for name, what in attrs.items() if name != "localId"} if isinstance(attrs, dict) else {}
        yield json.dumps([kind, shown], sort_keys=True)
    for part in inside:
        yield from _parts(part)


def _is_in_another_shape(sent: Any, there: Any) -> bool:
    """Whether Jira shows an object for a plain value, as of request types and sprints: those do not compare."""
    if isinstance(sent, list) and isinstance(there, list):
        return any(isinstance(each, dict) for each in there) and not any(isinstance(each, dict) for each in sent)
    return bool(there) and isinstance(there, dict | list) and not isinstance(sent, dict | list)


def _is_document(what: Any) -> bool:
    return isinstance(what, dict) and what.get("type") == "doc"


def _gist(node: Any) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Of a document what people see: its blocks with text, and where they lead.

    Jira adds ids of its own, joins texts and drops blocks that are empty.
    """
    kind, inside = _part(node)
    if kind in _BLOCKS:
        marks = [mark for part in inside for mark in _objects(part.get("marks"))]
        addresses = [str(attrs["href"]) for mark in marks for attrs in _objects([mark.get("attrs")]) if "href" in attrs]
        text = "".join(lines(node))
        if text:
            yield kind, text, tuple(dict.fromkeys(filter(None, addresses)))
        return
    for part in inside:
        yield from _gist(part)


def _part(node: Any) -> tuple[str, list[dict[str, Any]]]:
    """The type of a part of a document, and the parts in it."""
    (part,) = _objects([node]) or [{}]
    return str(part.get("type")), _objects(part.get("content"))


def _objects(what: Any) -> list[dict[str, Any]]:
    return [each for each in what if isinstance(each, dict)] if isinstance(what, list) else []
