"""`foresignal test-card`: sends a channel a sample of a card, or shows what would be sent."""

from typing import Annotated

import typer

from shared.cli.tools import State, as_json, with_deployment
from shared.core.errors import PermanentError, TargetDownError

HELP = """Send a channel a sample of a card, of our own writing.

\b
foresignal test-card messaging
foresignal test-card messaging --moment digest
foresignal test-card messaging --moment moved --dry-run

It is sent at once, also in quiet hours, and counts among none of the day's
cards. --dry-run sends nothing and prints the message.
"""


def sample_card(
    channel: Annotated[str, typer.Argument(metavar="CHANNEL", show_default=False, help="Its name in the policy.")],
    moment: Annotated[
        str,
        typer.Option(
            "--moment",
            metavar="MOMENT",
            help="new, moved, cancelled, act-by, decided, silent, asked, impact, digest or notice.",
        ),
    ] = "new",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the message instead.")] = False,
    state: State = None,
) -> None:
    from shared.core.cards.samples import SAMPLES
    from shared.usecases.cards.sample import sample_for, send_sample

    if moment not in SAMPLES:
        raise typer.BadParameter(f"{moment!r} is none of {', '.join(SAMPLES)}", param_hint="--moment")
    if dry_run:
        from shared.adapters.cards.adaptive import render, teams_message

        as_json(teams_message(render(with_deployment(state, lambda deps: sample_for(deps, channel, moment)))))
        return
    try:
        with_deployment(state, lambda deps: send_sample(deps, channel, moment))
    except TargetDownError as error:
        raise PermanentError(f"{error} {error.remedy}") from None
    typer.echo(
        f"Channel {channel} took the card ({moment}). Look whether it is there: a workflow answers before it posts."
    )
