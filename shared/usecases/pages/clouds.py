"""In which cloud's admin center people find a post, for the links of pages."""

from collections.abc import Sequence

from shared.core.errors import TransientError
from shared.core.terms import Cloud
from shared.usecases.deps import Deps


async def cloud_of(deps: Deps, tenants: Sequence[str] = ()) -> Cloud:
    """The cloud of the tenants that show it, else of all; a page is shown as well while there is no policy."""
    try:
        policy = await deps.here.policy.current()
    except TransientError:
        return "worldwide"
    return policy.cloud_of(tenants)
