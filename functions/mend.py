"""Nightly: sends again what hangs, and rebuilds the lists from the record."""

import azure.functions as func

bp = func.Blueprint()


@bp.timer_trigger(arg_name="timer", schedule="0 30 2 * * *")
async def mend(timer: func.TimerRequest) -> None:  # noqa: ARG001 - the worker passes it
    import logging

    from shared import app
    from shared.usecases.upkeep.mend import mend as handle

    logging.getLogger("foresignal.mend").info("%s", await handle(app.current().deps))
