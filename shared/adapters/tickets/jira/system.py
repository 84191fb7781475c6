"""The port `TicketSystem` over Jira."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from shared.adapters.recent import Recent
from shared.adapters.registry import AdapterDeps
from shared.adapters.ticketing import kept, tasks
from shared.adapters.ticketing.calls import SHOWN, about_system
from shared.adapters.ticketing.lookup import REMEMBERED, LookUps, may_take, pass_over
from shared.adapters.ticketing.moves import move_by_hand, moved
from shared.adapters.ticketing.outcome import fields_by_hand, move_for_people
from shared.adapters.tickets.jira import issue as issues
from shared.adapters.tickets.jira.calls import Calls
from shared.adapters.tickets.jira.moves import choose
from shared.adapters.tickets.jira.people import People
from shared.adapters.tickets.jira.pinging import Screen, ping
from shared.adapters.tickets.jira.settings import Settings
from shared.adapters.tickets.jira.shapes import COMMENTS, ISSUE, KEY
from shared.adapters.tickets.jira.subtasks import Subtasks
from shared.core.errors import PermanentError
from shared.core.terms import ENDED, Verdict
from shared.core.tickets.ticket import Difference, Preview, Ticket, TicketRef

API = "/rest/api/3"
_BASIC = ("summary", "description", "labels", "status", "resolution", "resolutiondate", "statuscategorychangedate",
          "creator", "assignee", "reporter")  # fmt: skip
_AT_ONCE = 100
_COMMENTS = 10_000  # twice what an issue may have
_BAD, _NONE = frozenset({400}), frozenset[int]()
_STUCK = "Jira answers that it did, and leaves it as it was"
Issue = Mapping[str, Any]


class JiraSystem:
    """One project. A search sees a new issue late: one that this process made it knows, others wait for it.

    Each step leaves what the next attempt need not do again, so that a bad connection only makes it slow.
    """

    searches_late = 60.0

    def __init__(self, settings: Settings, deps: AdapterDeps) -> None:
        self._settings = settings
        self._calls = Calls(settings, deps)
        self._screen = Screen(self._calls, settings)
        self._people = People(self._calls, settings, deps.clock)
        self._subtasks = Subtasks(self._calls, settings, self._people, self._screen)
        group = ("components",) if "group" in settings.values else ()
        self._fields = tuple(dict.fromkeys((*_BASIC, "project", *settings.fields, "priority", *group)))
        self._ids: Recent[str, str] = Recent(REMEMBERED)  # by our key
        self._look_ups: LookUps[Issue] = LookUps(deps.clock)

    async def find(self, key: str) -> TicketRef | None:
        issue = await self._issue_with_key(key)
        if issue:
            self._look_ups.keep(issue["key"], issue)
        if issue is None or self._has_ended(issue):
            issue = await self._search(key) or issue
            if issue is None:
                self._look_ups.keep_miss(key)
        return issues.ref_of(self._settings, issue) if issue else None

    async def open(self, ticket: Ticket) -> TicketRef:
        async with self._look_ups.opening(ticket.key):
            existing = await self._issue_with_key(ticket.key)
            looked = self._look_ups.take_miss(ticket.key)
            if (existing is None or self._has_ended(existing)) and not looked:
                searched = await self._search(ticket.key)  # what it says of an issue may be old
                existing = await self._issue(searched["id"]) if searched else existing
            if existing and may_take(ref := issues.ref_of(self._settings, existing), ticket):
                return await self._bring(existing, ticket)
            if existing:
                author = str((existing["fields"].get("creator") or {}).get("displayName") or "our account")
                line = pass_over(self._calls.what, ref, author, ticket)
                ticket = replace(ticket, notes=(*ticket.notes, line))
            key, fields, lines = await self._create(ticket)
            self._ids[ticket.key] = key
            issue = await self._issue(key)
            if issue is None:
                raise PermanentError(
                    f"{self._calls.what}: {key} was created and cannot be read; give us Browse projects and the right "
                    "to see issues of its security level"
                )
            return await self._bring(issue, replace(ticket, notes=(*ticket.notes, *lines)), fields)

    async def _create(self, ticket: Ticket) -> tuple[str, dict[str, Any], tuple[str, ...]]:
        """The key of a new issue, the fields that it was made of, and lines about the people whom it lacks."""
        fields = issues.created(self._settings, ticket, await self._screen.rich_fields())
        people, lines = await self._people.of(ticket)
        with about_system():
            while True:
                body = {"fields": {**fields, **people}}
                answer = await self._calls.ask("POST", f"{API}/issue", body=body, allowed=_BAD if people else _NONE)
                if answer.is_success:
                    break
                people, told = self._people.without(people, answer, ticket)
                lines += told
        created = self._calls.read(answer, "key", KEY)
        return created["key"], body["fields"], lines

    async def amend(self, ref: TicketRef, ticket: Ticket) -> TicketRef:
        issue = self._look_ups.take(ref.number) or await self._issue(ref.number)
        if issue is None:
            with about_system():  # else we only lost sight of it
                await self._calls.get(f"{API}/project/{self._settings.project}", "key")
            self._ids.pop(ticket.key, None)
            return await self.open(ticket)
        return await self._bring(issue, ticket, before=ref)

    async def states(self, numbers: Sequence[str]) -> Mapping[str, TicketRef]:
        keys = [number for number in numbers if KEY.fullmatch(number)]
        refs: dict[str, TicketRef] = {}
        for at in range(0, len(keys), _AT_ONCE):
            some = keys[at : at + _AT_ONCE]
            body = {"issueIdsOrKeys": some, "fields": self._fields}
            answer = await self._calls.ask("POST", f"{API}/issue/bulkfetch", body=body)
            by_key = {issue["key"]: issue for issue in self._calls.read_part(answer, "issues")}
            elsewhere = by_key.keys() - set(some)  # to another project, where an issue gets another key
            for number in some:
                issue = by_key.get(number) or (await self._issue(number) if elsewhere else None)
                if issue:
                    refs[number] = await self._ref(issue)
        return refs

    def preview(self, ticket: Ticket) -> Preview:
        where = f"{self._settings.api}{API}/issue"
        steps = tasks.pending(ticket, ())
        under = {"subtasks": [tasks.title_of(step, issues.LONGEST_SUMMARY) for step in steps]} if steps else {}
        fields = {**issues.created(self._settings, ticket), **self._people.addresses(ticket), **under}
        return Preview(where, fields)

    async def differences(self, ref: TicketRef, ticket: Ticket) -> Sequence[Difference] | None:
        issue = await self._issue(ref.number)
        if issue is None:
            return None
        if self._has_ended(issue):
            return []
        should = issues.wanted_fields(self._settings, ticket, await self._screen.rich_fields())
        return issues.listed(should, issue, self._theirs(issue, should, ref.written))

    async def ping(self) -> str:
        with about_system():
            return await ping(self._calls, self._settings)

    async def _issue_with_key(self, key: str) -> Issue | None:
        """The issue that this process knows to have the key, as it is now."""
        if key not in self._ids:
            return None
        issue = await self._issue(self._ids[key])
        if issue is None or issues.label_of(key) not in (issue["fields"].get("labels") or ()):
            del self._ids[key]
            return None
        return issue

    async def _search(self, key: str) -> Issue | None:
        """The issue with the label, as the search has it: in our project and made by us, as anybody can set labels.

        The oldest of those that have not ended, else the oldest.
        """
        label = issues.label_of(key)
        quoted = label.replace("\\", "\\\\").replace('"', '\\"')
        ours = f'project = "{self._settings.project}" AND creator = currentUser()'
        jql = f'{ours} AND labels = "{quoted}" ORDER BY created ASC'
        body = {"jql": jql, "fields": self._fields, "maxResults": _AT_ONCE}
        with about_system():
            answer = await self._calls.ask("POST", f"{API}/search/jql", body=body)
        by_age = sorted(self._calls.read_part(answer, "issues"), key=lambda each: int(each["id"]))
        matches: list[Issue] = [issue for issue in by_age if label in (issue["fields"].get("labels") or ())]
        issue = next((match for match in matches if not self._has_ended(match)), matches[0] if matches else None)
        if issue:
            self._ids[key] = issue["key"]
        return issue

    async def _issue(self, number: str) -> Issue | None:
        if not (KEY.fullmatch(number) or (number.isascii() and number.isdigit())):
            return None
        answer = await self._calls.ask(
            "GET",
            f"{API}/issue/{number}",
            params={"fields": ",".join((*self._fields, "comment", "subtasks")), "expand": "names"},
            allowed=frozenset({404}),
        )
        if not answer.is_success:
            return None
        issue: Issue = self._calls.read_whole(answer, ISSUE)
        return issue

    async def _bring(
        self, issue: Issue, ticket: Ticket, fresh: Mapping[str, Any] | None = None, before: TicketRef | None = None
    ) -> TicketRef:
        """The issue as it should be. What has ended stays as the board left it, but for notes.

        What Jira left as it was is said among the notes. `fresh`: the fields that it was just made of; those that did
        not take are written once more. `before`: the issue as we last left it.
        """
        written = before.written if before else {}
        ended, why = self._has_ended(issue), ""
        how = "cancel" if ticket.cancelled and not ended else ""
        how = "reopen" if ticket.reopen and ended and not ticket.cancelled else how
        if how == "reopen":
            why = await self._move(issue, how)
            issue = issue if why else await self._again(issue)
            ended = self._has_ended(issue)
        missing = issues.left_alone(fresh, {}, issue["fields"]) if fresh else ()
        changes: dict[str, Any] = {}
        should: Mapping[str, Any] = {}
        if not ended:
            should = issues.wanted_fields(self._settings, ticket, await self._screen.rich_fields())
        if should and (missing or not fresh):
            changes = issues.differences(should, issue["fields"], self._theirs(issue, should, written))
            if changes:
                await self._calls.ask("PUT", f"{API}/issue/{issue['key']}", body={"fields": changes})
        if how == "cancel":
            why = await self._move(issue, how)
        now = await self._again(issue) if changes or (how == "cancel" and not why) else issue
        if how and not why and self._has_ended(now) != (how == "cancel"):
            why = _STUCK
        left = [*issues.left_alone(changes, issue["fields"], now["fields"]), *issues.FIRST.intersection(missing)]
        lines = [move_by_hand(ticket, why) if why else moved(ticket)] if how else []
        by_hand = [move_for_people(ticket, why)] if why else []
        if left:
            labels = now.get("names") or {}
            by_hand.append(fields_by_hand("Jira", {str(labels.get(name, name)) for name in left}))
            lines.append(by_hand[-1])
        await self._tell(now, [*ticket.notes, *lines])
        took = {*(fresh or ()), *changes} - ({*missing, *left} - (changes.keys() - set(left)))
        took |= issues.ours(should, now["fields"], written)
        written = kept.written_now(written, issues.held(should, now["fields"]), took)
        made = before.tasks if before else ()
        if not self._has_ended(now) and tasks.pending(ticket, made):
            whole = now if "subtasks" in now["fields"] else await self._again(now)
            made, refused = await self._subtasks.make(whole, ticket, made)
            by_hand += refused
        return replace(await self._ref(now), not_taken=tuple(by_hand), written=written, tasks=made)

    def _theirs(self, issue: Issue, should: Mapping[str, Any], written: Mapping[str, str]) -> frozenset[str]:
        """The fields that are left to people. `written`: the fingerprints of what we wrote."""
        state = issues.ref_of(self._settings, issue).state
        return kept.theirs(written, issues.held(should, issue["fields"]), self._settings.planned(), state)

    def _has_ended(self, issue: Issue) -> bool:
        return issues.ref_of(self._settings, issue).state in ENDED

    async def _again(self, issue: Issue) -> Issue:
        """The issue as it is after a write: Jira's answer does not say."""
        return await self._issue(issue["key"]) or issue

    async def _move(self, issue: Issue, how: str) -> str:
        """Move it, or say why it was not; whether it took is to be looked at."""
        path = f"{API}/issue/{issue['key']}/transitions"
        offered = await self._calls.get_part(path, "transitions", {"expand": "transitions.fields"})
        chosen = choose(self._settings, offered, how)
        if chosen is None:
            return f"its workflow has no such way from “{(issue['fields'].get('status') or {}).get('name')}” for us"
        answer = await self._calls.ask("POST", path, body=chosen, allowed=frozenset({400, 403}))
        return "" if answer.is_success else f"Jira does not let us: {self._calls.complaint_of(answer)[:SHOWN]}"

    async def _tell(self, issue: Issue, notes: Sequence[str]) -> None:
        """Those of the notes that no comment holds yet."""
        untold = {issues.folded(text): text for note in notes if (text := issues.line_of(note)).strip()}
        if not untold:
            return
        path = f"{API}/issue/{issue['key']}/comment"
        there = issue["fields"].get("comment") or {"comments": [], "total": 1}  # not shown: there may be some
        comments, total = list(there["comments"]), min(there["total"], _COMMENTS)
        while len(comments) < total:  # Jira shows only some of them with the issue
            asked = {"startAt": str(len(comments)), "maxResults": "100"}
            page = self._calls.read_whole(await self._calls.ask("GET", path, params=asked), COMMENTS)
            comments += page["comments"]
            total = min(page.get("total") or 0, _COMMENTS) if page["comments"] else 0
        for comment in comments:
            for line in issues.lines(comment.get("body")):
                untold.pop(line, None)
        for document in issues.comments(untold.values()):
            await self._calls.ask("POST", path, body={"body": document})

    async def _ref(self, issue: Issue) -> TicketRef:
        """With the board's decision, where the project is one of Jira Service Management and we may read it."""
        ref = issues.ref_of(self._settings, issue)
        if (issue["fields"].get("project") or {}).get("projectTypeKey") != "service_desk":
            return ref
        path = f"/rest/servicedeskapi/request/{ref.number}/approval"
        answer = await self._calls.ask("GET", path, allowed=frozenset({400, 403, 404}))
        approvals = self._calls.read_part(answer, "values") if answer.is_success else []
        if not approvals or (verdict := _verdict(approvals[-1])) == "":
            return ref
        last = approvals[-1]
        who = [
            str((approver.get("approver") or {}).get("displayName") or "")
            for approver in last.get("approvers") or ()
            if approver.get("approverDecision") == last.get("finalDecision")
        ]
        at = issues.moment((last.get("completedDate") or {}).get("iso8601"))
        return replace(ref, decision=verdict, decided_by=", ".join(filter(None, who)), decided_at=at)


def _verdict(approval: Mapping[str, Any]) -> Verdict:
    verdicts: dict[str, Verdict] = {"approved": "approved", "declined": "rejected"}
    return verdicts.get(str(approval.get("finalDecision", "")), "")
