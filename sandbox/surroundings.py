"""What the functions find around them in the sandbox, in place of Azure's identity and clock."""

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.clock import SandboxClock
from sandbox.memory import Memory
from shared import settings as deployments
from shared.core.errors import PermanentError
from shared.core.ports.deployment import SecretState

if TYPE_CHECKING:
    from shared.app import Surroundings

_CONNECTION, _SECRETS = "connection.txt", "secrets.json"


def note(state: Path, connection: str, secrets: Mapping[str, str]) -> list[Path]:
    """Keep for `beside` what a running sandbox is reached by; gives the files, to take away when it stops.

    `secrets`: those of its own servers, which are worth nothing elsewhere.
    """
    files = {state / _CONNECTION: connection, state / _SECRETS: json.dumps(dict(secrets))}
    for file, text in files.items():
        file.unlink(missing_ok=True)
        file.touch(mode=0o600)
        file.write_text(text, encoding="utf-8")
    return list(files)


def beside(state: Path) -> "Surroundings":
    """What a command finds around it that acts on the sandbox which runs on that folder; PermanentError for none."""
    from sandbox.microsoft365.credential import SandboxCredential
    from shared import app

    connection, kept = state / _CONNECTION, state / _SECRETS
    if not connection.is_file():
        raise PermanentError(f"no sandbox is running on {state}: start one with foresignal sandbox --state {state}")
    own: dict[str, str] = json.loads(kept.read_text(encoding="utf-8")) if kept.is_file() else {}

    class Secrets(app.EnvironmentSecrets):
        """The sandbox's own, else those of the environment."""

        async def get(self, name: str, host: str = "") -> str:
            return own.get(name) or await super().get(name, host)

        async def inspect(self, name: str) -> SecretState | None:
            return SecretState(own[name]) if own.get(name) else await super().inspect(name)

    port = Memory.of(state).ports.get("functions")
    settings = deployments.Settings(
        deployment="sandbox",
        public_url=f"http://127.0.0.1:{port}" if port else "http://localhost",
        connection_string=connection.read_text(encoding="utf-8").strip(),
    )
    return app.Surroundings(
        settings,
        clock=SandboxClock(state),
        credential=lambda name, _tenant: SandboxCredential(name, state=state),
        secrets=Secrets(),
    )


def surround(
    settings: deployments.Settings, clock: SandboxClock, state: Path, *, pace: float, claim_seconds: float
) -> Counter[str]:
    """Tell the functions where they are, before the first one runs; gives the counter of their own calls.

    Secrets come from the environment: there is no Key Vault in these settings.
    """
    from sandbox.microsoft365.credential import SandboxCredential
    from shared import app

    surroundings = app.Surroundings(
        settings=settings,
        clock=clock,
        credential=lambda name, _tenant: SandboxCredential(name, state=state),
        claim_seconds=claim_seconds,
        pace=pace,
    )
    app.use(surroundings)
    return surroundings.calls
