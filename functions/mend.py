"""Nightly: what hangs is sent again, the lists are rebuilt; by day: a first load, what lists lack."""

import azure.functions as func

from functions.shell import asleep

bp = func.Blueprint()


@bp.timer_trigger(arg_name="timer", schedule="0 30 2 * * *")
async def mend(timer: func.TimerRequest) -> None:  # noqa: ARG001 - the worker passes it
    if await asleep():
        return
    import logging

    from shared import app
    from shared.usecases.upkeep.mend import mend as handle

    logging.getLogger("foresignal.mend").info("%s", await handle(app.current().deps))


@bp.timer_trigger(arg_name="timer", schedule="0 3-59/15 * * * *")
async def hand_out(timer: func.TimerRequest) -> None:  # noqa: ARG001 - the worker passes it
    """The most urgent tickets and cards of a first load; the others wait until a person releases them."""
    if await asleep():
        return
    from shared import app
    from shared.usecases.upkeep.first_load import hand_out as handle

    await handle(app.current().deps)


@bp.timer_trigger(arg_name="timer", schedule="0 1-59/10 * * * *")
async def index(timer: func.TimerRequest) -> None:  # noqa: ARG001 - the worker passes it
    """What was changed since the last run, taken over into the list that every page reads."""
    if await asleep():
        return
    from shared import app
    from shared.usecases.upkeep.lists import index as handle

    await handle(app.current().deps)
