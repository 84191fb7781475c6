"""`foresignal backtest`: what a policy would have done with past posts, and how another policy differs."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shared.cli.past_posts import beginning, play, read_versions
from shared.cli.policy_given import PolicyFile, checked_policy, default_file
from shared.cli.post_files import HISTORY, POSTS
from shared.cli.tools import Json, State, as_json, with_deployment
from shared.core.errors import PermanentError

if TYPE_CHECKING:
    from datetime import datetime

    from shared.core.backtest.version import Version
    from shared.core.policy.model import Policy
    from shared.usecases.deps import Deps


def backtest(
    posts: Annotated[
        Path | None,
        typer.Option(
            show_default=False, metavar="FILE|-",
            help=f"Past posts. {POSTS}, or {HISTORY}; - is standard input. "
            "Default: the posts in the deployment's storage.",
        ),
    ] = None,
    since: Annotated[
        str,
        typer.Option(
            show_default=False, metavar="365d|12w|DAY",
            help="Count only this span before now (for a file: before its last day), or from this day on. "
            "Default for storage: 365d.",
        ),
    ] = "",
    policy: PolicyFile = None,
    against: Annotated[
        Path | None,
        typer.Option(
            show_default=False, metavar="OLD.yaml", exists=True, dir_okay=False,
            help="Another policy to compare with: show what the first one adds and removes.",
        ),
    ] = None,
    html: Annotated[
        Path | None,
        typer.Option(show_default=False, dir_okay=False, metavar="FILE.html", help="Write the report as a page."),
    ] = None,
    csv: Annotated[
        Path | None,
        typer.Option(
            show_default=False, dir_okay=False, allow_dash=True, metavar="FILE.csv|-",
            help="Write every ticket and card, one per line; - is standard output.",
        ),
    ] = None,
    json_: Json = False,
    state: State = None,
) -> None:  # fmt: skip
    """Run a policy over past posts and their edits, day by day, and show what it would have done. Nothing is sent.

    What is no post is skipped and told once on standard error; the exit code is then 1.
    """
    if posts and str(posts) != "-" and not posts.is_file():
        raise typer.BadParameter(f"there is no file {posts}", param_hint="--posts")
    changes, by_name, start, wrong = _gathered(posts, since, policy, state)
    if against:
        by_name.append((_name(against), checked_policy(against)))
        if by_name[0][0] == by_name[1][0]:  # two folders, one file name
            by_name = [
                (str(file), each) for file, (_, each) in zip((policy or by_name[0][0], against), by_name, strict=True)
            ]
    from shared.core.backtest.difference import differences
    from shared.core.backtest.report import report

    played = play(changes, [each for _, each in by_name])
    new, *rest = (report(name, played, index, each, start) for index, (name, each) in enumerate(by_name))
    old = rest[0] if rest else None
    differs = differences(new, old) if old else ()
    from shared.cli import backtest_tables

    if html:
        from shared.adapters.pages.backtest import backtest_page

        html.write_text(backtest_page(new, old, differs, by_name[0][1].cloud_of()), encoding="utf-8")
    if csv:
        backtest_tables.write_csv(csv, [new, *rest])
    if json_:
        as_json(backtest_tables.as_data(new, old, differs))
    elif str(csv) != "-":
        backtest_tables.show(new, old, differs)
    for file in filter(None, (html, csv if str(csv) != "-" else None)):
        typer.echo(f"wrote {file}", err=True)
    if wrong:
        raise typer.Exit(1)


def _gathered(
    posts: Path | None, since: str, policy: Path | None, state: Path | None
) -> "tuple[list[list[Version]], list[tuple[str, Policy]], datetime | None, int]":
    """Past posts, the policy with its name, where counting begins, and how many lines were no post."""
    if posts:
        changes, wrong = read_versions(posts)
        file = policy or default_file()
        newest = max(version.observed for versions in changes for version in versions)
        start = beginning(since, newest) if since else None
        within = [
            versions for versions in changes if start is None or any(version.observed >= start for version in versions)
        ]
        return within, [(_name(file), checked_policy(file))], start, wrong
    from shared.record.editions import past

    async def from_storage(
        deps: "Deps",
    ) -> "tuple[list[list[Version]], list[tuple[str, Policy]], datetime | None, int]":
        start = beginning(since or "365d", deps.here.clock())
        if policy:
            name, own = _name(policy), checked_policy(policy)
        else:
            name, own = "in force", await deps.here.policy.current()
        return await past(deps.storage.tables, start), [(name, own)], start, 0

    gathered = with_deployment(state, from_storage)
    if not gathered[0]:
        raise PermanentError(
            f"storage holds no post that was seen since {gathered[2]:%Y-%m-%d}; name a file with --posts"
        )
    return gathered


def _name(file: Path) -> str:
    return file.name
