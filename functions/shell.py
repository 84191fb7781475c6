"""What every queue trigger does: hand the bytes of the message to one use case, inside the shell."""

from typing import TYPE_CHECKING

import azure.functions as func

if TYPE_CHECKING:
    from shared.usecases.delivery.deliver import Handler

STORAGE = "AzureWebJobsStorage"


async def run(queue: str, message: func.QueueMessage, handle: "Handler") -> None:
    """Deliver the message to the use case `handle`."""
    from shared import app
    from shared.usecases.delivery.deliver import deliver

    await deliver(app.current().deps, queue, message.get_body(), handle)
