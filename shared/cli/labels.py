"""`foresignal labels`: what people settled, as labels for fitting the weights of the reader."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from shared.cli.tools import State, complain, with_deployment

if TYPE_CHECKING:
    from shared.usecases.deps import Deps


def labels(
    out: Annotated[
        Path | None,
        typer.Option(dir_okay=False, metavar="FILE.jsonl", show_default=False, help="Write a file, do not print."),
    ] = None,
    state: State = None,
) -> None:
    """Print every field that a person settled as labels: one JSON object a line, in the keys of `classify`.

    They say where the reader was wrong, or right: tools/fit_weights.py fits the reader's weights to labelled posts. A
    line names the edition that the person looked at, and holds only the fields that they settled. Posts on data privacy
    are left out, and no text of a post is printed.
    """
    found = with_deployment(state, _labels)
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in found)
    if out is None:
        typer.echo(text, nl=False)
        complain(_count(found))
        return
    out.write_text(text, encoding="utf-8")
    typer.echo(f"wrote {out}: {_count(found)}")


async def _labels(deps: "Deps") -> list[dict[str, Any]]:
    from shared.core.review.assessment import labels as labels_of
    from shared.record.changes import all_changes

    return [line async for record in all_changes(deps.storage.tables) for line in labels_of(record.change)]


def _count(found: list[dict[str, Any]]) -> str:
    fields = sum(len(line.keys() - {"id", "edition", "by"}) for line in found)
    changes = len({line["id"] for line in found})
    return f"{fields} field{'s' * (fields != 1)} of {changes} change{'s' * (changes != 1)}"
