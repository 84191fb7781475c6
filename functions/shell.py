"""What triggers share: the bytes of a message go to one use case, inside the shell; a timer asks whether we sleep."""

from typing import TYPE_CHECKING

import azure.functions as func

if TYPE_CHECKING:
    from shared.usecases.delivery.deliver import Handler

STORAGE = "AzureWebJobsStorage"


async def asleep() -> bool:
    """Whether the policy says that this deployment sleeps, as after an import: no timer does anything then.

    Each process reads the policy once a minute. Raises TransientError where there is none to be had: who does not know
    must not act.
    """
    from shared import app

    return (await app.current().deps.here.policy.current()).asleep


async def run(queue: str, message: func.QueueMessage, handle: "Handler") -> None:
    """Deliver the message to the use case `handle`."""
    from shared import app
    from shared.usecases.delivery.deliver import deliver

    await deliver(app.current().deps, queue, message.get_body(), handle)
