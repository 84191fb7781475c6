"""Queue `cards`: posts one Adaptive Card."""

import azure.functions as func

from functions.shell import STORAGE, run

bp = func.Blueprint()


@bp.queue_trigger(arg_name="message", queue_name="cards", connection=STORAGE)
async def notify(message: func.QueueMessage) -> None:
    await run("cards", message, "notify")
