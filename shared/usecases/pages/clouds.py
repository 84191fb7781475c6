"""Which cloud is ours: in which admin center people find a post, and which of its rollouts come to us."""

from collections.abc import Sequence

from shared.core.errors import TransientError
from shared.core.policy.our_dates import our_dates
from shared.core.posts.classification import Classification, Window
from shared.core.terms import Cloud
from shared.usecases.deps import Deps


async def cloud_of(deps: Deps, tenants: Sequence[str] = ()) -> Cloud:
    """The cloud of the tenants that show it, else of all; a page is shown as well while there is no policy."""
    try:
        policy = await deps.here.policy.current()
    except TransientError:
        return "worldwide"
    return policy.cloud_of(tenants)


async def our_windows(deps: Deps, classification: Classification, tenants: Sequence[str] = ()) -> tuple[Window, ...]:
    """The rollouts that come to the tenants that show the post, else to any of ours; none while there is no policy."""
    try:
        policy = await deps.here.policy.current()
    except TransientError:
        return ()
    known = [policy.tenants[name] for name in tenants if name in policy.tenants]
    return our_dates(classification, known or policy.tenants.values()).windows
