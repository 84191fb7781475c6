"""What a work item should hold, how it differs from one that is there, and what its state says; without a call."""

import html
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from shared.adapters.ticketing.differing import differing, html_words
from shared.adapters.ticketing.document import bare, cut_utf16, parse, value
from shared.adapters.ticketing.markup import board_html, board_markdown, board_text, without_joiners
from shared.adapters.ticketing.outcome import alike, not_taken
from shared.adapters.tickets.azure_devops.settings import Settings
from shared.core.terms import ENDED, State
from shared.core.tickets.ticket import Difference, Ticket, TicketRef

NUMBER = re.compile(r"[1-9]\d{0,9}", re.ASCII)
LONGEST_TITLE = 255  # UTF-16 units
_LONGEST_TEXT = 500_000  # characters; a field holds 1,048,576 UTF-16 units
_LONGEST_NOTE = 6_000
_LONGEST_COMMENT = 255  # of a link
_LONGEST_TAG = 400
FIRST = frozenset({"System.State", "System.Reason", "System.AssignedTo", "System.AreaPath", "System.IterationPath"})
"""Set on a new work item only: they are the board's from then on."""
_NOT_KEPT = FIRST | {"System.Tags"}
_PRIORITY, _HISTORY = "Microsoft.VSTS.Common.Priority", "/fields/System.History"
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
_FIELD, _LINKED = "/fields/", "/relations/-"
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_ZONES = timedelta(hours=14)  # so far apart may two writings of one day be
_MARKS = re.compile(r"^\s*(#{1,6}|[-*+])\s+")
_PICTURE = re.compile(r"<img\b[^<>]*\bsrc=\"([^\"]*)\"")
_LINK = re.compile(r"(?<!\\)\[((?:\\.|[^\]\\])*)\]\(([^)]*)\)")
_ESCAPED = re.compile(r"\\([^\w\s])")
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
    name = str(fields.get("System.State") or "")
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


def in_markdown(item: Item) -> frozenset[str]:
    """The fields that hold Markdown, which is for good: somebody has turned them. Only Services says so."""
    formats = item.get("multilineFieldsFormat")
    pairs = formats.items() if isinstance(formats, Mapping) else ()
    return frozenset(name for name, how in pairs if str(how).casefold() == "markdown")


def wanted_fields(
    settings: Settings, ticket: Ticket, rich: Collection[str] = (), turned: Collection[str] = ()
) -> dict[str, Any]:
    """The fields as they should be. `rich`: those of the policy's own that hold HTML; `turned`: `in_markdown`."""
    own: dict[str, Any] = {}
    for name, what in settings.own_fields(ticket).items():
        if isinstance(what, str) and name in turned:
            own[name] = board_markdown(parse(value(what)), _LONGEST_TEXT)
        else:
            own[name] = board_text(what) if isinstance(what, str) and name in rich else what
    ours = tag_of(ticket.key)
    tags = [tag for tag in _tags(own.pop("System.Tags", "")) if tag.casefold() != ours.casefold()]
    priority, area = settings.value("risk", ticket.risk, None), settings.value("group", ticket.group, None)
    document = settings.description(ticket, "azure_devops")
    return {
        "System.Title": cut_utf16(settings.title(ticket, LONGEST_TITLE), LONGEST_TITLE) or ticket.key,
        "System.Description": (
            board_markdown(document, _LONGEST_TEXT)
            if "System.Description" in turned
            else board_html(document, _LONGEST_TEXT)
        ),
        **({_PRIORITY: priority} if priority is not None else {}),
        **({"System.AreaPath": area} if area else {}),
        **own,
        "System.Tags": "; ".join((ours, *tags)),
    }


def tag_of(key: str) -> str:
    """Our key as a tag: tags are parted by these."""
    return re.sub(r"[;,]", "_", key)[-_LONGEST_TAG:]


def creation(settings: Settings, ticket: Ticket, rich: Collection[str] = ()) -> list[Operation]:
    """The patch that makes the work item, with its links and what there is to tell: all of it or nothing."""
    fields = wanted_fields(settings, ticket, rich)
    operations = [put(name, what) for name, what in fields.items() if what not in {None, ""} or what == 0]
    return [*operations, *_links(ticket, ()), *telling(ticket.notes)]


def differences(should: Mapping[str, Any], item: Item, ticket: Ticket, theirs: Collection[str] = ()) -> list[Operation]:
    """What to write, so that the work item is as it should be; tags and links that others put there stay.

    No operation names a format: a field keeps its own. `theirs`: the fields that are people's (kept.py).
    """
    there, turned = item["fields"], in_markdown(item)
    operations: list[Operation] = []
    for name, what in should.items():
        current = there.get(name)
        if name == "System.Tags":
            tags = _tags(current or "")
            missing = [tag for tag in _tags(what) if tag.casefold() not in {own.casefold() for own in tags}]
            if missing:
                operations.append(put(name, "; ".join((*tags, *missing))))
        elif name in {*FIRST, *theirs} or _same(what, current, turned=name in turned):
            continue
        elif what is None or what == "":
            operations.append({"op": "remove", "path": f"/fields/{name}"})
        else:
            operations.append(put(name, what))
    addresses = [str(relation.get("url", "")) for relation in item.get("relations") or ()]
    return [*operations, *_links(ticket, addresses)]


def listed(should: Mapping[str, Any], item: Item, ticket: Ticket, theirs: Collection[str]) -> list[Difference]:
    """The fields that differ, for people; the links that are missing as one."""
    there, turned = item["fields"], in_markdown(item)
    every = differences(should, item, ticket)
    tags = next((each["value"] for each in every if each["path"] == f"{_FIELD}System.Tags"), "")

    def words(name: str, what: Any, as_sent: Any) -> Any:
        is_rich = name not in turned and (_is_html(as_sent) or name == "System.Description")
        return html_words(what) if is_rich else what

    pairs = []
    for name in (each["path"].removeprefix(_FIELD) for each in _fields_in(every)):
        wanted = tags if name == "System.Tags" else should[name]
        pairs.append((name, words(name, there.get(name), wanted), words(name, wanted, wanted)))
    links = [each["value"]["url"] for each in every if each["path"] == _LINKED]
    linked = [relation.get("url") for relation in item.get("relations") or () if relation.get("rel") == "Hyperlink"]
    if links:
        pairs.append(("relations", linked, [*linked, *links]))
    due = differences(should, item, ticket, theirs)
    return differing(pairs, sent(due) | {"relations"})


def held(names: Iterable[str], item: Item) -> dict[str, str]:
    """What those fields hold, in a form that Azure DevOps' own cleaning does not change; what is empty, too."""
    turned = in_markdown(item)
    fields = item["fields"]
    return {name: _form(fields.get(name), turned=name in turned) for name in names if name not in _NOT_KEPT}


def ours(should: Mapping[str, Any], item: Item, written: Collection[str]) -> frozenset[str]:
    """The fields that hold what they should. `written`: those that we wrote before.

    A text of ours to which somebody added a picture is theirs.
    """
    turned = in_markdown(item)

    def is_ours(name: str, what: Any) -> bool:
        now, marked = item["fields"].get(name), name in turned
        is_rich = marked or _is_html(what)
        is_exact = name not in written or not is_rich or _form(what, turned=marked) == _form(now, turned=marked)
        return is_exact and _same(what, now, turned=marked)

    return frozenset(name for name, what in should.items() if name not in _NOT_KEPT and is_ours(name, what))


def sent(operations: Iterable[Operation]) -> frozenset[str]:
    """The names of the fields that they write."""
    return frozenset(operation["path"].removeprefix(_FIELD) for operation in _fields_in(operations))


def left_alone(operations: Iterable[Operation], before: Item, after: Item) -> tuple[str, ...]:
    """The names of the fields that Azure DevOps did not take, as far as they matter: its own way of writing is none."""
    turned = in_markdown(after)
    fields = {operation["path"].removeprefix(_FIELD): operation.get("value") for operation in _fields_in(operations)}

    def is_there(name: str, what: Any) -> bool:
        now, earlier = after["fields"].get(name), before["fields"].get(name)
        if name == "System.Tags":
            return {tag.casefold() for tag in _tags(what)} <= {tag.casefold() for tag in _tags(now)}
        if _same(what, now, turned=name in turned) or alike(what, now):
            return True
        has_changed = bool(now) and now != earlier
        return has_changed and (name in turned or _is_html(what) or _is_that_day(what, now))

    return not_taken(fields, is_there)


def move_to(state: str) -> Operation:
    return put("System.State", state)


def telling(notes: Iterable[str]) -> list[Operation]:
    """The notes as one entry of the discussion, a paragraph each."""
    texts = [text for note in notes if (text := line_of(note))]
    return (
        [put(_HISTORY.removeprefix("/fields/"), "".join(f"<p>{board_text(text)}</p>" for text in texts))]
        if texts
        else []
    )


def line_of(text: str) -> str:
    return cut_utf16(bare(value(text)), _LONGEST_NOTE)


def folded(text: str) -> str:
    return " ".join(without_joiners(text).split())


def lines(text: Any) -> Iterator[str]:
    """The paragraphs of HTML, each as one line."""
    for block in re.split(r"</?(?:p|li|div|ul|ol|h\d)\b[^<>]*>", str(text or "")):
        yield folded(html.unescape(re.sub(r"<[^<>]*>", " ", block)))


def holds(item: Item, key: str) -> bool:
    """Whether it carries our key."""
    return tag_of(key).casefold() in {tag.casefold() for tag in _tags(item["fields"].get("System.Tags") or "")}


def tags_of(fields: Mapping[str, Any]) -> list[str]:
    return _tags(fields.get("System.Tags") or "")


def author(item: Item) -> str:
    """Who made it, as Azure DevOps shows people."""
    person = item["fields"].get("System.CreatedBy")
    return str(person.get("displayName") if isinstance(person, Mapping) else person or "our account")


def moment(text: Any) -> datetime | None:
    """A time as Azure DevOps writes it, or a day."""
    try:
        at = datetime.fromisoformat(text)
        at.astimezone(UTC)  # one at the calendar's end can be compared with no other
    except (TypeError, ValueError, OverflowError):
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _fields_in(operations: Iterable[Operation]) -> Iterator[Operation]:
    for operation in operations:
        if operation["path"].startswith(_FIELD) and operation["path"] != _HISTORY:
            yield operation


def put(name: str, what: Any) -> Operation:
    """Write a field."""
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
        operations.append({"op": "add", "path": _LINKED, "value": link})
    return operations


def _tags(text: Any) -> list[str]:
    return [tag.strip() for tag in re.split("[;,]", str(text or "")) if tag.strip()]


def may_be_html(text: str) -> bool:
    """Whether it makes a difference if a field holds HTML or text."""
    return board_text(text) != text


def _same(should: Any, there: Any, *, turned: bool = False) -> bool:
    """Whether what is there says what it should; HTML is cleaned on its way in, and people come back as objects.

    `turned`: it is Markdown.
    """
    if should is None or should == "":
        return not any(lines(there)) if isinstance(there, str) else there is None
    if isinstance(should, str) and isinstance(there, str):
        if should == there:
            return True
        if turned:
            return _markdown_gist(should) == _markdown_gist(there)
        at = moment(should)
        if at is not None:
            return at == moment(there)
        return _is_html(should) and _gist(should) == _gist(there)
    if isinstance(there, dict):
        return str(should).casefold() in {str(there.get(part)).casefold() for part in ("uniqueName", "displayName")}
    return bool(should == there)


def _form(what: Any, *, turned: bool = False) -> str:
    """A value as one text: the same whichever of HTML and Markdown it is kept in, and however it was cleaned."""
    if isinstance(what, Mapping):
        what = what.get("uniqueName") or what.get("displayName")
    if not isinstance(what, str):
        return "" if what is None else str(what)
    if not turned and (at := moment(what)):
        return at.astimezone(UTC).isoformat()
    if not (turned or _is_html(what)):
        return folded(what)
    lines, addresses = _markdown_gist(what) if turned else _gist(what)
    return " ".join([*" ".join(lines).split(), *addresses, *_PICTURE.findall(what)])


def _gist(text: str) -> tuple[list[str], list[str]]:
    addresses = [html.unescape(address) for address in re.findall(r'href="([^"]*)"', text)]
    return [line for line in lines(text) if line], addresses


def _markdown_gist(text: str) -> tuple[list[str], list[str]]:
    """Its lines without marks, and its addresses."""
    text = html.unescape(text)
    addresses = [match[2] for match in _LINK.finditer(text)]
    plain = (_ESCAPED.sub(r"\1", _MARKS.sub("", line)) for line in _LINK.sub(r"\1", text).splitlines())
    return [folded(line) for line in plain if line.strip()], addresses


def _is_html(what: Any) -> bool:
    return isinstance(what, str) and ("<" in what or "&" in what)


def _is_that_day(day: Any, there: Any) -> bool:
    """Whether that is the day in the time zone of whoever reads it."""
    at, now = moment(day), moment(there)
    return bool(at and now and _DAY.fullmatch(str(day)) and abs(at - now) <= _ZONES)
