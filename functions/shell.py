"""What every queue trigger does: hand the message's bytes to one use case inside the shell (rule 4)."""

import azure.functions as func

STORAGE = "AzureWebJobsStorage"


async def run(queue: str, message: func.QueueMessage, name: str) -> None:
    """Deliver the message to `shared.usecases.<name>.<name>`; loaded on first use."""
    from importlib import import_module

    from shared import app
    from shared.usecases.deliver import deliver

    handler = getattr(import_module(f"shared.usecases.{name}"), name)
    await deliver(app.current().deps, queue, message.get_body(), handler)
