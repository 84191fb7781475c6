"""Who an issue is assigned to and who reports it: people by their addresses, set on a new issue only."""

from collections.abc import Mapping

import httpx

from shared.adapters.recent import Recent
from shared.adapters.ticketing.lookup import REMEMBERED, Unknown
from shared.adapters.ticketing.outcome import nobody_assigned, nobody_requests
from shared.adapters.tickets.jira.calls import Calls
from shared.adapters.tickets.jira.settings import Settings
from shared.core.ports.deployment import Clock
from shared.core.tickets.ticket import Ticket

_SEARCH = "/rest/api/3/user/search"
_UNREADABLE = frozenset({400, 401, 403, 404})  # 401: a bearer token without the scope for people
_LINES = {"assignee": nobody_assigned, "reporter": nobody_requests}
Person = dict[str, str]


class People:
    """Each person is looked up once."""

    def __init__(self, calls: Calls, settings: Settings, clock: Clock) -> None:
        self._calls, self._settings = calls, settings
        self._unknown = Unknown(clock)
        self._ids: Recent[str, str] = Recent(REMEMBERED)  # of accounts, by address

    async def of(self, ticket: Ticket) -> tuple[dict[str, Person], tuple[str, ...]]:
        """The people of a new issue, by field, and lines about those that nobody knows. The policy's own go first."""
        people: dict[str, Person] = {}
        lines = []
        for name, address in self.addresses(ticket).items():
            if number := await self.account(address):
                people[name] = {"id": number}
            else:
                lines.append(_LINES[name](address))
        return people, tuple(lines)

    def addresses(self, ticket: Ticket) -> dict[str, str]:
        """The addresses of those whom a new issue names, by field."""
        people = {"assignee": ticket.assigned_to, "reporter": ticket.requested_by}
        return {name: who for name, who in people.items() if who and name not in self._settings.fields}

    async def account(self, address: str) -> str:
        """The id of the account with that address; empty where there is none, or Jira does not show it to us.

        Many people hide their address: Jira finds them by it all the same.
        """
        if not address or address in self._unknown:
            return ""
        if address not in self._ids:
            answer = await self._calls.ask("GET", _SEARCH, params={"query": address}, allowed=_UNREADABLE)
            users = self._calls.read_users(answer) if answer.is_success else []
            people = [user for user in users if user.get("active") and user.get("accountType", "atlassian") != "app"]
            named = [user for user in people if str(user.get("emailAddress") or "").casefold() == address.casefold()]
            hidden = [user for user in people if not user.get("emailAddress")]
            fitting = named or (hidden if len(people) == 1 else [])
            if len(fitting) != 1:
                self._unknown.add(address)
                return ""
            self._ids[address] = str(fitting[0]["accountId"])
        return self._ids[address]

    def without(
        self, people: Mapping[str, Person], answer: httpx.Response, ticket: Ticket
    ) -> tuple[dict[str, Person], tuple[str, ...]]:
        """The people whom Jira did not refuse, and lines about the others: all, where it does not say whom."""
        errors = self._calls.errors_of(answer)
        off = [name for name in people if name in errors] or list(people)
        addresses, complaint = self.addresses(ticket), self._calls.complaint_of(answer)
        lines = tuple(_LINES[name](addresses[name], str(errors.get(name) or complaint)) for name in off)
        return {name: who for name, who in people.items() if name not in off}, lines
