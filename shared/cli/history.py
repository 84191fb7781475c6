"""`foresignal replay` and `foresignal history`: what happened to posts, edition by edition."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from shared.cli.post_files import HISTORY, POSTS, each_post, post_of
from shared.cli.tools import Json, State, as_json, printable, with_deployment
from shared.core.changes.change import Event
from shared.core.errors import PermanentError

if TYPE_CHECKING:
    from rich.text import Text

    from shared.core.backtest.replay import Replay
    from shared.core.changes.change import Change
    from shared.core.changes.slips import Slip
    from shared.core.changes.timeline import Happened


def replay(
    file: Annotated[
        Path,
        typer.Argument(
            show_default=False, metavar="HISTORY|-",
            help=f"Versions of posts in order of time. {POSTS}, or {HISTORY}; - is standard input.",
        ),
    ],
) -> None:  # fmt: skip
    """Print what each version of a post changed, without storage: one JSON object per line.

    What is no post is skipped and told once on standard error; the exit code is then 1.
    """
    if str(file) != "-" and not file.is_file():
        raise typer.BadParameter(f"there is no file {file}", param_hint="FILE")
    from shared.core.backtest.replay import Replay

    world = Replay()

    def show(data: Mapping[str, Any]) -> None:
        if post_of(data) is not None:
            typer.echo(json.dumps(_replayed_line(world, data)))

    if each_post(file, show):
        raise typer.Exit(1)


def history(
    change: Annotated[str, typer.Argument(show_default=False, metavar="MC1234567", help="The post's id.")],
    posts: Annotated[
        Path | None,
        typer.Option(
            show_default=False, metavar="HISTORY", exists=True, dir_okay=False,
            help=f"Read its versions from this file instead of the deployment's storage. {POSTS}, or {HISTORY}.",
        ),
    ] = None,
    json_: Json = False,
    state: State = None,
) -> None:  # fmt: skip
    """Show what happened to a change: each event with its date, old and new values, and how far dates slipped."""
    from shared.core import ids

    change_id = ids.normalise(change)
    stored = _replayed(change_id, posts) if posts else _stored(change_id, state)
    if stored is None:
        raise PermanentError(
            f"there is no {change_id} in {posts}" if posts else f"{change_id} was never seen in any tenant"
        )
    if json_:
        as_json(_as_data(stored))
    else:
        _show(stored)


def _replayed(change_id: str, posts: Path) -> "Change | None":
    from shared.core.backtest.replay import Replay
    from shared.core.posts.post import read_post

    world = Replay()

    def take(data: Mapping[str, Any]) -> None:
        if (raw := post_of(data)) is not None and read_post(raw).id == change_id:
            _replayed_line(world, data)

    each_post(posts, take, only=change_id)
    return world.changes.get(change_id)


def _stored(change_id: str, state: Path | None) -> "Change | None":
    from shared.usecases.pages import change as views

    view = with_deployment(state, lambda deps: views.change(deps, change_id))
    return view.change if view else None


def _as_data(change: "Change") -> dict[str, Any]:
    from shared.core.changes.moves import total

    slipped = total(change.events)
    return {
        "id": change.id,
        "title": change.read().title,
        "revision": change.revision,
        "moved": {"times": slipped.times, "days": slipped.days, "what": slipped.what} if slipped else None,
        "events": [{"edition": event.edition, **event_to_json(event)} for event in change.events],
    }


def _show(change: "Change") -> None:
    from rich.console import Console
    from rich.text import Text

    from shared.core.changes.moves import total
    from shared.core.changes.timeline import timeline

    console = Console(highlight=False)
    revisions = {edition.id: number for number, edition in enumerate(change.editions, 1)}
    console.print(Text(printable(f"{change.id}: {change.read().title}"), style="bold"))
    slipped = total(change.events)
    if slipped:
        where = f" ({slipped.what})" if slipped.what else ""
        console.print(Text(f"Dates {slipped.words}{where}"))
    for happened in timeline(change):
        late = " (came late)" if happened.event.late else ""
        console.print(
            Text.assemble(
                "\n",
                (f"{happened.event.at:%Y-%m-%d}", "dim"),
                "  ",
                (happened.words, "bold"),
                (f"  revision {revisions.get(happened.event.edition, '?')}{late}", "dim"),
            )
        )
        for line in _details(happened):
            console.print(line)


def _details(happened: "Happened") -> "list[Text]":
    from rich.text import Text

    lines = []
    for move in happened.moves:
        slip = f", {move.slip}" if move.slip else ""
        lines.append(Text(printable(f"  {move.what}: {move.old} -> {move.new}{slip}")))
    lines += [Text(printable(f"  - {sentence}"), style="red") for sentence in happened.gone]
    lines += [Text(printable(f"  + {sentence}"), style="green") for sentence in happened.came]
    if happened.old or happened.new:
        words = " -> ".join(filter(None, (happened.old, happened.new)))
        lines.append(Text(printable(f"  {words}")))
    return lines


def _replayed_line(world: "Replay", line: object) -> dict[str, Any]:
    """What one line of a history brought: `{"observed", "post"}`, or a post alone."""
    from shared.core.times import post_time

    raw = line.get("post", line) if isinstance(line, Mapping) else None
    if not isinstance(line, Mapping) or not isinstance(raw, Mapping):
        raise PermanentError("a line without a post")
    observed = (
        post_time(line.get("observed")) or post_time(raw.get("lastModifiedDateTime")) or datetime.fromtimestamp(0, UTC)
    )
    change, events = world.take(raw, observed)
    return {
        "id": change.id,
        "modified": raw.get("lastModifiedDateTime"),
        "revision": change.revision,
        "events": [event_to_json(event) for event in events],
    }


def event_to_json(event: Event) -> dict[str, Any]:
    """An event as commands print it."""
    values: dict[str, Any] = {"type": event.type, "at": event.at.isoformat(), "old": event.old, "new": event.new}
    if event.slips:
        values["slips"] = [_slip_to_json(slip) for slip in event.slips]
    return values | ({"late": True} if event.late else {})


def _slip_to_json(slip: "Slip") -> dict[str, Any]:
    old, new = ([day.isoformat() for day in (interval.first, interval.last)] for interval in (slip.old, slip.new))
    return {"phase": slip.phase, "clouds": slip.clouds, "edge": slip.edge, "old": old, "new": new, "days": slip.days}
