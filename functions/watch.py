"""Timer: a pushed policy that is wrong is told, and what is down is tried again."""

import azure.functions as func

from functions.shell import asleep

bp = func.Blueprint()


@bp.timer_trigger(arg_name="timer", schedule="0 4-59/15 * * * *")
async def watch_policy(timer: func.TimerRequest) -> None:  # noqa: ARG001 - the worker passes it
    """Tells the process owner when a pushed policy is wrong, and when it is well again; then tries what is down."""
    if await asleep():
        return
    import logging

    from shared import app
    from shared.usecases.policy import watch
    from shared.usecases.upkeep.probe import probe_targets

    deps = app.current().deps
    try:
        await watch.watch_policy(deps)
    finally:
        logging.getLogger("foresignal.down").info("%s", await probe_targets(deps))
