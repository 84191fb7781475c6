"""Timer: a day to act by that comes near, or is over, is told to those who know the change."""

import azure.functions as func

from functions.shell import asleep

bp = func.Blueprint()


@bp.timer_trigger(arg_name="timer", schedule="0 5 * * * *")
async def remind(timer: func.TimerRequest) -> None:  # noqa: ARG001 - the worker passes it
    if await asleep():
        return
    from shared import app
    from shared.usecases.cards.remind import remind as handle

    await handle(app.current().deps)
