"""The command `foresignal`: what an admin does from a terminal. Nothing heavy is imported before a command needs it."""

from typing import Annotated

import typer

from shared import (
    cli_backtest,
    cli_check,
    cli_history,
    cli_init,
    cli_policy,
    cli_posts,
    cli_route,
    cli_sandbox,
    cli_storage,
)
from shared.cli_tools import Commands

app = typer.Typer(
    name="foresignal",
    cls=Commands,
    help="Microsoft 365 changes, from Message Center to tickets, cards and time to close.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("classify")(cli_posts.classify)
app.command("explain")(cli_posts.explain)
app.command("replay")(cli_history.replay)
app.command("history")(cli_history.history)
app.command("init")(cli_init.init)
app.command("check")(cli_check.check)
app.command("route")(cli_route.route)
app.command("backtest")(cli_backtest.backtest)
app.add_typer(cli_policy.app, name="policy")
app.command("health")(cli_storage.health)
app.add_typer(cli_storage.parked, name="parked")
app.add_typer(cli_storage.register, name="register")
app.command("sandbox")(cli_sandbox.sandbox)


@app.callback()
def root(
    debug: Annotated[bool, typer.Option("--debug", help="Show where an error came from, not only what it is.")] = False,
) -> None:
    # `Commands` reads the option; --help shows it.
    del debug


def main() -> None:
    app()
