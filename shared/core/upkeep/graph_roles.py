"""Which application roles on Microsoft Graph a policy needs, why, and what each allows."""

from collections.abc import Iterable
from typing import NamedTuple

from shared.core.policy.model import Policy, Tenant

GRAPH = "00000003-0000-0000-c000-000000000000"
"""Microsoft Graph's application id, the same in every tenant."""
MAIL = "Mail.Send"
"""Not granted in Entra, where it holds for every mailbox; Exchange gives it for one (docs/deploying.md)."""


class AppRole(NamedTuple):
    """`id`: the same in every tenant. `why`: what we do with it. `allows`: all that it lets us do."""

    name: str
    id: str
    why: str
    allows: str


READ_POSTS = AppRole(
    "ServiceMessage.Read.All",
    "1b620472-6534-4fe6-9df2-4680e8aa28ec",
    "Foresignal reads the posts of the Message Center every 15 minutes",
    "read every post of the Message Center; nothing else, and no change",
)
READ_TASKS = AppRole(
    "Tasks.Read.All",
    "f10e1f91-74ed-437f-a6fd-d6ae88e26c1f",
    "the policy follows the Planner tasks that Microsoft's sync makes of the posts",
    "read the tasks of all users in the tenant, as there is no narrower role",
)
WRITE_TASKS = AppRole(
    "Tasks.ReadWrite.All",
    "44e666d1-d276-445b-a5fc-8815eeb81d55",
    "the policy writes dates, steps and owners into the Planner tasks of the posts",
    "read and change the tasks of all users in the tenant, as there is no narrower role; Foresignal writes into the "
    "synced plans only",
)
ROLES = (READ_POSTS, READ_TASKS, WRITE_TASKS)
_INCLUDED = {READ_TASKS: frozenset({READ_TASKS.name, WRITE_TASKS.name})}


def roles_for(policy: Policy, tenant: Tenant) -> tuple[AppRole, ...]:
    """What the policy needs of one tenant."""
    if not tenant.plan:
        return (READ_POSTS,)
    return (READ_POSTS, WRITE_TASKS if policy.planner.mode == "live" else READ_TASKS)


def roles_of_identity(policy: Policy) -> tuple[AppRole, ...]:
    """What our own identity needs: for the tenants that it reads itself."""
    needed = [
        role
        for tenant in policy.tenants.values()
        if tenant.auth.kind == "managed_identity"
        for role in roles_for(policy, tenant)
    ]
    return tuple(dict.fromkeys(role for role in needed if role != READ_TASKS or WRITE_TASKS not in needed))


def has_role(role: AppRole, granted: Iterable[str]) -> bool:
    """Whether one of the roles by name is this one, or includes it."""
    return bool(_INCLUDED.get(role, frozenset({role.name})).intersection(granted))
