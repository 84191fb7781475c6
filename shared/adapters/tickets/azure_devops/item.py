"""What a work item should hold, how it differs from one that is there, and what its state says; without a call."""

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from shared.adapters.ticketing.document import bare, cut_utf16, value
from shared.adapters.ticketing.markup import to_html
from shared.adapters.tickets.azure_devops.settings import Settings
from shared.core.terms import ENDED, State
from shared.core.tickets.ticket import Ticket, TicketRef

NUMBER = re.compile(r"[1-9]\d{0,9}", re.ASCII)
LONGEST_TITLE = 255  # UTF-16 units
_LONGEST_TEXT = 500_000  # characters; a field holds 1,048,576 UTF-16 units
_LONGEST_NOTE = 6_000
_LONGEST_COMMENT = 255  # of a link
_LONGEST_TAG = 400
_FIRST = frozenset({"System.State", "System.Reason", "System.AssignedTo", "System.AreaPath", "System.IterationPath"})
"""Set on a new work item only: they are the board's from then on."""
_PRIORITY = "Microsoft.VSTS.Common.Priority"
# The states of Microsoft's processes: Agile, Scrum, Basic, CMMI.
_WORDS: dict[str, State] = {
    **dict.fromkeys(("new", "to do", "proposed"), "new"),
    **dict.fromkeys(("approved",), "scheduled"),
    **dict.fromkeys(("active", "committed", "doing", "in progress"), "implement"),
    **dict.fromkeys(("resolved",), "review"),
    **dict.fromkeys(("closed", "done"), "closed"),
    **dict.fromkeys(("removed",), "cancelled"),
}
_CATEGORIES: dict[str, State] = {
    "Proposed": "new",
    "Resolved": "review",
    "Completed": "closed",
    "Removed": "cancelled",
}  # what lies in InProgress may be anything between the two
Operation = dict[str, Any]
Item = Mapping[str, Any]


def state_of(settings: Settings, name: str, category: str = "", *, first: bool = False) -> State | None:
    """Our state for one of theirs; None where neither the policy nor its name nor its category says.

    `first`: it is the state of a new work item of its type, so it is new whatever it is called (an Issue of the Agile
    process begins as Active).
    """
    mapped = {word.casefold(): state for word, state in settings.states.items()}.get(name.casefold())
    return mapped or ("new" if first else _WORDS.get(name.casefold()) or _CATEGORIES.get(category))


def ref_of(settings: Settings, item: Item, category: str = "", *, first: bool = False) -> TicketRef:
    fields = item["fields"]
    name = str(fields.get("System.State", ""))
    state = state_of(settings, name, category, first=first)
    ended = moment(fields.get("Microsoft.VSTS.Common.ClosedDate")) or moment(
        fields.get("Microsoft.VSTS.Common.StateChangeDate")
    )
    project = quote(str(fields.get("System.TeamProject") or settings.project))
    return TicketRef(
        number=str(item["id"]),
        url=f"{settings.api}/{project}/_workitems/edit/{item['id']}",
        state=state or "unknown",
        closed_at=ended if state in ENDED else None,
        remote_state=name,
    )


def wanted_fields(settings: Settings, ticket: Ticket, rich: Iterable[str] = ()) -> dict[str, Any]:
    """The fields of a new work item. `rich`: those of the policy's own that hold HTML."""
    own: dict[str, Any] = {}
    for name, what in settings.own_fields(ticket).items():
        own[name] = as_html(what) if isinstance(what, str) and name in rich else what
    ours = tag_of(ticket.key)
    tags = [tag for tag in _tags(own.pop("System.Tags", "")) if tag.casefold() != ours.casefold()]
    priority, area = settings.value("risk", ticket.risk, None), settings.value("group", ticket.group, None)
    return {
        "System.Title": cut_utf16(settings.title(ticket, LONGEST_TITLE), LONGEST_TITLE) or ticket.key,
        "System.Description": to_html(settings.description(ticket, "azure_devops"), _LONGEST_TEXT),
        **({_PRIORITY: priority} if priority is not None else {}),
        **({"System.AreaPath": area} if area else {}),
        **own,
        "System.Tags": "; ".join((ours, *tags)),
    }


def tag_of(key: str) -> str:
    """Our key as a tag: tags are parted by these."""
    return re.sub(r"[;,]", "_", key)[-_LONGEST_TAG:]


def creation(settings: Settings, ticket: Ticket, rich: Iterable[str] = ()) -> list[Operation]:
    """The patch that makes the work item, with its links and what there is to tell: all of it or nothing."""
    fields = wanted_fields(settings, ticket, rich)
    operations = [_put(name, what) for name, what in fields.items() if what not in {None, ""} or what == 0]
    return [*operations, *_links(ticket, ()), *telling(ticket.notes)]


def differences(should: Mapping[str, Any], item: Item, ticket: Ticket) -> list[Operation]:
    """What to write, so that the work item is as it should be; tags and links that others put there stay."""
    there = item["fields"]
    operations: list[Operation] = []
    for name, what in should.items():
        current = there.get(name)
        if name == "System.Tags":
            tags = _tags(current or "")
            missing = [tag for tag in _tags(what) if tag.casefold() not in {own.casefold() for own in tags}]
            if missing:
                operations.append(_put(name, "; ".join((*tags, *missing))))
        elif name in _FIRST or _same(what, current):
            continue
        elif what is None or what == "":
            operations.append({"op": "remove", "path": f"/fields/{name}"})
        else:
            operations.append(_put(name, what))
    addresses = [str(relation.get("url", "")) for relation in item.get("relations") or ()]
    return [*operations, *_links(ticket, addresses)]


def move_to(state: str) -> Operation:
    return _put("System.State", state)


def telling(notes: Iterable[str]) -> list[Operation]:
    """The notes as one entry of the discussion, a paragraph each."""
    texts = [text for note in notes if (text := line_of(note))]
    return [_put("System.History", "".join(f"<p>{as_html(text)}</p>" for text in texts))] if texts else []


def line_of(text: str) -> str:
    return cut_utf16(bare(value(text)), _LONGEST_NOTE)


def folded(text: str) -> str:
    return " ".join(text.split())


def lines(text: Any) -> Iterator[str]:
    """The paragraphs of HTML, each as one line."""
    for block in re.split(r"</?(?:p|li|div|ul|ol|h\d)\b[^>]*>", str(text or "")):
        yield folded(html.unescape(re.sub(r"<[^>]*>", " ", block)))


def holds(item: Item, key: str) -> bool:
    """Whether it carries our key."""
    return tag_of(key).casefold() in {tag.casefold() for tag in _tags(item["fields"].get("System.Tags") or "")}


def moment(text: Any) -> datetime | None:
    """A time as Azure DevOps writes it, or a day."""
    try:
        at = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _put(name: str, what: Any) -> Operation:
    return {"op": "add", "path": f"/fields/{name}", "value": what}


def _links(ticket: Ticket, addresses: Iterable[str]) -> list[Operation]:
    linked = set(addresses)
    operations = []
    for name, address in ticket.links:
        if address in linked or not re.match(r"https?://\S+\Z", address):
            continue
        linked.add(address)
        attributes = {"comment": cut_utf16(name, _LONGEST_COMMENT)}
        link = {"rel": "Hyperlink", "url": address, "attributes": attributes}
        operations.append({"op": "add", "path": "/relations/-", "value": link})
    return operations


def _tags(text: Any) -> list[str]:
    return [tag.strip() for tag in re.split("[;,]", str(text or "")) if tag.strip()]


def as_html(text: str) -> str:
    """A text as HTML that shows it."""
    return html.escape(text).replace("\n", "<br>")


def _same(should: Any, there: Any) -> bool:
    """Whether what is there says what it should; HTML is cleaned on its way in, and people come back as objects."""
    if should is None or should == "":
        return there is None or there == ""
    if isinstance(should, str) and isinstance(there, str):
        if should == there:
            return True
        at = moment(should)
        if at is not None:
            return at == moment(there)
        return ("<" in should or "&" in should) and _gist(should) == _gist(there)
    if isinstance(there, dict):
        return should in {there.get("uniqueName"), there.get("displayName")}
    return bool(should == there)


def _gist(text: str) -> tuple[list[str], list[str]]:
    addresses = [html.unescape(address) for address in re.findall(r'href="([^"]*)"', text)]
    return [line for line in lines(text) if line], addresses
