"""`foresignal maturity`: each criterion of levels 100 to 500 with what was measured of it."""

import typer

from shared.cli.tools import Json, State, as_json, printable, table, with_deployment


def maturity(json_: Json = False, state: State = None) -> None:
    """Show how mature service change management is: each criterion, whether it is met, and the figure behind it.

    The last three months count. What nothing measures is unknown, and does not count as met.
    """
    from shared.core.life.maturity import LEVELS, STATE_WORDS
    from shared.usecases.pages.maturity import maturity

    view = with_deployment(state, maturity)
    if json_:
        as_json(view)
        return
    typer.echo(_level_reached(view.reached, measured=view.measured))
    for level in LEVELS:
        results = view.of_level(level)
        typer.echo(f"\nLevel {level}{'' if level > view.reached else ', reached'}")
        table(("state", "criterion", "figure"), ((STATE_WORDS[r.state], r.sentence, r.figure) for r in results))
    following = [result for result in view.results if result.level == view.next_level and result.state != "met"]
    if following:
        typer.echo(f"\nWhat would raise it to level {view.next_level}")
    for result in following:
        typer.echo(printable(f"  {result.raises}"))


def _level_reached(reached: int, *, measured: bool) -> str:
    if not measured:
        return "The level is unknown: nothing is measured yet."
    return f"Level {reached} of 500 is reached." if reached else "Level 100 is not reached yet."
