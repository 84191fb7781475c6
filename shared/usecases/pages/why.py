"""Why somebody gets a change: the way of a stored change, or of a post that somebody pastes, through today's policy."""

from dataclasses import dataclass

from shared.core import ids
from shared.core.backtest.replay import Replay
from shared.core.changes.tenants import with_joined
from shared.core.decisions.what_if import WhatIf, what_if
from shared.core.policy.model import Policy
from shared.core.posts.privacy import is_private
from shared.record.changes import read_alone
from shared.record.copies import copies_of
from shared.usecases.deps import Deps

_PASTED = "MC0000"
"""The id of a post that has none: it is read, and kept nowhere."""
LONGEST_TEXT = 16_000
"""Characters of a pasted post that are read."""


@dataclass(frozen=True, slots=True)
class Pasted:
    """A post as somebody pastes it; `services` as Message Center names them."""

    title: str
    text: str
    services: tuple[str, ...] = ()


async def why_of_change(deps: Deps, text: str, policy: Policy | None = None, *, privacy: bool = True) -> WhatIf | None:
    """Who would get a stored change as it stands, and why; None where there is none. Two calls.

    `policy`: instead of the one in force. `privacy`: whether a post on data privacy may be told; else it is none.
    Raises PermanentError for what is no id.
    """
    change_id = ids.normalise(text)
    record = await read_alone(deps.storage.tables, change_id)
    if record is None or not (privacy or not is_private(record.change.read())):
        return None
    own = (await copies_of(deps.storage.tables, ids.partition(change_id), [change_id])).get(change_id, [])
    copies = [each.copy for each in own]
    tenants = [copy.tenant for copy in copies if not copy.gone]
    in_force = policy or await deps.here.policy.current()
    return what_if(in_force, with_joined(record.change, copies), deps.here.clock(), tenants)


async def why_of_pasted(deps: Deps, pasted: Pasted) -> WhatIf:
    """The same of a post that is read now, as it would come to every tenant today. Nothing of it is kept."""
    now, policy = deps.here.clock(), await deps.here.policy.current()
    stamp = now.isoformat()
    raw = {
        "id": _PASTED,
        "title": pasted.title,
        "startDateTime": stamp,
        "lastModifiedDateTime": stamp,
        "services": list(pasted.services),
        "body": {"contentType": "html" if "<" in pasted.text else "text", "content": pasted.text[:LONGEST_TEXT]},
    }
    change, _ = Replay().take(raw, now)
    answer = what_if(policy, change, now, tuple(policy.tenants))
    return WhatIf("", answer.title, policy, answer.subject, answer.routed, answer.steps, answer.silent)
