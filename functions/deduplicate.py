"""Queue `posts`: merges a batch of posts into the organisation's changes."""

import azure.functions as func

from functions.shell import STORAGE, run

bp = func.Blueprint()


@bp.queue_trigger(arg_name="message", queue_name="posts", connection=STORAGE)
async def deduplicate(message: func.QueueMessage) -> None:
    from shared.usecases.posts.deduplicate import deduplicate as handle

    await run("posts", message, handle)
