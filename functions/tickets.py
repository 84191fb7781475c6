"""Queue `tickets`: brings one change's ticket to what it should be; a timer reads ticket states back."""

import azure.functions as func

from functions.shell import STORAGE, asleep, run

bp = func.Blueprint()


@bp.queue_trigger(arg_name="message", queue_name="tickets", connection=STORAGE)
async def file_ticket(message: func.QueueMessage) -> None:
    from shared.usecases.tickets.file_ticket import file_ticket as handle

    await run("tickets", message, handle)


@bp.timer_trigger(arg_name="timer", schedule="0 10-59/15 * * * *")
async def follow_tickets(timer: func.TimerRequest) -> None:  # noqa: ARG001 - the worker passes it
    if await asleep():
        return
    from shared import app
    from shared.usecases.tickets.follow import follow_tickets as handle

    await handle(app.current().deps)
