"""`foresignal read`: what a second reader is asked about a post, and what an answer would come to."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shared.cli.answers import Answers, Use, read_answers, reading_of
from shared.cli.post_files import POSTS, newest_edition
from shared.cli.tools import LONGEST_CELL, Json, State, as_json, printable, table, with_deployment
from shared.core import ids
from shared.core.errors import PermanentError
from shared.core.text.safe import cut

if TYPE_CHECKING:
    from shared.core.posts.post import Post
    from shared.usecases.deps import Deps


def read(
    change: Annotated[str, typer.Argument(show_default=False, metavar="MC1234567", help="The post's id.")],
    posts: Annotated[
        Path | None,
        typer.Option(
            show_default="the deployment's", metavar="FILE", exists=True, dir_okay=False,
            help=f"The file that has it. {POSTS}.",
        ),
    ] = None,
    prompt: Annotated[bool, typer.Option("--prompt", help="Print what a second reader would be sent.")] = False,
    answers: Answers = None,
    use: Use = "unsure",
    json_: Json = False,
    state: State = None,
) -> None:  # fmt: skip
    """Show what a second reader would be sent about a post (--prompt), or what an answer comes to (--answers FILE).

    No model is asked. Both are for who wants to know before a model is deployed, or why an answer was not taken.
    """
    if prompt == (answers is not None):
        raise typer.BadParameter("one of --prompt and --answers FILE", param_hint="--prompt")
    post = newest_edition(change, posts) if posts else with_deployment(state, lambda deps: _kept(deps, change))
    _refuse_private(post)
    if answers is None:
        _show_question(post, json_=json_)
        return
    answer = read_answers(answers).get(post.id)
    if answer is None:
        raise PermanentError(f"there is no answer about {post.id} in {answers}")
    from shared.core.changes.second import outcomes
    from shared.core.classify.classifier import classify
    from shared.core.review.typed import as_typed

    second = reading_of(post, answer, use)
    found = outcomes(classify(post), second)
    if json_:
        as_json({"id": post.id, "silent": second.silent, "fields": [asdict(each) for each in found]})
        return
    if second.silent:
        typer.echo(printable(f"{post.id}: nothing is taken: {second.silent}"))
        return
    rows = (
        (
            each.name,
            cut(as_typed(each.ours), LONGEST_CELL),
            cut(as_typed(each.theirs), LONGEST_CELL),
            f"{each.outcome}: {each.because}" if each.because else each.outcome,
            cut(printable(each.quote), LONGEST_CELL),
        )
        for each in found
    )
    table(("field", "ours", "theirs", "what becomes of it", "quotation"), rows)


async def _kept(deps: "Deps", change: str) -> "Post":
    from shared.record.changes import read_alone

    change_id = ids.normalise(change)
    record = await read_alone(deps.storage.tables, change_id)
    if record is None:
        raise PermanentError(f"there is no change {change_id}")
    return record.change.read()


def _refuse_private(post: "Post") -> None:
    from shared.core.posts.privacy import is_private

    if is_private(post):
        raise PermanentError(f"{post.id} is a post on data privacy: no second reader is ever asked about it")


def _show_question(post: "Post", *, json_: bool) -> None:
    from shared.core.second.question import question_of

    question = question_of(post)
    if json_:
        as_json({"instructions": question.instructions, "post": question.post, "schema": question.schema})
        return
    typer.echo(printable(question.instructions))
    typer.echo(printable(question.post))
    typer.echo("\nThe answer must have the form of a JSON schema: --json prints it.")
