"""`watch_policy`: a pushed policy that is wrong is told to the process owner once, and once that it is well again."""

import hashlib
import logging

from shared.core.cards.notice import Notice
from shared.core.errors import ConflictError, PermanentError, TransientError
from shared.record.tenants import policy_notice, write_policy_notice
from shared.usecases.deps import Deps

_LOG = logging.getLogger("foresignal.policy")
_SHOWN = 10
_WELL_AGAIN = 15  # the first quarter of an hour


async def watch_policy(deps: Deps) -> str:
    """What was said: "wrong", "well", or nothing. The role comes from the policy that is still in force.

    That it is well again is said within the hour: nobody waits for it, and looking whether anything was said costs a
    call. Claim, send, record, as for every card: a death between Teams' answer and our record says it twice.
    """
    policy = await deps.here.policy.current()
    failure = deps.here.policy.failure
    if not failure and deps.here.clock().minute >= _WELL_AGAIN:
        return ""
    last = await policy_notice(deps.storage.tables)
    fault = hashlib.sha256(failure.encode()).hexdigest() if failure else ""
    if fault == last.fault:
        return ""
    role = policy.roles.process_owner
    if role is None or not role.channel:
        if failure:
            _LOG.error("the pushed policy is wrong, and roles.process_owner names no channel to say so: %s", failure)
        return ""
    try:
        claim = await write_policy_notice(deps.storage.tables, last, fault)
    except ConflictError:
        return ""  # another process says it
    try:
        channel = await deps.outside.channel(policy, role.channel)
        await channel.post(_notice(failure, role.who, deps.here.public_url))
    except (PermanentError, TransientError) as error:
        _LOG.error("the process owner could not be told: %s", error)
        await write_policy_notice(deps.storage.tables, claim, last.fault)
        return ""
    return "wrong" if failure else "well"


def _notice(failure: str, who: tuple[str, ...], public_url: str) -> Notice:
    page = (("Status of this deployment", f"{public_url}/api/status"),)
    if not failure:
        return Notice("The policy is well again", "The policy that was pushed is in force.", (), who, page, bad=False)
    head, _, rest = failure.partition(": ")
    faults = rest.split("; ")
    more = (f"and {len(faults) - _SHOWN} more",) if len(faults) > _SHOWN else ()
    return Notice(
        "The pushed policy is not in force",
        f"{head}. The last good one goes on working, and nothing is lost. Put it right and push it again: "
        "foresignal check, then foresignal policy push; or go back with foresignal policy back.",
        (*faults[:_SHOWN], *more),
        who,
        page,
        bad=True,
    )
