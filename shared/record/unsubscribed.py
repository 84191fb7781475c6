"""Who wants no more mails of a channel (in table `deliveries`, beside what waits for the channel).

A row holds no address, only its hash. It stays when the mails are taken up again: so whoever repeats an act whose copy
in the audit was lost finds it, and writes the copy.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from shared.core.policy.mail import same_address
from shared.core.ports.storage import Row, Tables, Value, Write
from shared.core.times import stored_moment
from shared.record.deliveries import TABLE
from shared.record.packing import END

_PREFIX = "u|"


@dataclass(frozen=True, slots=True)
class Choice:
    """Whether an address wants no mails of a channel, as somebody said last; `who`: that person's object id."""

    channel: str
    address: str
    stopped: bool
    who: str
    at: datetime
    etag: str = ""


async def choice_of(tables: Tables, channel: str, address: str) -> Choice | None:
    """What was said last for an address; None where nobody said anything: one read."""
    row = await tables.get(TABLE, channel, _key(address))
    if row is None:
        return None
    v = row.values
    return Choice(channel, address, bool(v["stopped"]), str(v["who"]), stored_moment(v["at"]), row.etag)


async def write_choice(tables: Tables, choice: Choice) -> None:
    """What is said now, over what was read. ConflictError where somebody was faster."""
    values: dict[str, Value] = {"stopped": choice.stopped, "who": choice.who, "at": choice.at}
    row = Row(choice.channel, _key(choice.address), values, choice.etag)
    await tables.commit(TABLE, [Write("replace" if choice.etag else "insert", row)])


async def without_stopped(tables: Tables, channel: str, addresses: Iterable[str]) -> list[str]:
    """Those of these addresses that want the mails of a channel: one range query."""
    rows = await tables.range(TABLE, channel, _PREFIX, _PREFIX + END)
    stopped = {row.key for row in rows if row.values.get("stopped")}
    return [address for address in addresses if _key(address) not in stopped]


def _key(address: str) -> str:
    return _PREFIX + sha256(same_address(address).encode()).hexdigest()
