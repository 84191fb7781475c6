"""Change requests looked up at ServiceNow: by our key, by their number, many at once."""

from collections.abc import Mapping, Sequence
from typing import Any

from shared.adapters.ticketing.calls import about_system
from shared.adapters.tickets.servicenow import record as records
from shared.adapters.tickets.servicenow.calls import Calls
from shared.adapters.tickets.servicenow.settings import Settings
from shared.adapters.tickets.servicenow.wanted import KEY_LIMIT
from shared.adapters.tickets.servicenow.writes import ALL, TABLE_API, fields_of
from shared.core.errors import PermanentError
from shared.core.terms import ENDED

AT_ONCE = 100
_CANDIDATES = 20  # with one key there is one; a second look at what a search answered
_US = "javascript:gs.getUserName()"  # the instance says who we are
Record = Mapping[str, Any]


class Searches:
    """A search whose answer does not hold what was searched for is refused.

    ServiceNow leaves out the parts of a query that it does not understand or that we may not read: then it answers
    with whatever there is.
    """

    def __init__(self, calls: Calls, settings: Settings) -> None:
        self._calls, self._settings = calls, settings

    async def by_key(self, key: str) -> Record | None:
        """What we made: anybody who may write change requests can set their `correlation_id`."""
        ours, user = key[:KEY_LIMIT], self._settings.user
        author = user if user and "^" not in user else _US
        matches = await self._search(f"correlation_id={ours}^sys_created_by={author}", "correlation_id", ours)
        authors = [records.raw_value(match, "sys_created_by") for match in matches]
        self._assert_searched(
            "sys_created_by", all(each and (author == _US or each.casefold() == user.casefold()) for each in authors)
        )
        open_ones = (match for match in matches if records.ref_of(self._settings, match).state not in ENDED)
        return next(open_ones, matches[0] if matches else None)

    async def by_number(self, number: str) -> Record | None:
        if not records.NUMBER.fullmatch(number):
            return None
        return next(iter(await self._search(f"number={number}", "number", number)), None)

    async def by_numbers(self, numbers: Sequence[str]) -> list[Record]:
        """At most `AT_ONCE`."""
        query = {"sysparm_query": f"numberIN{','.join(numbers)}", "sysparm_limit": str(2 * AT_ONCE)}
        rows = await self._calls.results(TABLE_API, {**query, **ALL, "sysparm_fields": fields_of(self._settings)})
        self._assert_searched("number", all(records.raw_value(row, "number") in numbers for row in rows))
        return list(rows)

    async def _search(self, query: str, field: str, value: str) -> list[Record]:
        """The change requests that an encoded query finds, and whose field holds the value indeed, oldest first."""
        params = {
            "sysparm_query": f"{query}^ORDERBYsys_created_on",
            "sysparm_limit": str(_CANDIDATES),
            "sysparm_fields": fields_of(self._settings),
        }
        with about_system():  # a list of what we may see: it refuses nobody one ticket
            matches = await self._calls.results(TABLE_API, {**params, **ALL})
        values = [records.raw_value(match, field) for match in matches]
        self._assert_searched(field, all(each.casefold() == value.casefold() for each in values))
        return [match for match, each in zip(matches, values, strict=True) if each == value]

    def _assert_searched(self, field: str, is_searched: bool) -> None:
        if not is_searched:
            raise PermanentError(
                f"{self._calls.what}: a search by {field} was answered with other change requests: let our user read "
                f"that field of change_request (ServiceNow leaves out of a search what the user may not read)"
            )
