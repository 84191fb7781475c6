"""Queue `tasks`: finds the change of each Planner task and closes changes."""

import azure.functions as func

from functions.shell import STORAGE, run

bp = func.Blueprint()


@bp.queue_trigger(arg_name="message", queue_name="tasks", connection=STORAGE)
async def track(message: func.QueueMessage) -> None:
    from shared.usecases.tasks.track import track as handle

    await run("tasks", message, handle)
