"""Queue `cards`: posts one Adaptive Card."""

import azure.functions as func

from functions.shell import STORAGE, run

bp = func.Blueprint()


@bp.queue_trigger(arg_name="message", queue_name="cards", connection=STORAGE)
async def notify(message: func.QueueMessage) -> None:
    from shared.usecases.cards.notify import notify as handle

    await run("cards", message, handle)
