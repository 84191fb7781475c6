"""How the doctor asks: a few questions at a time, each with a deadline, and one that fails stops no other."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from shared.core.errors import ForbiddenError, NotMadeError, PermanentError, TransientError
from shared.core.policy.model import Policy
from shared.core.ports.outside import Identity
from shared.core.upkeep.findings import Area, Finding, unknown
from shared.usecases.deps import Deps

AT_ONCE = 6
"""Questions."""
PATIENCE = 30.0
"""Seconds for one question."""
WHOLE = 150.0
"""Seconds for all of them: a page has 230."""
Question = Callable[[], Awaitable[Sequence[Finding]]]
Tell = Callable[[Sequence[Finding]], None]
_LOG = logging.getLogger("foresignal.doctor")


@dataclass(slots=True)
class Examination:
    """One run of the doctor, and what it knows so far.

    `tell`: hears every finding as it comes. `send`: a sample card goes to every channel. `own`: our identity.
    `policy`: the one in force, None where there is none. `secrets`: what was found of each; `hosts`: where it may be
    sent, as its tag says. `clocks`: by how many seconds the clock of whom we asked is ahead of ours.
    """

    deps: Deps
    tell: Tell
    send: bool = False
    own: Identity | None = None
    policy: Policy | None = None
    secrets: dict[str, Finding] = field(default_factory=dict)
    hosts: dict[str, str] = field(default_factory=dict)
    clocks: dict[str, float] = field(default_factory=dict)
    _free: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    _until: float = field(default_factory=lambda: asyncio.get_running_loop().time() + WHOLE)

    async def ask(self, area: Area, subject: str, question: Question) -> list[Finding]:
        """What is found; where that cannot be asked, that it is not known, and why."""
        async with self._free:
            left = self._until - asyncio.get_running_loop().time()
            findings = await _answered(area, subject, question, min(PATIENCE, left))
        self.tell(findings)
        return findings

    def note_clock(self, whose: str, ahead: float | None) -> None:
        if ahead is not None:
            self.clocks[whose] = ahead

    def broken_secret(self, paths: str) -> str:
        """The first secret of a part of the policy that is not right; empty where all are."""
        names = (
            (name for path, name in self.deps.outside.secret_names(self.policy) if path.startswith(paths))
            if (self.policy)
            else ()
        )
        return next((name for name in names if name in self.secrets and self.secrets[name].condition != "ok"), "")


async def _answered(area: Area, subject: str, question: Question, seconds: float) -> list[Finding]:
    if seconds <= 0:
        return [unknown(area, subject, "not asked: the whole examination took too long")]
    try:
        async with asyncio.timeout(seconds):
            return list(await question())
    except TimeoutError:
        return [unknown(area, subject, f"no answer within {seconds:.0f} seconds")]
    except (ForbiddenError, NotMadeError) as error:
        return [unknown(area, subject, f"cannot be asked until that is mended: {error}")]
    except (PermanentError, TransientError) as error:
        return [unknown(area, subject, str(error))]
    except Exception as fault:  # noqa: BLE001 - one question that fails stops no other
        _LOG.exception("%s: %s", area, subject)
        return [unknown(area, subject, f"a fault of Foresignal's own ({type(fault).__name__}). Please report it")]
