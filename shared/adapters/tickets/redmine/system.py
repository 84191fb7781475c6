"""The port `TicketSystem` over Redmine."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from shared.adapters.recent import Recent
from shared.adapters.registry import AdapterDeps
from shared.adapters.ticketing import kept, tasks
from shared.adapters.ticketing.calls import about_system
from shared.adapters.ticketing.lookup import REMEMBERED, LookUps, may_take, pass_over
from shared.adapters.ticketing.moves import move_by_hand, moved
from shared.adapters.ticketing.outcome import fields_by_hand, move_for_people, nobody_assigned
from shared.adapters.tickets.redmine import issue as issues
from shared.adapters.tickets.redmine.calls import Calls
from shared.adapters.tickets.redmine.issue import Issue
from shared.adapters.tickets.redmine.names import Names
from shared.adapters.tickets.redmine.pinging import ping
from shared.adapters.tickets.redmine.settings import Settings
from shared.adapters.tickets.redmine.subissues import Subissues
from shared.core.errors import PermanentError
from shared.core.terms import ENDED
from shared.core.tickets.ticket import Difference, Preview, Ticket, TicketRef

_AT_ONCE = 100
_NO_WAY = "its workflow has no such way for us"
_NO_WAY_ABOVE = f"{_NO_WAY}, or none while a subtask is open"
_INVALID, _NONE = frozenset({422}), frozenset[int]()
_NO_NOTES = "Redmine did not take our notes: please give our role the permission “Add notes”"


class RedmineSystem:
    """One project. Redmine holds no field unique: that a key has one issue is this process's care, and the claim's."""

    searches_late = 0.0

    def __init__(self, settings: Settings, deps: AdapterDeps) -> None:
        self._settings = settings
        self._calls = Calls(settings, deps)
        self._names = Names(self._calls, settings, deps.clock)
        self._subissues = Subissues(self._calls, self._names, settings)
        self._ids: Recent[str, str] = Recent(REMEMBERED)  # by our key
        self._look_ups: LookUps[Issue] = LookUps(deps.clock)
        self._decided: Recent[tuple[str, str], tuple[str, datetime | None]] = Recent(REMEMBERED)

    async def find(self, key: str) -> TicketRef | None:
        issue = await self._issue_with_key(key)
        return await self._ref(issue) if issue else None

    async def open(self, ticket: Ticket) -> TicketRef:
        async with self._look_ups.opening(ticket.key):
            issue = await self._issue_with_key(ticket.key)
            if issue and may_take(ref := issues.ref_of(self._settings, issue), ticket):
                return await self._bring(issue, ticket)
            if issue:
                author = str((issue.get("author") or {}).get("name") or "our account")
                line = pass_over(self._calls.what, ref, author, ticket)
                ticket = replace(ticket, notes=(*ticket.notes, line))
            return await self._bring(*await self._create(ticket))

    async def amend(self, ref: TicketRef, ticket: Ticket) -> TicketRef:
        issue = self._look_ups.take(ref.number) or await self._issue(ref.number)
        if issue is None:
            self._ids.pop(ticket.key, None)
            return await self.open(ticket)
        return await self._bring(issue, ticket, before=ref)

    async def states(self, numbers: Sequence[str]) -> Mapping[str, TicketRef]:
        ours = [number for number in numbers if issues.NUMBER.fullmatch(number)]
        refs: dict[str, TicketRef] = {}
        for at in range(0, len(ours), _AT_ONCE):
            some = ",".join(ours[at : at + _AT_ONCE])
            params = {"issue_id": some, "status_id": "*", "limit": str(_AT_ONCE)}
            for issue in await self._list(params):
                refs[str(issue["id"])] = await self._ref(issue)
        return {number: refs[number] for number in numbers if number in refs}

    def preview(self, ticket: Ticket) -> Preview:
        settings = self._settings
        place = {"project": settings.project, "tracker": settings.tracker, str(settings.key_field): ticket.key}
        assigned = {"assigned_to_id": ticket.assigned_to} if ticket.assigned_to else {}
        steps = tasks.pending(ticket, ())
        under = {"subtasks": [tasks.title_of(step, issues.LONGEST_SUBJECT) for step in steps]} if steps else {}
        fields = {**place, **assigned, **issues.wanted_fields(settings, ticket), **under}
        return Preview(f"{settings.url}/issues.json", fields)

    async def differences(self, ref: TicketRef, ticket: Ticket) -> Sequence[Difference] | None:
        issue = await self._issue(ref.number)
        if issue is None:
            return None
        if self._has_ended(issue):
            return []
        should, numbers = await self._should(ticket)
        theirs = self._theirs(issue, should, numbers, ref.written)
        return issues.listed(self._settings, should, issue, numbers, theirs, ticket)

    async def ping(self) -> str:
        with about_system():
            return await ping(self._calls, self._names, self._settings)

    async def _issue_with_key(self, key: str) -> Issue | None:
        """The issue that carries the key, whole; what has ended only where there is no other."""
        field = await self._names.key_field()
        issue = await self._issue(number) if (number := self._ids.get(key)) else None
        if issue and issues.custom(issue, field) != key:
            issue = None
        if (issue is None or self._has_ended(issue)) and (number := await self._search(key, field)):
            issue = await self._issue(number) if issue is None or number != str(issue["id"]) else issue
        if issue is None or issues.custom(issue, field) != key:
            self._ids.pop(key, None)
            return None
        self._ids[key] = str(issue["id"])
        self._look_ups.keep(self._ids[key], issue)
        return issue

    async def _search(self, key: str, field: int) -> str | None:
        """Its number: in our project and made by us, as anybody may set the field.

        PermanentError where Redmine takes no notice of the filter, as it then finds every issue.
        """
        project = self._settings.project
        ours = {"project_id": project, "subproject_id": "!*", "author_id": "me"}
        params = {**ours, "status_id": "*", f"cf_{field}": key, "sort": "id", "limit": "100"}
        matches: list[Issue] = []
        for issue in await self._list(params):
            value = issues.custom(issue, field)
            if value == key:
                matches.append(issue)
            elif str(value or "").strip().casefold() != key.casefold():
                raise PermanentError(
                    f"{self._calls.what}: issues cannot be looked up by the custom field {self._settings.key_field!r}: "
                    f"tick “Used as a filter” there, and enable it for project {project} and its tracker"
                )
        numbers = [str(match["id"]) for match in matches if not self._has_ended(match)] or [
            str(match["id"]) for match in matches
        ]
        return numbers[0] if numbers else None

    async def _list(self, params: Mapping[str, str]) -> list[Issue]:
        with about_system():
            entries = await self._calls.get_part("/issues.json", "issues", params)
        return [await self._whole(issue) for issue in entries]

    async def _issue(self, number: str) -> Issue | None:
        if not issues.NUMBER.fullmatch(number):
            return None
        answer = await self._calls.ask(
            "GET", f"/issues/{number}.json", params={"include": "journals,allowed_statuses"}, allowed=frozenset({404})
        )
        return await self._whole(self._calls.read_part(answer, "issue")) if answer.is_success else None

    async def _whole(self, issue: Issue) -> Issue:
        """Before Redmine 5, an issue does not say whether its status is an end."""
        status = issue.get("status") or {}
        if "is_closed" in status:
            return issue
        statuses = {each.get("id"): each for each in await self._names.statuses()}
        return {**issue, "status": {**status, **statuses.get(status.get("id"), {})}}

    async def _create(self, ticket: Ticket) -> tuple[Issue, Ticket, Mapping[str, Any]]:
        """A new issue, for which ticket, and the fields that it was made of."""
        should, numbers = await self._should(ticket)
        group = self._settings.value("group", ticket.group, None)
        if group:
            should = {"category_id": await self._names.category(group), **should}  # the board's own from then on
        key = str(self._settings.key_field)
        tracker = await self._names.tracker()
        fields = issues.as_sent({**should, key: ticket.key}, numbers)
        body = {"project_id": self._settings.project, "tracker_id": tracker, **fields}
        assigned, line = await self._assigned(ticket)
        with about_system():
            allowed = _INVALID if assigned else _NONE
            answer = await self._calls.ask("POST", "/issues.json", body={"issue": body | assigned}, allowed=allowed)
            if not answer.is_success:
                line = nobody_assigned(ticket.assigned_to, self._calls.complaint_of(answer))
                assigned = {}
                answer = await self._calls.ask("POST", "/issues.json", body={"issue": body})
        ticket = replace(ticket, notes=(*ticket.notes, line)) if line else ticket
        issue = self._calls.read_part(answer, "issue")
        if issues.custom(issue, numbers[key]) != ticket.key:
            raise PermanentError(
                f"{self._calls.what}: Redmine made issue {issue.get('id')} without our key: enable the custom field "
                f"{key!r} for the tracker and for our role, delete the issue, and replay"
            )
        self._ids[ticket.key] = str(issue["id"])
        return await self._whole(issue), ticket, should | assigned

    async def _assigned(self, ticket: Ticket) -> tuple[dict[str, int], str]:
        """Who answers for a new issue, or the line that nobody is known. The policy's own goes first."""
        if not ticket.assigned_to or "assigned_to_id" in self._settings.fields:
            return {}, ""
        number = await self._names.member(ticket.assigned_to)
        return ({"assigned_to_id": number}, "") if number else ({}, nobody_assigned(ticket.assigned_to))

    async def _should(self, ticket: Ticket) -> tuple[dict[str, Any], dict[str, int]]:
        """The fields as they should be, and the numbers of the custom ones, our key's among them."""
        fields = issues.wanted_fields(self._settings, ticket)
        if "priority_id" not in fields:
            priority, required = issues.priority(self._settings, ticket)
            number = await self._names.priority(priority, required=required)
            fields |= {"priority_id": number} if number is not None else {}
        numbers = await self._names.fields([*self._settings.fields, self._settings.key_field])
        return fields, numbers

    async def _bring(
        self, issue: Issue, ticket: Ticket, fresh: Mapping[str, Any] | None = None, before: TicketRef | None = None
    ) -> TicketRef:
        """The issue as it should be. What has ended stays as the board left it, but for notes.

        Redmine leaves out silently what our role may not set: that is told in another write. `fresh`: the fields that
        it was just made of; those that did not take are written once more. `before`: the issue as we last left it.
        """
        written = before.written if before else {}
        ended = self._has_ended(issue)
        how = "reopen" if ended and ticket.reopen and not ticket.cancelled else ""
        how = "cancel" if ticket.cancelled and not ended else how
        status = issues.choose(self._settings, await self._offered(issue), how) if how else None
        no_way = _NO_WAY if not (before and before.tasks) or how == "reopen" else _NO_WAY_ABOVE
        why = no_way if how and not status else ""
        lines = [
            *ticket.notes,
            *([move_by_hand(ticket, no_way, noun="issue") if why else moved(ticket)] if how else []),
        ]
        changes: dict[str, Any] = {}
        should: dict[str, Any] = {}
        numbers: dict[str, int] = {}
        missing: tuple[str, ...] = ()
        if not ended or status:
            should, numbers = await self._should(ticket)
            missing = issues.left_alone(fresh, issue, numbers) if fresh else ()
            theirs = self._theirs(issue, should, numbers, written)
            changes = issues.differences(should, issue, numbers, theirs) if missing or not fresh else {}
        body = issues.as_sent(changes, numbers) | ({"status_id": status["id"]} if status else {})
        now = await self._write(issue, body, lines)
        late = []
        if status and self._has_ended(now) != (how == "cancel"):
            why = no_way
            late.append(move_by_hand(ticket, no_way, noun="issue"))
        by_hand = [move_for_people(ticket, why)] if why else []
        left = {*issues.left_alone(changes, now, numbers), *issues.FIRST.intersection(missing)}
        if left:
            by_hand.append(fields_by_hand("Redmine", [issues.for_people(name, now, numbers) for name in left]))
            late.append(by_hand[-1])
        now = await self._write(now, {}, late)
        if list(issues.notes_of(self._settings, [*lines, *late], now)):
            by_hand.append(_NO_NOTES)
        took = {*(fresh or ()), *changes} - ({*missing, *left} - (changes.keys() - left))
        took |= issues.ours(should, now, numbers)
        written = kept.written_now(written, issues.held(should, now, numbers), took)
        made = before.tasks if before else ()
        if not self._has_ended(now):
            made, refused = await self._subissues.make(now, ticket, made)
            by_hand += refused
        return replace(await self._ref(now), not_taken=tuple(by_hand), written=written, tasks=made)

    def _theirs(
        self, issue: Issue, should: Mapping[str, Any], numbers: Mapping[str, int], written: Mapping[str, str]
    ) -> frozenset[str]:
        """The fields that are left to people. `written`: the fingerprints of what we wrote."""
        planned = (issues.PLANNED - self._settings.fields.keys()) | self._settings.planned()
        state = issues.ref_of(self._settings, issue).state
        return kept.theirs(written, issues.held(should, issue, numbers), planned, state)

    def _has_ended(self, issue: Issue) -> bool:
        return issues.ref_of(self._settings, issue).state in ENDED

    async def _offered(self, issue: Issue) -> Sequence[Mapping[str, Any]]:
        """The statuses that the workflow offers us; before Redmine 5, every one there is."""
        if "allowed_statuses" not in issue:
            issue = await self._issue(str(issue["id"])) or issue
        offered: Sequence[Mapping[str, Any]] | None = issue.get("allowed_statuses")
        return await self._names.statuses() if offered is None else offered

    async def _write(self, issue: Issue, changes: Mapping[str, Any], lines: Sequence[str]) -> Issue:
        """All in one call, and the issue as it is then, which no answer says; very many notes in several."""
        path = f"/issues/{issue['id']}.json"
        texts = list(issues.notes_of(self._settings, lines, issue))
        calls = max(len(texts), 1 if changes else 0)
        for at in range(calls):
            body = {**(changes if at == 0 else {}), **({"notes": texts[at]} if texts else {})}
            await self._calls.ask("PUT", path, body={"issue": body})
        if not calls:
            return issue
        now = await self._issue(str(issue["id"]))
        if now is None:
            raise PermanentError(
                f"{self._calls.what}: issue {issue['id']} was written and cannot be read any more: was it deleted just "
                "now, or made private?"
            )
        return now

    async def _ref(self, issue: Issue) -> TicketRef:
        """With the board's decision, and who decided when, where the policy says in which field."""
        ref = issues.ref_of(self._settings, issue)
        if not self._settings.decision_field:
            return ref
        field = next(iter((await self._names.fields([self._settings.decision_field])).values()))
        value = str(issues.custom(issue, field) or "")
        decision = self._settings.decisions.get(value)
        if decision is None:
            return ref
        if (ref.number, value) not in self._decided:
            whole = issue if "journals" in issue else await self._issue(ref.number) or issue
            self._decided[ref.number, value] = issues.decider(whole, field, value)
        who, at = self._decided[ref.number, value]
        return replace(ref, decision=decision, decided_by=who, decided_at=at)
