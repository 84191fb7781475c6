"""`foresignal doctor`: whether a deployment is right, and what mends what is not."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from shared import settings
from shared.cli.tools import Json, State, as_json, complain, printable, with_deployment

if TYPE_CHECKING:
    from shared.core.upkeep.findings import Finding

HELP = """Look whether a deployment is right, line by line. Nothing is changed.

\b
foresignal doctor
foresignal doctor --send
foresignal doctor --json

What fails says the command or the click that mends it. --send posts a sample
card to every channel: only a card tells whether a channel takes one. On an
admin's machine it asks as whoever is signed in there; the app itself answers
the same at /api/status. Exit code 1 where something fails.
"""
_MARKS = {"ok": "ok       ", "failing": "FAILING  ", "unknown": "not known"}


def doctor(
    send: Annotated[bool, typer.Option("--send", help="Post a sample card to every channel.")] = False,
    json_: Json = False,
    state: State = None,
) -> None:
    from shared.core.upkeep.findings import as_report, count
    from shared.usecases.upkeep.doctor import doctor

    findings = () if state else _settings_findings()
    if not findings:
        seen = _Progress()
        findings = with_deployment(state, lambda deps: doctor(deps, seen.hear, send=send))
    failing, unknown = count(findings, "failing"), count(findings, "unknown")
    if json_:
        as_json(as_report(findings))
    else:
        _show(findings)
        typer.echo("")
        typer.echo(f"{len(findings) - failing - unknown} ok, {failing} failing, {unknown} not known")
    if failing:
        raise typer.Exit(1)


def _settings_findings() -> "tuple[Finding, ...]":
    """What is wrong with the environment, without which nothing can be asked."""
    from shared.core.upkeep.findings import failing, unknown

    causes = {"reference_unresolved": settings.unresolved(), "setting_missing": settings.missing()}
    words = {
        "reference_unresolved": "it holds a Key Vault reference that was not resolved",
        "setting_missing": "it is not set",
    }
    found = [failing("settings", f"setting {name}", words[cause], cause) for cause in causes for name in causes[cause]]
    return (*found, unknown("settings", "everything else", "not asked until the settings are right")) if found else ()


def _show(findings: "Sequence[Finding]") -> None:
    """What mends several lines one after the other is said once, after the last of them."""
    for index, finding in enumerate(findings):
        typer.echo(printable(f"{_MARKS[finding.condition]}  {finding.subject}: {finding.words}"))
        after = findings[index + 1].remedy if index + 1 < len(findings) else ""
        if finding.remedy and finding.remedy != after:
            typer.echo(printable(f"           -> {finding.remedy}"))


class _Progress:
    """Says on stderr what was asked, as it is answered."""

    def __init__(self) -> None:
        self._asked = 0

    def hear(self, findings: "Sequence[Finding]") -> None:
        self._asked += len(findings)
        if findings:
            complain(printable(f"asked {self._asked}: {findings[0].subject}"))
