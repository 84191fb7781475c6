"""Timer: every quarter of an hour sends each channel what waits for now, as one card, and tries what is down."""

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
    from shared.usecases.cards.digest import known_channels, send_digests
    from shared.usecases.upkeep.probe import probe_targets

    deps = app.current().deps
    known = await known_channels(deps)  # one look for both
    try:
        logging.getLogger("foresignal.digest").info("%s", await send_digests(deps, known))
    finally:
        logging.getLogger("foresignal.down").info("%s", await probe_targets(deps, known[1]))
