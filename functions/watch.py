"""Timer: a pushed policy that is wrong is told."""

import azure.functions as func

from functions.shell import asleep

bp = func.Blueprint()


@bp.timer_trigger(arg_name="timer", schedule="0 4-59/15 * * * *")
async def watch_policy(timer: func.TimerRequest) -> None:  # noqa: ARG001 - the worker passes it
    """Tells the process owner when a pushed policy is wrong, and when it is well again."""
    if await asleep():
        return
    from shared import app
    from shared.usecases.policy import watch

    await watch.watch_policy(app.current().deps)
