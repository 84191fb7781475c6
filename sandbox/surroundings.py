"""What the functions find around them in the sandbox, in place of Azure's identity, Key Vault and clock."""

from collections import Counter

from sandbox.clock import SandboxClock
from shared.core.errors import PermanentError
from shared.settings import Settings, environment_secret


class EnvironmentSecrets:
    """The port `Secrets` over environment variables."""

    async def get(self, name: str) -> str:
        value = environment_secret(name)
        if not value:
            raise PermanentError(f"secret {name} is missing; in the sandbox it is an environment variable: set it")
        return value


def surround(settings: Settings, clock: SandboxClock, *, pace: float, claim_seconds: float) -> Counter[str]:
    """Tell the functions where they are, before the first one runs; gives the counter of their own calls."""
    from sandbox.microsoft365.credential import SandboxCredential
    from shared import app

    surroundings = app.Surroundings(
        settings=settings,
        clock=clock,
        credential=lambda _name, tenant: SandboxCredential(tenant),
        secrets=EnvironmentSecrets(),
        claim_seconds=claim_seconds,
        pace=pace,
    )
    app.use(surroundings)
    return surroundings.calls
