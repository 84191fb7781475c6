"""Whether we may do at a ServiceNow instance what we are to do; nothing is changed by asking."""

from shared.adapters.tickets.servicenow import record as records
from shared.adapters.tickets.servicenow.calls import Calls
from shared.adapters.tickets.servicenow.settings import Settings
from shared.adapters.tickets.servicenow.writes import TABLE_API
from shared.core.errors import PermanentError

_ROLES = "/api/now/table/sys_user_has_role"


async def ping(calls: Calls, settings: Settings) -> str:
    """Reading is tried; of writing the roles tell, where we may see them (which takes the role itil)."""
    await calls.results(TABLE_API, {"sysparm_limit": "1", "sysparm_fields": "sys_id"})
    query = "user=javascript:gs.getUserID()^state=active"
    params = {"sysparm_query": query, "sysparm_fields": "role.name", "sysparm_limit": "200"}
    answer = await calls.ask("GET", _ROLES, params=params, allowed=frozenset({400, 403, 404}))
    entries = calls.result(answer, list) if answer.is_success else []
    roles = {records.raw_value(role, "role.name") for role in entries if isinstance(role, dict)}
    who = settings.user or f"the client {settings.client_id}"
    if roles and not roles & settings.writing_roles:
        raise PermanentError(
            f"{calls.what}: {who} may read change requests and not write them: give it {settings.role_names}"
        )
    unsure = "" if roles else f"; whether it may write could not be seen: it takes {settings.role_names}"
    return f"{settings.address} as {who}: change requests can be read{unsure}"
