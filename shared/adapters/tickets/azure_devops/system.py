"""The port `TicketSystem` over Azure Boards."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal
from urllib.parse import quote

from shared.adapters.recent import Recent
from shared.adapters.registry import AdapterDeps
from shared.adapters.ticketing import kept, tasks
from shared.adapters.ticketing.calls import SHOWN, about_system
from shared.adapters.ticketing.lookup import REMEMBERED, LookUps, Unknown, may_take, pass_over
from shared.adapters.ticketing.moves import move_by_hand, moved
from shared.adapters.ticketing.outcome import fields_by_hand, move_for_people, nobody_assigned
from shared.adapters.ticketing.settings import SAMPLE
from shared.adapters.tickets.azure_devops import item as items
from shared.adapters.tickets.azure_devops.calls import Calls
from shared.adapters.tickets.azure_devops.children import TASK, Children
from shared.adapters.tickets.azure_devops.item import Item, Operation
from shared.adapters.tickets.azure_devops.pinging import ping
from shared.adapters.tickets.azure_devops.settings import Settings
from shared.adapters.tickets.azure_devops.shapes import ITEM, ITEMS, KIND, UPDATES
from shared.core.terms import ENDED, State
from shared.core.tickets.ticket import Difference, Preview, Ticket, TicketRef

_AT_ONCE = 200
_PAGES = 100  # of two hundred updates; a work item has no more than 10,000
_SHOWN = "System.State,System.TeamProject,System.WorkItemType,Microsoft.VSTS.Common.ClosedDate,"
_SHOWN += "Microsoft.VSTS.Common.StateChangeDate"
_AGAIN = ("assess", "new", "authorize", "scheduled", "implement")  # the first that there is is taken
_BAD, _NONE = frozenset({400}), frozenset[int]()
_ASSIGNED = "System.AssignedTo"
_OF_PEOPLE = re.compile(r"identity|assigned ?to", re.IGNORECASE)
_STUCK = "Azure DevOps answers that it did, and leaves it as it was"
_NOTHING: Item = {"fields": {}}
_MAY_BE_FIRST = frozenset({"unknown", "implement"})  # of what a state's name alone says: types may begin so


class AzureDevOpsSystem:
    """One project. Every change names the revision that it was made of, and is written whole or not at all.

    Each step leaves what the next attempt need not do again, so that a bad connection only makes it slow.
    """

    searches_late = 10.0  # queries may be answered by a replica

    def __init__(self, settings: Settings, deps: AdapterDeps) -> None:
        self._settings = settings
        self._calls = Calls(settings, deps)
        self._kinds: dict[tuple[str, str], Mapping[str, Any]] = {}
        self._numbers: Recent[str, str] = Recent(REMEMBERED)  # by our key
        self._look_ups: LookUps[Item] = LookUps(deps.clock)
        self._unknown = Unknown(deps.clock)  # addresses
        self._told: Recent[int, tuple[int, frozenset[str]]] = Recent(REMEMBERED)  # the history of a revision
        self._types: dict[str, str] = {}  # of the policy's own fields
        self._children = Children(self._calls, settings)

    async def find(self, key: str) -> TicketRef | None:
        item = await self._look_up(key)
        if item is None:
            self._look_ups.keep_miss(key)
            return None
        self._look_ups.keep(str(item["id"]), item)
        return await self._ref(item)

    async def open(self, ticket: Ticket) -> TicketRef:
        async with self._look_ups.opening(ticket.key):
            item = None if self._look_ups.take_miss(ticket.key) else await self._look_up(ticket.key)
            if item and may_take(ref := await self._ref(item), ticket):
                return await self._bring(item, ticket)
            if item:
                line = pass_over(self._calls.what, ref, items.author(item), ticket)
                ticket = replace(ticket, notes=(*ticket.notes, line))
            return await self._create(ticket)

    async def _create(self, ticket: Ticket) -> TicketRef:
        """A new work item. What of it did not take is written once more."""
        rich = await self._html_fields(ticket)
        who = ticket.assigned_to
        assigned = [] if who in self._unknown else self._assigned(ticket)
        if self._assigned(ticket) and not assigned:
            ticket = replace(ticket, notes=(*ticket.notes, nobody_assigned(who, self._unknown.why(who))))
        patch = [*items.creation(self._settings, ticket, rich), *assigned]
        with about_system():
            answer = await self._calls.patch("POST", self._creating(), patch, allowed=_BAD if assigned else _NONE)
            if not answer.is_success:
                complaint = self._calls.complaint_of(answer)
                ticket = replace(ticket, notes=(*ticket.notes, nobody_assigned(who, complaint)))
                if _OF_PEOPLE.search(complaint):
                    self._unknown.add(who, complaint)
                patch = items.creation(self._settings, ticket, rich)
                answer = await self._calls.patch("POST", self._creating(), patch)
        item = self._item(answer)
        self._numbers[ticket.key] = str(item["id"])
        left = items.left_alone(patch, _NOTHING, item)
        if not (left or ticket.cancelled):
            return await self._left(item, ticket, self._should(item, ticket, rich), items.sent(patch))
        return await self._bring(item, ticket, left, items.sent(patch) - {*left})

    def _assigned(self, ticket: Ticket) -> list[Operation]:
        """Who answers for a new work item. The policy's own goes first."""
        is_ours = ticket.assigned_to and _ASSIGNED not in self._settings.fields
        return [items.put(_ASSIGNED, ticket.assigned_to)] if is_ours else []

    async def amend(self, ref: TicketRef, ticket: Ticket) -> TicketRef:
        item = self._look_ups.take(ref.number) or await self._read(ref.number)
        if item is None:
            with about_system():  # else we lost sight of it
                await self._calls.get(f"/_apis/projects/{quote(self._settings.project)}", "id")
            return await self.open(ticket)
        return await self._bring(item, ticket, before=ref)

    async def states(self, numbers: Sequence[str]) -> Mapping[str, TicketRef]:
        ours = [number for number in numbers if items.NUMBER.fullmatch(number)]
        refs: dict[str, TicketRef] = {}
        for at in range(0, len(ours), _AT_ONCE):
            some = ",".join(ours[at : at + _AT_ONCE])
            asking = {"ids": some, "fields": _SHOWN, "errorPolicy": "omit"}
            answer = await self._calls.ask("GET", "/_apis/wit/workitems", params=asking)
            for item in self._calls.read_part(answer, "value", ITEMS):
                if item and (number := str(item["id"])) in ours:
                    refs[number] = await self._ref(item)
        return refs

    def preview(self, ticket: Ticket) -> Preview:
        patch = [*items.creation(self._settings, ticket), *self._assigned(ticket)]
        fields = {
            operation["path"].removeprefix("/fields/"): operation["value"]
            for operation in patch
            if "/fields/" in operation["path"]
        }
        links = [operation["value"]["url"] for operation in patch if operation["path"] == "/relations/-"]
        steps = tasks.pending(ticket, ())
        under = {TASK: [tasks.title_of(step, items.LONGEST_TITLE) for step in steps]} if steps else {}
        return Preview(self._settings.api + self._creating(), fields | ({"relations": links} if links else {}) | under)

    async def differences(self, ref: TicketRef, ticket: Ticket) -> Sequence[Difference] | None:
        item = await self._read(ref.number)
        if item is None:
            return None
        state = (await self._ref(item)).state
        if state in ENDED:
            return []
        should = self._should(item, ticket, await self._html_fields(ticket))
        return items.listed(should, item, ticket, self._theirs(item, should, ref.written, state))

    async def ping(self) -> str:
        with about_system():
            return await ping(self._calls, self._settings, await self._html_fields(SAMPLE))

    def _creating(self) -> str:
        settings = self._settings
        return f"/{quote(settings.project)}/_apis/wit/workitems/${quote(settings.work_item_type)}"

    async def _look_up(self, key: str) -> Item | None:
        """The work item with the tag, in our project and made by us, as anybody can set tags.

        The oldest of those that have not ended, else the oldest. Other tags that only begin so are left out.
        """
        ended: Item | None = None
        if key in self._numbers:
            item = await self._read(self._numbers[key])
            if item and items.holds(item, key):
                if not await self._has_ended(item):
                    return item
                ended = item
            else:
                del self._numbers[key]
        tag, project = (text.replace("'", "''") for text in (items.tag_of(key), self._settings.project))
        ours = f"[System.TeamProject] = '{project}' AND [System.CreatedBy] = @Me"
        query = (
            f"SELECT [System.Id] FROM WorkItems WHERE {ours} AND [System.Tags] CONTAINS '{tag}' ORDER BY [System.Id]"  # noqa: S608 - WIQL, quoted
        )
        with about_system():
            answer = await self._calls.ask("POST", "/_apis/wit/wiql", body={"query": query}, params={"$top": "50"})
        for match in self._calls.read_part(answer, "workItems"):
            item = await self._read(str(match["id"]))
            if item and items.holds(item, key):
                if not await self._has_ended(item):
                    self._numbers[key] = str(item["id"])
                    return item
                ended = ended or item
        return ended

    async def _read(self, number: str) -> Item | None:
        if not items.NUMBER.fullmatch(number):
            return None
        path = f"/_apis/wit/workitems/{number}"
        answer = await self._calls.ask("GET", path, allowed=frozenset({404}), params={"$expand": "relations"})
        return self._item(answer) if answer.is_success else None

    def _item(self, answer: Any) -> Item:
        item: Item = self._calls.read_whole(answer, ITEM)
        return item

    async def _bring(
        self,
        item: Item,
        ticket: Ticket,
        first: Sequence[str] = (),
        took: Collection[str] = (),
        before: TicketRef | None = None,
    ) -> TicketRef:
        """The work item as it should be, in one write. What has ended stays as the board left it, but for notes.

        What did not take is told in another. `first`, `took`: fields that a new work item lacks, and has; `before`:
        the work item as we last left it.
        """
        written = before.written if before else {}
        state = (await self._ref(item)).state
        ended = state in ENDED
        how = "reopen" if ticket.reopen and ended and not ticket.cancelled else ""
        how = "cancel" if ticket.cancelled and not ended else how
        target, why = await self._way(item, how) if how else ("", "")
        line = [move_by_hand(ticket, why) if why else moved(ticket)] if how else []
        should: Mapping[str, Any] = {}
        changes: list[Operation] = []
        if target or not ended:
            should = self._should(item, ticket, await self._html_fields(ticket))
            changes = items.differences(should, item, ticket, self._theirs(item, should, written, state))
        after, complaint = await self._put(item, changes, [*ticket.notes, *line], target)
        if complaint:  # a rule of the process stands in the way of the move
            why, changes = f"Azure DevOps does not let us: {complaint[:SHOWN]}", [] if ended else changes
            should = {} if ended else should
            after, _ = await self._put(item, changes, [*ticket.notes, move_by_hand(ticket, why)])
        late = []
        if target and not why and await self._has_ended(after) == ended:
            why = _STUCK
            late.append(move_by_hand(ticket, why))
        by_hand = [move_for_people(ticket, why)] if why else []
        left = {*items.left_alone(changes, item, after), *items.FIRST.intersection(first)}
        if left:
            late.append(fields_by_hand("Azure DevOps", left))
            by_hand.append(late[-1])
        after, _ = await self._put(after, [], late)
        ref = await self._left(after, ticket, should, {*took, *items.sent(changes)} - left, before)
        return replace(ref, not_taken=(*by_hand, *ref.not_taken))

    async def _left(
        self,
        item: Item,
        ticket: Ticket,
        should: Mapping[str, Any],
        took: Collection[str],
        before: TicketRef | None = None,
    ) -> TicketRef:
        """The work item as we leave it, with its tasks. `took`: what we sent of it and Azure DevOps took."""
        ref = await self._ref(item)
        written, made = (before.written, before.tasks) if before else ({}, ())
        ours = {*took, *items.ours(should, item, written)}
        after = replace(ref, written=kept.written_now(written, items.held(should, item), ours), tasks=made)
        if ref.state in ENDED:
            return after
        made, refused = await self._children.make(item, ticket, made)
        return replace(after, tasks=made, not_taken=refused)

    def _theirs(
        self, item: Item, should: Mapping[str, Any], written: Mapping[str, str], state: State | Literal["unknown"]
    ) -> frozenset[str]:
        """The fields that are left to people. `written`: the fingerprints of what we wrote."""
        return kept.theirs(written, items.held(should, item), self._settings.planned(), state)

    async def _has_ended(self, item: Item) -> bool:
        return (await self._ref(item)).state in ENDED

    def _should(self, item: Item, ticket: Ticket, rich: Collection[str]) -> dict[str, Any]:
        return items.wanted_fields(self._settings, ticket, rich, items.in_markdown(item))

    async def _put(
        self, item: Item, changes: Sequence[Operation], lines: Sequence[str], target: str = ""
    ) -> tuple[Item, str]:
        """One write of what there is to write, and the item after it; or what a rule says against the move."""
        move = [items.move_to(target)] if target else []
        patch = [*changes, *move, *items.telling(await self._untold(item, lines))]
        if not patch:
            return item, ""
        answer = await self._write(item, patch, allowed=_BAD if move else frozenset())
        if answer.is_success:
            return self._item(answer), ""
        return item, self._calls.complaint_of(answer) or f"status {answer.status_code}"

    async def _write(self, item: Item, patch: list[Operation], allowed: frozenset[int] = frozenset()) -> Any:
        unchanged = {"op": "test", "path": "/rev", "value": item["rev"]}
        path = f"/_apis/wit/workitems/{item['id']}"
        return await self._calls.patch("PATCH", path, [unchanged, *patch], allowed=allowed)

    async def _way(self, item: Item, how: str) -> tuple[str, str]:
        """The state to move to, or why there is none."""
        kind = await self._kind(item)
        now = item["fields"].get("System.State", "")
        reachable = [way["to"] for way in (kind.get("transitions") or {}).get(now) or ()]
        states = {
            state["name"]: items.state_of(self._settings, state["name"], state["category"], first=not number)
            for number, state in enumerate(kind["states"])
        }
        allowed = [name for name in states if name in reachable]
        if how == "cancel":
            targets = [name for name in allowed if states[name] == "cancelled"]
        else:
            targets = sorted(
                (name for name in allowed if states[name] in _AGAIN), key=lambda n: _AGAIN.index(states[n] or "")
            )
        return (targets[0], "") if targets else ("", f"its process has no such way from “{now}”")

    async def _untold(self, item: Item, notes: Iterable[str]) -> list[str]:
        """Those of the notes that the work item's history does not hold yet."""
        by_line = {items.folded(text): text for note in notes if (text := items.line_of(note))}
        if by_line:
            there = await self._history(item)
            by_line = {line: text for line, text in by_line.items() if line not in there}
        return list(by_line.values())

    async def _history(self, item: Item) -> frozenset[str]:
        """Every line of the discussion; what a revision has does not change."""
        rev, lines = self._told.get(item["id"], (0, frozenset()))
        if rev == item["rev"]:
            return lines
        history: set[str] = set()
        start = 0
        for _ in range(_PAGES):
            path = f"/_apis/wit/workitems/{item['id']}/updates"
            answer = await self._calls.ask("GET", path, params={"$top": "200", "$skip": str(start)})
            page = self._calls.read_part(answer, "value", UPDATES)
            for update in page:
                entry = (update.get("fields") or {}).get("System.History") or {}
                history.update(items.lines(entry.get("newValue")))
            start += len(page)
            if len(page) < 200:
                break
        self._told[item["id"]] = (item["rev"], frozenset(history))
        return frozenset(history)

    async def _ref(self, item: Item) -> TicketRef:
        ref = items.ref_of(self._settings, item)
        if ref.state not in _MAY_BE_FIRST:
            return ref
        states = (await self._kind(item))["states"]
        category = next((state["category"] for state in states if state["name"] == ref.remote_state), "")
        first = bool(states) and states[0]["name"] == ref.remote_state
        return items.ref_of(self._settings, item, category, first=first)

    async def _kind(self, item: Item) -> Mapping[str, Any]:
        """The work item's type, with its states and what leads where; read again for a state that it did not have."""
        fields = item["fields"]
        project, name = str(fields.get("System.TeamProject", "")), str(fields.get("System.WorkItemType", ""))
        kind = self._kinds.get((project, name))
        if kind is None or fields.get("System.State") not in {state["name"] for state in kind["states"]}:
            path = f"/{quote(project or self._settings.project)}/_apis/wit/workitemtypes/{quote(name)}"
            kind = self._kinds[project, name] = self._calls.read_whole(await self._calls.ask("GET", path), KIND)
        return kind

    async def _html_fields(self, ticket: Ticket) -> frozenset[str]:
        """Which of the policy's own fields hold HTML; asked once a field, and only where it makes a difference."""
        for name, what in self._settings.own_fields(ticket).items():
            if isinstance(what, str) and items.may_be_html(what) and name not in self._types:
                answer = await self._calls.ask("GET", f"/_apis/wit/fields/{quote(name)}", allowed=frozenset({404}))
                self._types[name] = self._calls.read_part(answer, "type") if answer.is_success else ""
        return frozenset(name for name, kind in self._types.items() if kind == "html")
