"""`foresignal init`: a policy for an organisation, from a few questions or from options."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from shared.cli.policy_given import counted, seen_posts
from shared.cli.post_files import POSTS
from shared.cli.tools import State, complain, printable
from shared.core.errors import PermanentError
from shared.settings import deployment_fault

if TYPE_CHECKING:
    from shared.adapters.policy.starter import Answers
    from shared.core.policy.model import Policy


def _option(words: str, *names: str, metavar: str | None = None) -> Any:
    return typer.Option(*names, show_default=False, metavar=metavar, help=words)


def init(
    file: Annotated[Path, typer.Argument(metavar="FILE.yaml", dir_okay=False, help="The policy to write.")] = Path(
        "my-policy.yaml"
    ),
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing; take options, else proposals.")] = False,
    organisation: Annotated[str, _option("The organisation's name.")] = "",
    domain: Annotated[str, _option("Its mail domain, for proposed addresses.")] = "",
    tenant: Annotated[
        list[str] | None,
        _option("A tenant beside your own; without an id, the name of your own. Repeatable.", metavar="NAME[=ID]"),
    ] = None,
    owner: Annotated[
        list[str] | None,
        _option("The owner of an area, and the deputy. Repeatable.", metavar="AREA=ADDRESS[,DEPUTY]"),
    ] = None,
    merge: Annotated[
        list[str] | None,
        _option("Give an area to another area's team. Repeatable.", metavar="AREA=OTHER"),
    ] = None,
    role: Annotated[
        list[str] | None,
        _option("Who is help_desk, user_communications_lead or training_lead. Repeatable.", metavar="ROLE=ADDRESS"),
    ] = None,
    channels: Annotated[
        bool | None,
        typer.Option("--channels/--no-channels", show_default=False, help="Whether cards are sent to Teams channels."),
    ] = None,
    tickets: Annotated[str, _option("The ticket system: register, servicenow, jira ...", metavar="KIND")] = "",
    ticket_setting: Annotated[
        list[str] | None, _option("A setting of the ticket system. Repeatable.", metavar="NAME=VALUE")
    ] = None,
    posts: Annotated[
        Path | None,
        typer.Option(
            show_default=False, metavar="FILE", exists=True, dir_okay=False,
            help=f"Your posts: the services in them that no proposal covers go into the file, too. {POSTS}.",
        ),
    ] = None,
    seen: Annotated[bool, typer.Option("--seen", help="The same, for the posts that the deployment has read.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the file.")] = False,
    state: State = None,
) -> None:  # fmt: skip
    """Write a first policy: who usually owns what, with a comment above every key.

    It asks a few questions (none with --yes). What only you can know and have not said stands in the file as CHANGE-ME;
    `foresignal check` names each. A ticket system begins as a dry run: it files nothing.
    """
    if file.exists() and not force:
        raise typer.BadParameter(f"{file} is there already; --force overwrites it", param_hint="FILE.yaml")
    from shared.adapters.policy import starter

    services = seen_posts(posts, in_storage=bool(seen or state), state=state).services
    owners = _pairs(owner, "--owner", starter.areas())
    answers: dict[str, Any] = {
        "organisation": organisation,
        "domain": domain or "example.com",
        "tenants": _tenants(tenant or ()),
        "owners": {area: who.partition(",")[0].strip() for area, who in owners.items()},
        "deputies": {area: who.partition(",")[2].strip() for area, who in owners.items()},
        "roles": _pairs(role, "--role", starter.ownership()["roles"]),
        "merged": _pairs(merge, "--merge", starter.areas()),
        "channels": bool(channels),
        "tickets": tickets or "register",
        "settings": _pairs(ticket_setting, "--ticket-setting"),
        "seen": tuple(services),
    }
    if not yes:
        from shared.cli import questions

        answers = questions.ask_all(answers, channels=channels, tickets=tickets)
    elif channels:
        for name in starter.ownership()["roles"]:
            answers["roles"].setdefault(name, starter.mail(name, answers["domain"]))
    if fault := deployment_fault():
        complain(f"warning: {printable(fault)}; one that is in use keeps its name, a new one gets another")
    complete = _to_answers(answers)
    _write(file, starter.starter(complete))
    _tell(file, complete, services)


def _to_answers(answers: Mapping[str, Any]) -> "Answers":
    from shared.adapters import registry
    from shared.adapters.policy import starter

    for area, other in answers["merged"].items():
        if area == "workplace":
            raise typer.BadParameter("workplace gets what nobody owns, so it stays", param_hint="--merge")
        if other not in starter.areas():
            raise typer.BadParameter(
                f"unknown area {other!r} (known: {', '.join(starter.areas())})", param_hint="--merge"
            )
    if answers["tickets"] not in registry.kinds("tickets"):
        kinds = ", ".join(registry.kinds("tickets"))
        raise typer.BadParameter(f"unknown kind {answers['tickets']!r} (known: {kinds})", param_hint="--tickets")
    return starter.Answers(**answers)


def _tenants(given: Iterable[str]) -> dict[str, str]:
    """Names to ids, the deployment's own tenant first: it has no id, and is called home unless a name is given."""
    named = {name: tenant_id for name, _, tenant_id in (each.partition("=") for each in given)}
    own = next((name for name, tenant_id in named.items() if not tenant_id), "home")
    return {own: "", **named}


def _pairs(values: list[str] | None, option: str, names: Mapping[str, Any] | None = None) -> dict[str, str]:
    """`NAME=VALUE` of an option that can stand several times."""
    pairs = {}
    for each in values or ():
        name, sign, value = each.partition("=")
        if not sign or not value:
            raise typer.BadParameter(f"{each!r} is no NAME=VALUE", param_hint=option)
        if names is not None and name not in names:
            raise typer.BadParameter(f"unknown name {name!r} (known: {', '.join(names)})", param_hint=option)
        pairs[name] = value.strip()
    return pairs


def _write(file: Path, text: str) -> None:
    """The policy, and beside it the schema that its first line names; nothing is written where it has a fault."""
    from shared.adapters.policy import file as policy_file
    from shared.adapters.policy.faults import UNFILLED
    from shared.cli.policy_given import schema_text

    checked = policy_file.check_text(text, str(file))
    faults = [str(fault) for fault in checked.faults if fault.what != UNFILLED]
    if faults:
        raise PermanentError("these answers make no policy without a fault:\n" + "\n".join(map(printable, faults)))
    file.write_text(text, encoding="utf-8")
    schema = file.with_name("policy.schema.json")
    if not schema.exists():
        schema.write_text(schema_text(), encoding="utf-8")


def _tell(file: Path, answers: "Answers", services: Mapping[str, int]) -> None:
    """What was written, what is still to do, and what to do next."""
    from shared.adapters.policy import file as policy_file
    from shared.adapters.policy import starter
    from shared.adapters.policy.faults import PLACEHOLDER

    checked = policy_file.check_file(file)
    if checked.policy:
        _tell_whose(file, checked.policy)
    else:
        typer.echo(f"wrote {file}")
    if others := starter.uncovered(services):
        typer.echo(printable(f"nobody's so far, look at workload {starter.OTHERS}: {', '.join(others)}"))
    if checked.unfilled:
        typer.echo(f"to fill in, where the file says {PLACEHOLDER}:")
        for note in checked.unfilled:
            typer.echo(printable(f"  line {note.line}: {note.path}"))
    if any(answers.tenants.values()):
        typer.echo(
            "tenants with an id need the client_id of an app registration in your own tenant, to which they consented "
            "(docs/many-tenants.md)"
        )
    if answers.tickets != "register":
        typer.echo(f"{answers.tickets} begins as a dry run: it files nothing until its mode is live")
    typer.echo("next:")
    typer.echo(f"  foresignal check {file}")
    typer.echo(f"  foresignal backtest --policy {file} --html report.html    (or --posts FILE)")
    typer.echo(f"  foresignal policy push {file}")


def _tell_whose(file: Path, policy: "Policy") -> None:
    from shared.adapters.policy.secret_names import secret_names

    typer.echo(f"wrote {file}: {counted(policy)}")
    for name, team in policy.teams.items():
        mine = [load for load, each in policy.workloads.items() if each.team == name]
        typer.echo(printable(f"  {name} ({team.owner}): {', '.join(mine)}"))
    if secrets := dict.fromkeys(name.replace("_", "-") for _, name in secret_names(policy)):
        typer.echo("to put into Key Vault: " + ", ".join(secrets))
