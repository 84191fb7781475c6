"""`doctor`: whether a deployment is right, line by line, and what mends what is not. It changes nothing.

With `send` it posts a sample card to every channel, as only a card tells whether a channel takes one.
"""

import asyncio
from collections.abc import Awaitable, Sequence
from itertools import chain

from shared.core.upkeep.findings import Finding, unknown
from shared.usecases.deps import Deps
from shared.usecases.upkeep.checks.asking import Examination, Tell
from shared.usecases.upkeep.checks.here import (
    look_at_answers,
    look_at_clock,
    look_at_identity,
    look_at_policy,
    look_at_secret,
)
from shared.usecases.upkeep.checks.running import look_at_fetches, look_at_lists, look_at_parked
from shared.usecases.upkeep.checks.storage import look_at_storage
from shared.usecases.upkeep.checks.targets import look_at_channel, look_at_reader, look_at_tickets, recorded_deliveries
from shared.usecases.upkeep.checks.tenants import look_at_tenant


def _nobody(findings: Sequence[Finding]) -> None:
    del findings


async def doctor(deps: Deps, tell: Tell = _nobody, *, send: bool = False) -> tuple[Finding, ...]:
    """Every finding, in an order for people. `tell` hears each as it comes. `send`: a sample card for each channel.

    Nothing is raised: what cannot be asked is not known, and says why.
    """
    exam = Examination(deps, tell, send=send)
    identity = await look_at_identity(exam)
    storage, policy = await asyncio.gather(look_at_storage(exam), look_at_policy(exam))
    secrets, rest = await _of_policy(exam)
    running = await _all(look_at_parked(exam), look_at_lists(exam))
    clock = await look_at_clock(exam)
    return (*identity, *storage, *policy, *secrets, *rest, *running, *clock)


async def _of_policy(exam: Examination) -> tuple[list[Finding], list[Finding]]:
    """What only a policy names: its secrets, and everything else."""
    policy = exam.policy
    if policy is None:
        unasked = "tenants, secrets, channels, ticket systems, fetches"
        nothing = unknown("policy", unasked, "not asked: there is no policy")
        exam.tell([nothing])
        return [], [nothing]
    uses = {name: path for path, name in reversed(exam.deps.outside.secret_names(policy))}
    secrets = await _all(*(look_at_secret(exam, path, name) for name, path in reversed(uses.items())))
    recorded, lost = await recorded_deliveries(exam)
    rest = await _all(
        *(look_at_tenant(exam, name, tenant) for name, tenant in policy.tenants.items()),
        *(look_at_channel(exam, name, channel, recorded) for name, channel in policy.channels.items()),
        *(look_at_tickets(exam, name, entry, recorded) for name, entry in policy.tickets.items()),
        look_at_reader(exam),
        look_at_answers(exam),
        look_at_fetches(exam),
    )
    return secrets, [*lost, *rest]


async def _all(*asking: Awaitable[Sequence[Finding]]) -> list[Finding]:
    return list(chain.from_iterable(await asyncio.gather(*asking)))
