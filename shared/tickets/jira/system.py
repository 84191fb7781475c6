"""The port `TicketSystem` over Jira."""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any
from weakref import WeakValueDictionary

from shared.adapter import Deps
from shared.core.errors import PermanentError
from shared.core.ticket import ENDED, Preview, Ticket, TicketRef, Verdict
from shared.tickets.jira import issue as issues
from shared.tickets.jira.moves import ask_by_hand, choose
from shared.tickets.jira.pinging import ping, rich_fields
from shared.tickets.jira.settings import Settings
from shared.tickets.jira.site import Site, complaint

API = "/rest/api/3"
_BASIC = ("summary", "description", "labels", "status", "resolution", "resolutiondate", "statuscategorychangedate")
_AT_ONCE = 100
_REMEMBERED = 50  # issues that a search is asked to look at as they are now; Jira takes no more
Issue = Mapping[str, Any]


class JiraSystem:
    """One project. A search sees a new issue late: what this process made it names, others wait for `searches_late`."""

    searches_late = 60.0

    def __init__(self, settings: Settings, deps: Deps) -> None:
        self._settings = settings
        self._site = Site(settings, deps)
        self._fields = ",".join(dict.fromkeys((*_BASIC, "project", *settings.fields, "priority")))
        self._made: OrderedDict[str, str] = OrderedDict()  # key -> id
        self._opening: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._rich: frozenset[str] | None = None

    async def find(self, key: str) -> TicketRef | None:
        found = await self._look_up(key)
        return await self._ref(found) if found else None

    async def open(self, ticket: Ticket) -> TicketRef:
        lock = self._opening.setdefault(ticket.key, asyncio.Lock())
        async with lock:
            found = await self._look_up(ticket.key)
            if found:
                return await self._bring(found, ticket)
            fields = issues.created(self._settings, ticket, await self._documents())
            made = self._site.read(await self._site.ask("POST", f"{API}/issue", body={"fields": fields}), "key")
            self._made[ticket.key] = str(made["id"])
            while len(self._made) > _REMEMBERED * 20:
                self._made.popitem(last=False)
            issue = await self._issue(made["key"])
            if issue is None:
                raise PermanentError(
                    f"{self._site.what}: {made['key']} was created and cannot be read; give us Browse projects and "
                    "the right to see issues of its security level"
                )
            return await self._bring(issue, ticket, fresh=True)

    async def amend(self, ref: TicketRef, ticket: Ticket) -> TicketRef:
        issue = await self._issue(ref.number)
        if issue is None:
            await self._site.get(f"{API}/project/{self._settings.project}", "key")  # else we only lost sight of it
            self._made.pop(ticket.key, None)
            return await self.open(ticket)
        return await self._bring(issue, ticket)

    async def states(self, numbers: Sequence[str]) -> Mapping[str, TicketRef]:
        asked = [number for number in numbers if issues.KEY.fullmatch(number)]
        found: dict[str, TicketRef] = {}
        for at in range(0, len(asked), _AT_ONCE):
            some = asked[at : at + _AT_ONCE]
            body = {"issueIdsOrKeys": some, "fields": self._fields.split(",")}
            answer = self._site.read(await self._site.ask("POST", f"{API}/issue/bulkfetch", body=body), "issues")
            by_key = {issue["key"]: issue for issue in answer["issues"]}
            moved = by_key.keys() - set(some)  # to another project, where an issue gets another key
            for number in some:
                issue = by_key.get(number) or (await self._issue(number) if moved else None)
                if issue:
                    found[number] = await self._ref(issue)
        return found

    def preview(self, ticket: Ticket) -> Preview:
        where = f"{self._settings.api}{API}/issue"
        return Preview(where, issues.created(self._settings, ticket))

    async def ping(self) -> str:
        return await ping(self._site, self._settings)

    async def _look_up(self, key: str) -> Issue | None:
        """The oldest issue with the label, as it is now: what the search says of it may be old."""
        quoted = key.replace("\\", "\\\\").replace('"', '\\"')
        body: dict[str, Any] = {
            "jql": f'labels = "{quoted}" ORDER BY created ASC',
            "fields": ["labels"],
            "maxResults": _AT_ONCE,
        }
        if key in self._made:
            body["reconcileIssues"] = [int(self._made[key])]
        answer = self._site.read(await self._site.ask("POST", f"{API}/search/jql", body=body), "issues")
        for one in sorted(answer["issues"], key=lambda issue: int(issue["id"])):
            issue = await self._issue(one["id"])
            if issue and key in (issue["fields"].get("labels") or ()):
                return issue
        return None

    async def _issue(self, number: str) -> Issue | None:
        if not (issues.KEY.fullmatch(number) or (number.isascii() and number.isdigit())):
            return None
        answer = await self._site.ask(
            "GET", f"{API}/issue/{number}", params={"fields": self._fields}, allowed=frozenset({404})
        )
        if not answer.is_success:
            return None
        found: Issue = self._site.read(answer, "fields")
        return found

    async def _bring(self, issue: Issue, ticket: Ticket, *, fresh: bool = False) -> TicketRef:
        """The issue as it should be. What has ended stays as the board left it, but for notes. `fresh`: just made."""
        number = issue["key"]
        lines = list(ticket.notes)
        ended = issues.ref_of(self._settings, issue).state in ENDED
        moved = False
        if ended and ticket.reopen and not ticket.cancelled:
            moved, line = await self._move(issue, "reopen", ticket)
            lines += [line]
            ended = not moved
        if not ended and not fresh:
            should = issues.wanted(self._settings, ticket, await self._documents())
            changes = issues.differences(should, issue["fields"])
            if changes:
                await self._site.ask("PUT", f"{API}/issue/{number}", body={"fields": changes})
        if ticket.cancelled and not ended:
            moved, line = await self._move(issue, "cancel", ticket)
            lines += [line]
        await self._tell(number, lines, fresh=fresh)
        now = await self._issue(number) if moved else issue
        return await self._ref(now or issue)

    async def _move(self, issue: Issue, how: str, ticket: Ticket) -> tuple[bool, str]:
        """Whether it was moved, and the line about it for the history."""
        path = f"{API}/issue/{issue['key']}/transitions"
        offered = (await self._site.get(path, "transitions", expand="transitions.fields"))["transitions"]
        status = issue["fields"]["status"]["name"]
        chosen = choose(self._settings, offered, how)
        if chosen is None:
            return False, ask_by_hand(how, ticket, f"its workflow has no such way from “{status}” for us")
        answer = await self._site.ask("POST", path, body=chosen, allowed=frozenset({400, 403}))
        if answer.is_success:
            why = ticket.why_cancelled if how == "cancel" else "To be looked at again for what happened since"
            return True, f"{why}."
        return False, ask_by_hand(how, ticket, f"Jira does not let us: {complaint(answer)}")

    async def _tell(self, number: str, notes: Sequence[str], *, fresh: bool) -> None:
        """Those of the notes that no comment holds yet."""
        told = {issues.folded(text): text for note in notes if (text := issues.line_of(note)).strip()}
        if not told:
            return
        path, start, total = f"{API}/issue/{number}/comment", 0, 0 if fresh else 1
        while start < total and told:
            page = await self._site.get(path, "comments", startAt=str(start), maxResults="100")
            total = page["total"]
            start += len(page["comments"]) or total
            for comment in page["comments"]:
                for line in issues.lines(comment.get("body")):
                    told.pop(line, None)
        for document in issues.comments(told.values()):
            await self._site.ask("POST", path, body={"body": document})

    async def _ref(self, issue: Issue) -> TicketRef:
        """With the board's decision, where the project is one of Jira Service Management and we may read it."""
        ref = issues.ref_of(self._settings, issue)
        if (issue["fields"].get("project") or {}).get("projectTypeKey") != "service_desk":
            return ref
        path = f"/rest/servicedeskapi/request/{ref.number}/approval"
        answer = await self._site.ask("GET", path, allowed=frozenset({400, 403, 404}))
        given = self._site.read(answer, "values")["values"] if answer.is_success else []
        if not given or (verdict := _verdict(given[-1])) == "":
            return ref
        last = given[-1]
        who = [
            str((one.get("approver") or {}).get("displayName", ""))
            for one in last.get("approvers") or ()
            if one.get("approverDecision") == last["finalDecision"]
        ]
        at = issues.moment((last.get("completedDate") or {}).get("iso8601"))
        return TicketRef(
            ref.number, ref.url, ref.state, ref.closed_at, ref.remote_state, verdict, ", ".join(filter(None, who)), at
        )

    async def _documents(self) -> frozenset[str]:
        """Which of the policy's own fields hold documents; asked once, and only where it could matter."""
        if self._rich is None:
            texts = [name for name, what in self._settings.fields.items() if isinstance(what, str)]
            asked = any(name.startswith("customfield_") or name == "environment" for name in texts)
            self._rich = await rich_fields(self._site, self._settings) if asked else frozenset()
        return self._rich


def _verdict(approval: Mapping[str, Any]) -> Verdict:
    found: dict[str, Verdict] = {"approved": "approved", "declined": "rejected"}
    return found.get(str(approval.get("finalDecision", "")), "")
