"""`foresignal reader compare`: ours, a second reader's, what was taken and why, and what it took in tokens."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from shared.cli.answers import Answers, Use, read_answers, reading_of
from shared.cli.post_files import POSTS, each_post, post_of
from shared.cli.tools import LONGEST_CELL, Json, State, as_json, printable, table, with_deployment
from shared.core.errors import PermanentError
from shared.core.text.safe import cut

if TYPE_CHECKING:
    from shared.core.changes.second import FieldOutcome, Outcome, SecondReading
    from shared.usecases.deps import Deps

app = typer.Typer(help="A second reader: a language model that reads posts besides our own.", no_args_is_help=True)
_OUTCOMES: "tuple[Outcome, ...]" = ("agrees", "taken", "doubts", "passed over", "fell")
_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class _Compared:
    """One post, with both readings of it."""

    change: str
    silent: str
    tokens_in: int
    tokens_out: int
    fields: "tuple[FieldOutcome, ...]"


@app.callback()
def _reader() -> None:
    """A second reader."""


@app.command("compare")
def compare(
    file: Annotated[
        Path | None,
        typer.Argument(show_default="what the deployment has kept", metavar="FILE", help=f"{POSTS}."),
    ] = None,
    answers: Answers = None,
    use: Use = "unsure",
    price_in: Annotated[
        float | None, typer.Option(show_default=False, min=0, help="Price of a million tokens of questions.")
    ] = None,
    price_out: Annotated[
        float | None, typer.Option(show_default=False, min=0, help="Price of a million tokens of answers.")
    ] = None,
    json_: Json = False,
    state: State = None,
) -> None:
    """Compare two readings: field by field, how often they agree, what was taken and why, and the price in tokens.

    Of a file of posts and one of answers; or, without files, of what the deployment has asked and kept.
    """
    if (file is None) != (answers is None):
        raise typer.BadParameter("FILE and --answers FILE go together", param_hint="FILE")
    compared = list(_of_files(file, answers, use)) if file and answers else with_deployment(state, _of_deployment)
    if json_:
        as_json({"posts": [asdict(each) for each in compared], **_sums(compared, price_in, price_out)})
        return
    _show(compared, price_in, price_out)


def _of_files(file: Path, answers: Path, use: Any) -> "Iterator[_Compared]":
    from shared.core.classify.classifier import classify
    from shared.core.posts.post import read_post
    from shared.core.posts.privacy import is_private

    known = read_answers(answers)
    newest: dict[str, Any] = {}

    def keep(data: Mapping[str, Any]) -> None:
        if (raw := post_of(data)) is not None and (post := read_post(raw)).id in known:
            before = newest.get(post.id)
            if before is None or post.modified >= before.modified:
                newest[post.id] = post

    each_post(file, keep)
    if not newest:
        raise PermanentError(f"no post of {file} has an answer in {answers}")
    for change_id, post in sorted(newest.items()):
        if not is_private(post):
            yield _compared(change_id, classify(post), reading_of(post, known[change_id], use))


async def _of_deployment(deps: "Deps") -> list[_Compared]:
    from shared.core.posts.privacy import is_private
    from shared.record.changes import all_changes

    found = []
    async for record in all_changes(deps.storage.tables):
        second = record.change.current.second
        if second and not second.is_open and not is_private(record.change.read()):
            found.append(_compared(record.change.id, record.change.own_reading, second))
    return found


def _compared(change_id: str, own: Any, second: "SecondReading") -> _Compared:
    from shared.core.changes.second import outcomes

    return _Compared(change_id, second.silent, second.tokens_in, second.tokens_out, outcomes(own, second))


def _sums(compared: Sequence[_Compared], price_in: float | None, price_out: float | None) -> dict[str, Any]:
    tokens_in, tokens_out = sum(each.tokens_in for each in compared), sum(each.tokens_out for each in compared)
    sums: dict[str, Any] = {"tokens_in": tokens_in, "tokens_out": tokens_out}
    if price_in is not None or price_out is not None:
        sums["price"] = round((tokens_in * (price_in or 0) + tokens_out * (price_out or 0)) / _MILLION, 4)
    return sums


def _show(compared: Sequence[_Compared], price_in: float | None, price_out: float | None) -> None:
    from shared.core.changes.second import ASKED
    from shared.core.review.typed import as_typed

    if not compared:
        typer.echo("No second reading is kept: none was asked for, or no answer has come so far.")
        return
    by_field = {name: [f for each in compared for f in each.fields if f.name == name] for name in ASKED}
    rows = []
    for name, found in by_field.items():
        counts = Counter(each.outcome for each in found)
        fell = Counter(each.because for each in found if each.outcome == "fell").most_common(1)
        most = f"{fell[0][0]} ({fell[0][1]})" if fell else ""
        rows.append((name, *(str(counts[outcome]) for outcome in _OUTCOMES), cut(most, LONGEST_CELL)))
    table(("field", *_OUTCOMES, "fell most often because"), rows)
    changed = [(each.change, f) for each in compared for f in each.fields if f.outcome in {"taken", "doubts"}]
    if changed:
        table(
            ("change", "field", "ours", "theirs", "what became of it", "quotation"),
            (
                (
                    change, f.name, cut(as_typed(f.ours), LONGEST_CELL), cut(as_typed(f.theirs), LONGEST_CELL),
                    f.outcome, cut(printable(f.quote), LONGEST_CELL),
                )
                for change, f in changed
            ),
        )  # fmt: skip
    silent = Counter(each.silent for each in compared if each.silent)
    for why, count in silent.most_common():
        typer.echo(printable(f"{count} without an answer: {cut(why, LONGEST_CELL)}"))
    sums = _sums(compared, price_in, price_out)
    words = f"{len(compared)} posts; {sums['tokens_in']:,} tokens of questions, {sums['tokens_out']:,} of answers"
    typer.echo(words + (f"; price {sums['price']:g}" if "price" in sums else ""))
