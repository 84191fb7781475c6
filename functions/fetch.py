"""Timers that send one `fetches` message per tenant and source, and the function that reads a tenant."""

import azure.functions as func

from functions.shell import STORAGE, asleep, run

bp = func.Blueprint()


async def _fan_out(source: str) -> None:
    if await asleep():
        return
    from shared import app
    from shared.usecases.posts.fetch import fan_out

    deps = app.current().deps
    await fan_out(deps, source, deps.here.clock())


@bp.timer_trigger(arg_name="timer", schedule="0 */15 * * * *")
async def fetch_posts(timer: func.TimerRequest) -> None:  # noqa: ARG001 - the worker passes it
    await _fan_out("messages")


@bp.timer_trigger(arg_name="timer", schedule="0 5-59/15 * * * *")
async def fetch_tasks(timer: func.TimerRequest) -> None:  # noqa: ARG001 - the worker passes it
    await _fan_out("planner")


@bp.timer_trigger(arg_name="timer", schedule="0 10 */4 * * *")
async def fetch_roadmap(timer: func.TimerRequest) -> None:  # noqa: ARG001 - the worker passes it
    """Once a day; it is looked at more often, so that a failure does not cost a day."""
    if await asleep():
        return
    import logging

    from shared import app
    from shared.usecases.posts.roadmap import fetch_roadmap as handle

    logging.getLogger("foresignal.roadmap").info("the roadmap: %s", await handle(app.current().deps))


@bp.queue_trigger(arg_name="message", queue_name="fetches", connection=STORAGE)
async def fetch_tenant(message: func.QueueMessage) -> None:
    from shared.usecases.posts.fetch import fetch_tenant as handle

    await run("fetches", message, handle)
