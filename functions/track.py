"""Queue `tasks`: finds the change of each Planner task and closes changes; a timer writes into the tasks."""

import azure.functions as func

from functions.shell import STORAGE, asleep, run

bp = func.Blueprint()


@bp.queue_trigger(arg_name="message", queue_name="tasks", connection=STORAGE)
async def track(message: func.QueueMessage) -> None:
    from shared.usecases.tasks.track import track as handle

    await run("tasks", message, handle)


@bp.timer_trigger(arg_name="timer", schedule="0 12-59/15 * * * *")
async def write_tasks(timer: func.TimerRequest) -> None:  # noqa: ARG001 - the worker passes it
    """Due dates, references, steps, owners and closings into Planner tasks, where the policy says so."""
    if await asleep():
        return
    import logging

    from shared import app
    from shared.usecases.tasks.write_back import write_back as handle

    logging.getLogger("foresignal.planner").info("%s", await handle(app.current().deps))
