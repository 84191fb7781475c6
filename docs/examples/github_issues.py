"""Tickets as GitHub issues: the example of docs/adding-an-adapter.md, complete, and tested like every other adapter.

Our key is a label, the board's word for a state another one; what happened is told at the end of the issue's body, so
that one GET and one PATCH bring an issue up to date. docs.github.com/rest/issues/issues (2022-11-28).
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import httpx
from pydantic import Field

from shared.adapters.registry import AdapterDeps
from shared.adapters.ticketing import kept
from shared.adapters.ticketing.calls import down_of
from shared.adapters.ticketing.differing import differing
from shared.adapters.ticketing.document import bare, parse, value
from shared.adapters.ticketing.lookup import may_take, pass_over
from shared.adapters.ticketing.markup import markdown
from shared.adapters.ticketing.settings import TicketSettings
from shared.core.errors import PermanentError, TransientError
from shared.core.policy.model import SecretName
from shared.core.ports.outside import TicketSystem
from shared.core.terms import ENDED, State
from shared.core.tickets.ticket import Difference, Preview, Ticket, TicketRef

_TITLE, _BODY, _LABEL = 256, 60_000, 50  # characters that GitHub takes (a body takes 65,536)
_OURS = "foresignal"
_HISTORY = "\n\n### History\n"
Issue = Mapping[str, Any]


class Settings(TicketSettings):
    """`repository`: "contoso/changes". `token`: the NAME of the secret, a token that may write its issues."""

    repository: str = Field(pattern=r"^[\w.-]+/[\w.-]+$")
    token: SecretName = Field(min_length=1)
    url: str = "https://api.github.com"


class GitHubIssues:
    """The port `TicketSystem` over one repository; the list of issues is up to date at once."""

    searches_late = 0.0

    def __init__(self, settings: Settings, deps: AdapterDeps) -> None:
        self._settings, self._deps = settings, deps
        self._issues = f"{settings.url}/repos/{settings.repository}/issues"
        self._user = ""

    async def find(self, key: str) -> TicketRef | None:
        """Of what we made ourselves: anybody who may label an issue can give it our key."""
        found = await self._list({"labels": key, "creator": await self._login(), "direction": "asc"})
        refs = [self._ref(one) for one in found]
        return next((ref for ref in refs if ref.state not in ENDED), refs[0] if refs else None)

    async def open(self, ticket: Ticket) -> TicketRef:
        known = await self.find(ticket.key)
        if known and may_take(known, ticket):
            return await self.amend(known, ticket)
        if known:
            line = pass_over(self._what, known, await self._login(), ticket)
            ticket = replace(ticket, notes=(*ticket.notes, line))
        wanted = self._wanted(ticket, "")
        made = self._left(await self._ask("POST", self._issues, wanted), {}, _held(wanted))
        return await self.amend(made, ticket) if ticket.cancelled else made

    async def amend(self, ref: TicketRef, ticket: Ticket) -> TicketRef:
        issue = await self._issue(ref.number)
        if issue is None:
            return await self.open(ticket)  # deleted by hand: the policy still wants it
        state, held = self._ref(issue).state, _held(issue)
        should = self._wanted(ticket, _body(issue).partition(_HISTORY)[2])
        wanted, told = _held(should), should["body"][should["body"].index(_HISTORY) :]
        theirs = frozenset(held) if state in ENDED else kept.filled_in(ref.written, held)
        if "title" in theirs:
            should["title"] = issue.get("title")
        if "text" in theirs:  # as the board left it, but for what happened since
            should["body"] = held["text"] + told
        if ticket.cancelled and state not in ENDED:
            should |= {"state": "closed", "state_reason": "not_planned"}
        elif ticket.reopen and not ticket.cancelled and state in ENDED:
            should |= {"state": "open"}
        differs = {name: what for name, what in should.items() if name != "labels" and issue.get(name) != what}
        after = await self._ask("PATCH", f"{self._issues}/{ref.number}", differs) if differs else issue
        return self._left(after, ref.written, {} if state in ENDED else wanted)

    async def states(self, numbers: Sequence[str]) -> Mapping[str, TicketRef]:
        found: dict[str, TicketRef] = {}
        page = 1
        while set(numbers) - found.keys():
            some = await self._list({"labels": _OURS, "per_page": "100", "page": str(page)})
            found |= {ref.number: ref for one in some if (ref := self._ref(one)).number in numbers}
            if len(some) < 100:
                break
            page += 1
        return found

    def preview(self, ticket: Ticket) -> Preview:
        return Preview(self._issues, self._wanted(ticket, ""))

    async def differences(self, ref: TicketRef, ticket: Ticket) -> Sequence[Difference] | None:
        issue = await self._issue(ref.number)
        if issue is None or self._ref(issue).state in ENDED:
            return None if issue is None else []
        held, wanted = _held(issue), _held(self._wanted(ticket, ""))
        pairs = [(name, text, wanted[name]) for name, text in held.items() if text != wanted[name]]
        return differing(pairs, held.keys() - kept.filled_in(ref.written, held))

    async def ping(self) -> str:
        about = await self._ask("GET", self._issues.removesuffix("/issues"))
        if not isinstance(about, dict) or not (about.get("permissions") or {}).get("push"):
            raise PermanentError(f"{self._what}: the token may not write to {self._settings.repository}: Issues, write")
        return f"{self._settings.repository} on {self._settings.url}: issues can be written"

    @property
    def _what(self) -> str:
        return f"ticket system {self._deps.name}"

    def _wanted(self, ticket: Ticket, told: str) -> dict[str, Any]:
        """What we keep on an issue: its title, and its body with everything that it was told."""
        if len(ticket.key) > _LABEL:
            raise PermanentError(f"{self._what}: a label holds {_LABEL} characters; give the deployment a shorter name")
        lines = told.splitlines()
        folded = (" ".join(bare(value(note)).split()) for note in ticket.notes)
        notes = [f"- {markdown(parse(value(note)), _BODY)}" for note in folded if note]
        history = "\n".join([*lines, *dict.fromkeys(note for note in notes if note not in lines)])
        text = markdown(self._settings.description(ticket, "github_issues"), _BODY // 2)
        return {
            "title": self._settings.title(ticket, _TITLE),
            "body": text + _HISTORY + history[-_BODY // 2 :],
            "labels": [_OURS, ticket.key],
        }

    def _ref(self, issue: Any) -> TicketRef:
        if not isinstance(issue, dict) or not isinstance(issue.get("number"), int):
            raise TransientError(f"{self._what}: {self._settings.url} answered no issue: is it GitHub?")
        ended = issue.get("state") == "closed"
        labels = {str(label.get("name")) for label in issue.get("labels") or ()}
        named: State = next((state for word, state in self._settings.states.items() if word in labels), "new")
        state: State = ("cancelled" if issue.get("state_reason") == "not_planned" else "closed") if ended else named
        at = datetime.fromisoformat(issue["closed_at"]) if ended and issue.get("closed_at") else None
        return TicketRef(str(issue["number"]), str(issue.get("html_url", "")), state, at, str(issue.get("state", "")))

    def _left(self, issue: Any, written: Mapping[str, str], wanted: Mapping[str, str]) -> TicketRef:
        """The issue as we leave it, with what of it is ours: what holds what we want."""
        ref, held = self._ref(issue), _held(issue)
        return replace(ref, written=kept.written_now(written, held, [n for n in wanted if held[n] == wanted[n]]))

    async def _login(self) -> str:
        """Our own account's name; asked once."""
        if not self._user:
            user = await self._ask("GET", f"{self._settings.url}/user")
            if not isinstance(user, dict) or not isinstance(user.get("login"), str):
                raise TransientError(f"{self._what}: {self._settings.url} answered no user: is it GitHub?")
            self._user = user["login"]
        return self._user

    async def _list(self, asked: Mapping[str, str]) -> list[Any]:
        found = await self._ask("GET", self._issues, params={"state": "all", **asked})
        if not isinstance(found, list):
            raise TransientError(f"{self._what}: {self._settings.url} answered no list: is it GitHub?")
        return found

    async def _issue(self, number: str) -> Issue | None:
        if not (number.isascii() and number.isdigit()):
            return None
        found = await self._ask("GET", f"{self._issues}/{number}", expected=frozenset({404, 410}))
        return found if isinstance(found, dict) and "number" in found else None

    async def _ask(
        self,
        method: str,
        url: str,
        body: Any = None,
        params: Mapping[str, str] | None = None,
        expected: frozenset[int] = frozenset(),
    ) -> Any:
        """One call. What status is which failure, how long to wait, and what no error may hold is `http`'s business."""
        token = (await self._deps.secrets.get(self._settings.token)).strip()
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/vnd.github+json"}
        closed = frozenset({401}) if url.startswith(f"{self._issues}/") else frozenset({401, 403, 404, 410})
        response: httpx.Response = await self._deps.http.send(
            method, url, what=self._what, json=body, params=params, headers=headers, expected=expected | closed,
            transient=frozenset({409, 412}), hide=(token,),
        )  # fmt: skip
        if (status := response.status_code) in closed:  # to us, whichever ticket it is
            why = f"the token in the secret {self._settings.token} may not write to {self._settings.repository}"
            raise down_of(f"{self._what}: {self._settings.url} answered {status}: {why}", status)
        try:
            return response.json()
        except ValueError:
            raise TransientError(f"{self._what}: {self._settings.url} answered no JSON: is it GitHub?") from None


def _body(issue: Issue) -> str:
    return str(issue.get("body") or "").replace("\r\n", "\n")  # so GitHub's own page ends its lines


def _held(issue: Issue) -> dict[str, str]:
    """The fields that we write, as they are compared: the history is no part of the text."""
    return {"title": str(issue.get("title") or ""), "text": _body(issue).partition(_HISTORY)[0].rstrip()}


def build(settings: Settings, deps: AdapterDeps) -> TicketSystem:
    return GitHubIssues(settings, deps)
