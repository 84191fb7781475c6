"""Queue `readings`: asks the second reader. Only where one was deployed (function_app.py)."""

import azure.functions as func

from functions.shell import STORAGE, run

bp = func.Blueprint()


@bp.queue_trigger(arg_name="message", queue_name="readings", connection=STORAGE)
async def ask_reader(message: func.QueueMessage) -> None:
    from shared.usecases.changes.second import ask_reader as handle

    await run("readings", message, handle)


@bp.queue_trigger(arg_name="message", queue_name="readings-poison", connection=STORAGE)
async def drop_readings(message: func.QueueMessage) -> None:
    """A question holds nothing, and the change is decided without an answer: it is said and dropped."""
    import logging

    logging.getLogger("foresignal.parked").error("a question failed again and again: %s", message.get_body()[:300])
