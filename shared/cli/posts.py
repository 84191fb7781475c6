"""`foresignal classify` and `explain`: what posts say, and why they were read so; offline."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from shared.cli.answers import Answers, Use, each_answer
from shared.cli.post_files import POSTS, each_post, newest_edition, post_of
from shared.cli.tools import printable

if TYPE_CHECKING:
    from shared.core.posts.classification import Classification
    from shared.core.posts.particulars import Particulars
    from shared.core.posts.post import Post


def classify(
    file: Annotated[
        Path,
        typer.Argument(
            show_default=False, metavar="FILE|-", help=f"{POSTS}; - is standard input.",
        ),
    ],
    reader: Annotated[
        bool, typer.Option("--reader", help="As a second reader's answers make it (docs/second-reader.md).")
    ] = False,
    answers: Answers = None,
    use: Use = "unsure",
) -> None:  # fmt: skip
    """Print what each post says (rollout windows, status, kind, impact ...), one JSON object per line.

    What is no post is skipped and told once on standard error; the exit code is then 1.
    """
    if str(file) != "-" and not file.is_file():
        raise typer.BadParameter(f"there is no file {file}", param_hint="FILE")
    from shared.core.classify.classifier import classify as read
    from shared.core.posts.post import read_post

    if reader != (answers is not None):
        raise typer.BadParameter("--reader and --answers FILE go together", param_hint="--reader")
    lies_over = each_answer(answers, use) if answers else None

    def show(data: Mapping[str, Any]) -> None:
        if (raw := post_of(data)) is not None:
            post = read_post(raw)
            own = read(post)
            typer.echo(json.dumps((lies_over(post, own) if lies_over else own).to_label()))

    if each_post(file, show):
        raise typer.Exit(1)


def explain(
    change: Annotated[str, typer.Argument(show_default=False, metavar="MC1234567", help="The post's id.")],
    posts: Annotated[
        Path,
        typer.Option(
            show_default=False, metavar="FILE", exists=True, dir_okay=False,
            help=f"The file that has it. {POSTS}.",
        ),
    ],
    html: Annotated[
        Path | None, typer.Option(show_default=False, metavar="FILE.html", help="Write a page instead of printing.")
    ] = None,
) -> None:  # fmt: skip
    """Show what a post was read as, and why: field by field, then who, which steps and controls, then its text."""
    from shared.core.classify.classifier import classify as read
    from shared.core.classify.particulars.read import read_particulars

    post = newest_edition(change, posts)
    classification = read(post)
    particulars = read_particulars(post, classification)
    if html:
        from shared.adapters.pages.explain import explain_page

        html.write_text(explain_page(post, classification, particulars), encoding="utf-8")
        typer.echo(f"wrote {html}")
        return
    _show(post, classification, particulars)


def _show(post: "Post", classification: "Classification", particulars: "Particulars") -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from shared.adapters.pages.explain import fields
    from shared.core.classify.explain import parts
    from shared.core.words.particulars import groups

    console = Console(highlight=False)
    table = Table(box=box.SIMPLE_HEAD, title=Text(printable(f"{post.id}: {post.title}")), title_justify="left")
    for name in ("field", "read as", "because of", "sure"):
        table.add_column(name, overflow="fold")
    for field in fields(classification):
        words = (field.name, field.value, field.why or "nothing in the post", field.sure.lower())
        table.add_row(*(Text("\n".join(map(printable, text.split("\n")))) for text in words))
    console.print(table)
    for group in groups(particulars):
        console.print(Text(f"{group.label}:", style="bold"))
        for number, line in enumerate(group.lines, 1):
            said = Text(printable(f"  {f'{number}.' if group.numbered else '-'} {line.text}"))
            if line.words:
                said.append(printable(f" “{line.words}”"), style="dim")
            console.print(said)
    if particulars.links:
        console.print(Text("Links:", style="bold"))
        for link in particulars.links:
            console.print(Text(printable(f"  - {link.text}: {link.address}")))
    text = Text("\n")
    for part in parts(post, classification):
        lines = "\n".join(map(printable, part.text.split("\n")))
        text.append(lines, style="bold black on yellow" if part.fields else "")
        if part.fields:
            text.append(f" <{', '.join(part.fields)}>", style="dim")
    console.print(text)
