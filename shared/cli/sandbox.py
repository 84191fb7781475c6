"""`foresignal sandbox`: the whole product on this machine, with sample posts or real ones."""

from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from shared.cli.post_files import HISTORY, POSTS
from shared.cli.tools import complain, day
from shared.core.times import FIRST_YEAR, LAST_YEAR

Posts = Annotated[
    Path | None,
    typer.Option(
        exists=True, dir_okay=False, show_default=False, metavar="FILE",
        help=f"Serve these posts instead of the samples. {POSTS}.",
    ),
]  # fmt: skip
History = Annotated[
    Path | None,
    typer.Option(
        exists=True, dir_okay=False, show_default=False, metavar="FILE",
        help=f"Play versions of posts in the order in which they were seen: {HISTORY}.",
    ),
]  # fmt: skip
Policy = Annotated[
    Path | None,
    typer.Option(
        exists=True, dir_okay=False, show_default=False, metavar="FILE.yaml",
        help="Use this policy instead of the sandbox's; the sandbox's tenants replace its tenants.",
    ),
]  # fmt: skip
Package = Annotated[
    Path | None,
    typer.Option(
        exists=True, dir_okay=False, show_default=False, metavar="FILE.zip",
        help="Run the functions from this package, which make package builds, instead of from here.",
    ),
]  # fmt: skip


def sandbox(
    posts: Posts = None,
    tenants: Annotated[int, typer.Option(min=1, help="The number of Microsoft 365 tenants.")] = 2,
    state: Annotated[
        Path | None,
        typer.Option(file_okay=False, show_default=False, metavar="DIR", help="Keep storage here between runs."),
    ] = None,
    now: Annotated[
        str, typer.Option(show_default=False, metavar="TIME", help="Start the clock at this time: 2025-09-30T23:59Z.")
    ] = "",
    history: History = None,
    first: Annotated[
        str, typer.Option("--from", show_default=False, metavar="DAY", help="First day of the history.")
    ] = "",
    last: Annotated[
        str, typer.Option("--until", show_default=False, metavar="DAY", help="Last day of the history.")
    ] = "",
    once: Annotated[bool, typer.Option("--once", help="Stop when every queue is empty, and print a summary.")] = False,
    json_: Annotated[bool, typer.Option("--json", help="Print the summary of --once as one JSON object.")] = False,
    policy: Policy = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port of the pages; 0 takes a free one.")] = 0,
    board: Annotated[
        bool, typer.Option("--board", help="Move tickets as a Change Review Board would (always on with the samples).")
    ] = False,
    tickets: Annotated[
        str,
        typer.Option(
            show_default="the policy's, or the register", metavar="KIND",
            help="Run this ticket system as well, and file tickets there: servicenow, jira, azure_devops, "
            "freshservice, webhook.",
        ),
    ] = "",
    allow: Annotated[
        list[str] | None,
        typer.Option(
            show_default="none", metavar="HOST",
            help="Let the sandbox call this host outside this machine, with the real secrets of the policy; repeat it "
            "for more.",
        ),
    ] = None,
    package: Package = None,
) -> None:  # fmt: skip
    """Run the whole product on this machine: storage, Microsoft 365 tenants, a Teams inbox, and the functions.

    It prints its addresses and runs until Ctrl+C, or with --once until nothing is left to do.
    """
    from importlib.util import find_spec

    from sandbox.errors import SandboxError
    from sandbox.options import Options

    if find_spec("croniter") is None:  # `make install` brings what an admin needs, and no more
        complain("error: the sandbox needs more libraries than the other commands do: run `make run`, or `make dev`")
        raise typer.Exit(2)
    try:
        options = Options(
            posts=posts,
            tenants=tenants,
            state=state,
            now=_moment(now),
            history=history,
            first=day(first, "--from") if first else None,
            last=day(last, "--until") if last else None,
            once=once,
            json=json_,
            policy=policy,
            port=port,
            board=board,
            tickets="" if tickets == "register" else tickets,
            allow=tuple(allow or ()),
            package=package,
        )
    except SandboxError as error:
        raise typer.BadParameter(str(error)) from None
    from sandbox.run import main

    raise typer.Exit(main(options))


def _moment(text: str) -> datetime | None:
    typed = None
    with suppress(ValueError):
        typed = datetime.fromisoformat(text) if text else None
    if text and (typed is None or not FIRST_YEAR <= typed.year <= LAST_YEAR):
        raise typer.BadParameter(f"{text!r} is no time; write it as 2025-09-30T23:59Z", param_hint="--now")
    return typed
