"""Queue `changes`: reads, decides, and sends what must follow."""

import azure.functions as func

from functions.shell import STORAGE, run

bp = func.Blueprint()


@bp.queue_trigger(arg_name="message", queue_name="changes", connection=STORAGE)
async def classify(message: func.QueueMessage) -> None:
    from shared.usecases.changes.classify import classify as handle

    await run("changes", message, handle)
