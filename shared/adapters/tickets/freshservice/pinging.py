"""Whether we may do at a Freshservice account what we are to do; nothing is changed by asking."""

from dataclasses import replace

from shared.adapters.ticketing.settings import SAMPLE
from shared.adapters.tickets.freshservice.calls import Calls, errors
from shared.adapters.tickets.freshservice.change import PLANNED
from shared.adapters.tickets.freshservice.form import Form
from shared.adapters.tickets.freshservice.settings import Settings
from shared.adapters.tickets.freshservice.wanted import new_fields, wanted_fields
from shared.core.errors import PermanentError

_UNDATED = replace(SAMPLE, planned_start=None, planned_end=None, act_by=None)


async def ping(calls: Calls, form: Form, settings: Settings) -> str:
    """Reading is tried; of writing tells what is said to a change without anything in it, which is never made."""
    await calls.get("/changes", "changes", {"per_page": "1", **calls.where})
    fields = await form.fields(anew=True)
    should = {**new_fields(settings, SAMPLE, 1), **wanted_fields(settings, SAMPLE)}
    missing = [
        name.partition(".")[2]
        for name in should
        if name.startswith("custom_fields.") and fields and name.partition(".")[2] not in fields
    ]
    if missing:
        raise PermanentError(
            f"{calls.what}: changes have no custom field {', '.join(missing)}: an admin adds it (Field Manager, Change "
            "fields), or it is named otherwise in the policy"
        )
    answer = await calls.ask("POST", "/changes", body={}, allowed=frozenset({400, 403, 422}))
    if answer.status_code == 403:
        raise PermanentError(
            f"{calls.what}: the agent whose key the secret {settings.api_key} holds may read changes and not create "
            "them: give it a role that may create and edit changes (Change manager, or one of your own)"
        )
    faults = errors(calls.json(answer))
    wants = {str(fault["field"]) for fault in faults if fault.get("code") == "missing_field"}
    given = {*new_fields(settings, _UNDATED, 1), *PLANNED}  # dates are set where there are none
    lacking = sorted(name for name in wants if not {name, f"custom_fields.{_bare(name)}"} & given)
    if lacking:
        raise PermanentError(
            f"{calls.what}: the form of changes requires {', '.join(lacking)}: give it a value under `fields` in the "
            "policy, also for a change without dates, or do not require it there"
        )
    unsure = "" if fields else "; its form could not be read"
    return f"{settings.address} with the key in {settings.api_key}: changes can be read and written{unsure}"


def _bare(name: str) -> str:
    return name.removeprefix("custom_fields.")
