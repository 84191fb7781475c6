"""Queue `changes`: reads, decides, and sends what must follow."""

import azure.functions as func

from functions.shell import STORAGE, run

bp = func.Blueprint()


@bp.queue_trigger(arg_name="message", queue_name="changes", connection=STORAGE)
async def classify(message: func.QueueMessage) -> None:
    await run("changes", message, "classify")
