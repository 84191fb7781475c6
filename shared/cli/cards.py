"""`foresignal cards`: what became of the cards of the last months, and what that proposes."""

from typing import TYPE_CHECKING, Annotated

import typer

from shared.cli.tools import Json, State, as_json, printable, table, with_deployment

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shared.core.life.effectiveness import CardFigures, FiguresKey
    from shared.usecases.deps import Deps

Months = Annotated[int, typer.Option("--months", min=1, max=24, help="How many months, this one included.")]


def cards(months: Months = 3, json_: Json = False, state: State = None) -> None:
    """Show what became of cards: sent, opened and answered, by channel, moment and workload. Summed up each night.

    Held back are those that came later, because their channel had had its cards of the day (most_a_day). Opened is
    known only of people who sign in to the pages.
    """
    from shared.core.life.effectiveness import together
    from shared.usecases.upkeep.effectiveness import card_figures, card_proposals

    async def ask(deps: "Deps") -> "tuple[Mapping[str, dict[FiguresKey, CardFigures]], list[str]]":
        return await card_figures(deps, months), await card_proposals(deps)

    by_month, proposed = with_deployment(state, ask)
    rows = sorted(together(by_month.values()).items())
    if json_:
        lines = [
            {**key._asdict(), "sent": each.sent, "held": each.held, "opened": each.opened, "answered": each.answered,
             "median_hours": each.median_hours}
            for key, each in rows
        ]  # fmt: skip
        as_json({"months": list(by_month), "cards": lines, "proposals": proposed})
        return
    if not rows:
        typer.echo("No card was counted yet. They are summed up each night.")
        return
    table(
        ("channel", "moment", "workload", "sent", "held back", "opened", "answered", "hours to the first answer"),
        (
            (
                *key,
                each.sent,
                each.held,
                each.opened,
                each.answered,
                "" if each.median_hours is None else f"{each.median_hours:.1f}",
            )
            for key, each in rows
        ),
    )
    for line in proposed:
        typer.echo(printable(line))
