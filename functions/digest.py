"""Timer: every quarter of an hour sends each channel what waits for now, as one card."""

import azure.functions as func

from functions.shell import asleep

bp = func.Blueprint()


@bp.timer_trigger(arg_name="timer", schedule="0 */15 * * * *")
async def digest(timer: func.TimerRequest) -> None:  # noqa: ARG001 - the worker passes it
    """The schedule is UTC, as Flex Consumption has nothing else; each channel's own zone says what is due."""
    if await asleep():
        return
    import logging

    from shared import app
    from shared.usecases.cards.digest import send_digests

    logging.getLogger("foresignal.digest").info("%s", await send_digests(app.current().deps))
