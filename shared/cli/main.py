"""The command `foresignal`, for admins. Nothing heavy is imported before a command needs it."""

import io
import sys
from typing import Annotated

import typer

from shared.cli import backtest, check, history, init, parked, policy, posts, reader, route, sandbox
from shared.cli.cards import cards
from shared.cli.doctor import HELP as DOCTOR_HELP
from shared.cli.doctor import doctor
from shared.cli.export import export, import_, sleep, wake
from shared.cli.grant import HELP as GRANT_HELP
from shared.cli.grant import grant
from shared.cli.health import health
from shared.cli.labels import labels
from shared.cli.maturity import maturity
from shared.cli.planner import planner
from shared.cli.read import read
from shared.cli.register import register
from shared.cli.release import release
from shared.cli.report import report
from shared.cli.reread import reread
from shared.cli.sample_card import HELP as SAMPLE_HELP
from shared.cli.sample_card import sample_card
from shared.cli.settle import HELP as SETTLE_HELP
from shared.cli.settle import settle
from shared.cli.ticket import HELP as TICKET_HELP
from shared.cli.ticket import ticket
from shared.cli.tools import Commands

app = typer.Typer(
    name="foresignal",
    cls=Commands,
    help="Microsoft 365 changes, from Message Center to tickets, cards and time to close.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("classify")(posts.classify)
app.command("explain")(posts.explain)
app.command("read")(read)
app.add_typer(reader.app, name="reader")
app.command("replay")(history.replay)
app.command("history")(history.history)
app.command("init")(init.init)
app.command("check")(check.check)
app.command("route")(route.route)
app.command("backtest")(backtest.backtest)
app.add_typer(policy.app, name="policy")
app.command("health")(health)
app.command("doctor", help=DOCTOR_HELP)(doctor)
app.command("grant", help=GRANT_HELP)(grant)
app.command("cards")(cards)
app.add_typer(report, name="report")
app.command("maturity")(maturity)
app.command("reread")(reread)
app.command("release")(release)
app.command("settle", help=SETTLE_HELP)(settle)
app.command("labels")(labels)
app.command("planner")(planner)
app.command("ticket", help=TICKET_HELP)(ticket)
app.command("test-card", help=SAMPLE_HELP)(sample_card)
app.add_typer(parked.parked, name="parked")
app.add_typer(register, name="register")
app.command("export")(export)
app.command("import")(import_)
app.command("sleep")(sleep)
app.command("wake")(wake)
app.command("sandbox")(sandbox.sandbox)


@app.callback()
def root(
    debug: Annotated[bool, typer.Option("--debug", help="Show an error with its traceback.")] = False,
) -> None:
    # `Commands` reads the option; --help shows it.
    del debug


def main() -> None:
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # whatever the console says it takes
            stream.reconfigure(encoding="utf-8", errors="replace")
    app()
