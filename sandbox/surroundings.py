"""What the functions find around them in the sandbox, in place of Azure's identity and clock."""

from collections import Counter

from sandbox.clock import SandboxClock
from shared.settings import Settings


def surround(settings: Settings, clock: SandboxClock, *, pace: float, claim_seconds: float) -> Counter[str]:
    """Tell the functions where they are, before the first one runs; gives the counter of their own calls.

    Secrets come from the environment: there is no Key Vault in these settings.
    """
    from sandbox.microsoft365.credential import SandboxCredential
    from shared import app

    surroundings = app.Surroundings(
        settings=settings,
        clock=clock,
        credential=lambda name, _tenant: SandboxCredential(name),
        claim_seconds=claim_seconds,
        pace=pace,
    )
    app.use(surroundings)
    return surroundings.calls
