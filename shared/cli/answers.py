"""Answers of a second reader from a file, in place of a model: for who tries one, and for who has none."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from shared.cli.inputs import lines_of, name_of, opened
from shared.core import ids
from shared.core.errors import PermanentError
from shared.core.terms import ReaderUse

if TYPE_CHECKING:
    from shared.core.changes.second import SecondReading
    from shared.core.posts.classification import Classification
    from shared.core.posts.post import Post

FORM = '{"id": "MC1234567", "answer": {...} or "text": "...", "model": "...", "tokens_in": 0, "tokens_out": 0}'
Answers = Annotated[
    Path | None,
    typer.Option(
        show_default=False, metavar="FILE", exists=True, dir_okay=False,
        help="Answers of a second reader, one JSON object a line (docs/second-reader.md).",
    ),
]  # fmt: skip
Use = Annotated[
    ReaderUse,
    typer.Option(help="`all`: what we are sure of becomes unsure where an answer differs."),
]
_NAMED = "an answer"  # who read it, where a line names no model


@dataclass(frozen=True, slots=True)
class Answer:
    """One line: what a model said of a post, as the service would hand it on."""

    text: str
    model: str
    tokens_in: int
    tokens_out: int


def read_answers(file: Path) -> dict[str, Answer]:
    """By the post's id; of two lines for one post the last. PermanentError naming the line that is none."""
    answers: dict[str, Answer] = {}
    name = name_of(file)
    with opened(file) as source:
        for number, line in lines_of(source, name):
            if line.strip():
                change_id, answer = _answer(line, f"{name}:{number}")
                answers[change_id] = answer
    if not answers:
        raise PermanentError(f"{name} is empty: each line of it is {FORM}")
    return answers


def _answer(line: bytes, place: str) -> tuple[str, Answer]:
    try:
        data = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise PermanentError(f"{place} is no JSON ({error}); each line is {FORM}") from error
    if not isinstance(data, Mapping) or not isinstance(data.get("id"), str) or not ({"answer", "text"} & data.keys()):
        raise PermanentError(f"{place} is no answer; each line is {FORM}")
    text = data["text"] if isinstance(data.get("text"), str) else json.dumps(data.get("answer"))
    return ids.normalise(data["id"]), Answer(
        text, str(data.get("model") or _NAMED), _count(data, "tokens_in", place), _count(data, "tokens_out", place)
    )


def _count(data: Mapping[str, Any], name: str, place: str) -> int:
    value = data.get(name, 0)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise PermanentError(f"{place}: `{name}` is no number of tokens")
    return value


def reading_of(post: "Post", answer: Answer, use: ReaderUse) -> "SecondReading":
    """What the answer is worth, as it would be kept with the edition."""
    from shared.core.changes.second import SecondReading
    from shared.core.second.asking import Reply
    from shared.core.second.judging import answered

    now = datetime.now(UTC)
    reply = Reply(answer.text, answer.model, answer.tokens_in, answer.tokens_out)
    return answered(SecondReading(now, use, 1), post, reply, "", now)


def each_answer(file: Path, use: ReaderUse) -> "Callable[[Post, Classification], Classification]":
    """What lays a post's answer over our reading of it. Where there is none, and of data privacy, ours stands."""
    from shared.core.changes.second import both
    from shared.core.posts.privacy import is_private

    answers = read_answers(file)

    def lies_over(post: "Post", own: "Classification") -> "Classification":
        answer = answers.get(post.id)
        return both(own, reading_of(post, answer, use)) if answer and not is_private(post) else own

    return lies_over
