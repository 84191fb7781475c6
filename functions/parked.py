"""Poison queues: what the host gave up is parked whole, says so, and can be replayed."""

import azure.functions as func

from functions.shell import STORAGE

bp = func.Blueprint()


async def _park(queue: str, message: func.QueueMessage) -> None:
    from shared import app
    from shared.usecases.delivery.park import park_message

    reason = "failed again and again with an error of ours; its traceback is in the log"
    await park_message(app.current().deps, queue, message.get_body(), reason)


@bp.queue_trigger(arg_name="message", queue_name="fetches-poison", connection=STORAGE)
async def drop_fetches(message: func.QueueMessage) -> None:
    """A fetch holds nothing, and the timer sends the next one: it is said and dropped."""
    import logging

    logging.getLogger("foresignal.parked").error("a fetch failed again and again: %s", message.get_body()[:300])


@bp.queue_trigger(arg_name="message", queue_name="posts-poison", connection=STORAGE)
async def park_posts(message: func.QueueMessage) -> None:
    await _park("posts", message)


@bp.queue_trigger(arg_name="message", queue_name="changes-poison", connection=STORAGE)
async def park_changes(message: func.QueueMessage) -> None:
    await _park("changes", message)


@bp.queue_trigger(arg_name="message", queue_name="tickets-poison", connection=STORAGE)
async def park_tickets(message: func.QueueMessage) -> None:
    await _park("tickets", message)


@bp.queue_trigger(arg_name="message", queue_name="cards-poison", connection=STORAGE)
async def park_cards(message: func.QueueMessage) -> None:
    await _park("cards", message)


@bp.queue_trigger(arg_name="message", queue_name="tasks-poison", connection=STORAGE)
async def park_tasks(message: func.QueueMessage) -> None:
    await _park("tasks", message)
