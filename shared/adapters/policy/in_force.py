"""The policy in force: the blob that an admin pushed, else the package's copy; the last good one goes on working."""

import contextlib
import logging
from datetime import datetime, timedelta

from shared.adapters.policy import file
from shared.core.errors import PermanentError, TransientError
from shared.core.policy.model import Policy
from shared.core.ports.deployment import Clock
from shared.core.ports.storage import Blobs

CONTAINER, BLOB = "config", "policy.yaml"
LAST_GOOD = "policy.last-good.yaml"
"""The newest policy that was taken: a new process falls back on it where the pushed one is wrong."""
_KEPT = timedelta(minutes=1)
_LOG = logging.getLogger("foresignal.policy")


class PolicyInForce:
    """The port `PolicySource`. `failure`: why the newest policy is not in force, for `/api/status`."""

    def __init__(self, blobs: Blobs, clock: Clock) -> None:
        self._blobs = blobs
        self._clock = clock
        self._policy: Policy | None = None
        self._text: str | None = None
        self._read_at: datetime | None = None
        self.failure = ""

    async def current(self) -> Policy:
        now = self._clock()
        if self._policy is not None and self._read_at and now - self._read_at < _KEPT:
            return self._policy
        try:
            data = await self._blobs.get(CONTAINER, BLOB)
        except TransientError as error:
            if self._policy is None:
                raise
            _LOG.warning("the policy in force goes on: %s", error)
            return self._policy
        text = data.decode(errors="replace") if data else file.DEFAULT.read_text(encoding="utf-8")
        self._read_at = now
        if text != self._text or self._policy is None:
            await self._take(text, f"blob {CONTAINER}/{BLOB}" if data else "config/policy.yaml", pushed=bool(data))
        if self._policy is None:
            raise TransientError(f"there is no good policy: {self.failure}", 60)
        return self._policy

    async def _take(self, text: str, name: str, *, pushed: bool) -> None:
        self._text = text
        try:
            self._policy = file.load(text, name)
            self.failure = ""
        except PermanentError as error:
            self.failure = str(error)
            _LOG.error("the policy is not taken: %s", error)
        except Exception as fault:  # noqa: BLE001 - whatever was pushed, the last good policy goes on
            self.failure = f"{name} cannot be read: a fault of Foresignal's own ({type(fault).__name__})"
            _LOG.exception("the policy is not taken: %s. Please report it", self.failure)
        if self.failure:
            if self._policy is None:
                await self._fall_back()
            return
        if pushed:
            await self._keep(text)

    async def _keep(self, text: str) -> None:
        with contextlib.suppress(TransientError):  # the policy is in force all the same
            if await self._blobs.get(CONTAINER, LAST_GOOD) != text.encode():
                await self._blobs.put(CONTAINER, LAST_GOOD, text.encode())

    async def _fall_back(self) -> None:
        """A process that starts under a wrong policy goes on with the last one that was good."""
        data = await self._blobs.get(CONTAINER, LAST_GOOD)
        if data is None:
            return
        try:
            self._policy = file.load(data.decode(errors="replace"), f"blob {CONTAINER}/{LAST_GOOD}")
        except Exception as error:  # noqa: BLE001 - as above
            _LOG.error("neither is the last good one: %s", error)
            return
        _LOG.warning("the last good policy goes on, blob %s/%s", CONTAINER, LAST_GOOD)
