"""`foresignal check`: every fault of a policy before it is in force, for people and for pipelines."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shared.cli.policy_given import counted, default_file, numbers_of, seen_posts
from shared.cli.post_files import POSTS
from shared.cli.tools import State, complain, printable, with_deployment

if TYPE_CHECKING:
    from shared.adapters.policy.file import Checked, Note
    from shared.core.policy.model import Policy
    from shared.core.policy.seen import Seen
    from shared.usecases.deps import Deps

File = Annotated[
    Path | None,
    typer.Argument(exists=True, metavar="FILE.yaml", show_default="config/policy.yaml", help="The policy."),
]
Posts = Annotated[
    Path | None,
    typer.Option(
        show_default=False, metavar="FILE", exists=True, dir_okay=False,
        help=f"Real posts: report services that nobody owns and titles that no post has. {POSTS}.",
    ),
]  # fmt: skip


def check(
    policy: File = None,
    posts: Posts = None,
    seen: Annotated[bool, typer.Option("--seen", help="The same, for the posts that the deployment has read.")] = False,
    secrets: Annotated[bool, typer.Option("--secrets", help="Look up every secret, and report missing ones.")] = False,
    online: Annotated[bool, typer.Option("--online", help="Check our permissions in every ticket system.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Warnings count as faults.")] = False,
    json_: Annotated[bool, typer.Option("--json", help="One JSON object for each fault, warning and hint.")] = False,
    state: State = None,
) -> None:
    """Find every fault of a policy at once, each with its file, line and path. Exit code 1 if there is one."""
    from shared.adapters.policy import file as policy_file

    file = policy or default_file()
    checked = policy_file.check_file(file)
    real = seen_posts(posts, in_storage=seen, state=state)
    remarks = [("fault", note) for note in checked.faults_of_a_new_one]
    remarks += _remarks(checked, real)
    if checked.policy and (secrets or online):
        remarks += with_deployment(state, lambda deps: _outside_faults(deps, checked, secrets=secrets, online=online))
    _tell(remarks, as_json=json_)
    wrong = [note for kind, note in remarks if kind == "fault" or (strict and kind == "warning")]
    if checked.policy is None or wrong:
        complain(f"{file}: {numbers_of(remarks)}")
        raise typer.Exit(1)
    if not json_:
        fine = f"{counted(checked.policy)}{', ' + numbers_of(remarks) if remarks else ''}"
        typer.echo(f"fine: {fine}" if policy else f"{file} is fine: {fine}")


def _remarks(checked: "Checked", seen: "Seen") -> "list[tuple[str, Note]]":
    """What is no fault: warnings of what looks like a mistake, and hints, which `--strict` leaves alone."""
    from shared.core.policy.hints import hints
    from shared.core.policy.warnings import warnings

    if checked.policy is None:
        return []
    today = datetime.now(UTC).date()
    warned = [("warning", checked.places.note(path, what)) for path, what in warnings(checked.policy, seen, today)]
    return warned + [("hint", checked.places.note(path, what)) for path, what in hints(checked.policy)]


def _tell(remarks: "list[tuple[str, Note]]", *, as_json: bool) -> None:
    for kind, note in remarks:
        if as_json:
            line = {"file": note.file, "line": note.line, "path": note.path, "kind": kind, "message": note.what}
            typer.echo(json.dumps(line, ensure_ascii=False))
        else:
            typer.echo(printable(str(note) if kind == "fault" else f"{kind}: {note}"))


async def _outside_faults(deps: "Deps", checked: "Checked", *, secrets: bool, online: bool) -> "list[tuple[str, Note]]":
    """What only the outside knows: which secrets are missing, and what the adapters may do."""
    from shared.core.errors import PermanentError, TransientError

    policy = checked.policy
    assert policy is not None
    faults: list[tuple[str, Note]] = []
    if secrets:
        for path, name in deps.outside.secret_names(policy):
            kind, said = await _said_of(policy, path, name)
            if said:
                faults.append((kind, checked.places.note(path, said)))
    if online:
        for name in policy.tickets:
            try:
                answer = await (await deps.outside.ticket_system(policy, name)).ping()
            except (PermanentError, TransientError) as error:
                faults.append(("fault", checked.places.note(f"tickets.{name}", str(error))))
            else:
                typer.echo(f"tickets.{name}: {printable(answer)}")
        for name in policy.channels:
            typer.echo(f"channels.{name}: cannot be tried without posting a card there")
    return faults


async def _said_of(policy: "Policy", path: str, name: str) -> tuple[str, str]:
    """A fault of a secret or a warning about it, without its value; empty for a good one."""
    from shared import app
    from shared.adapters import registry
    from shared.core.errors import PermanentError, TransientError
    from shared.core.signing import fault_of, remark_on

    try:
        value = await app.current().secrets.get(name)
    except (PermanentError, TransientError) as error:
        return "fault", str(error)
    if path.endswith(".inbound"):
        fault = fault_of(value)
        return "fault", f"secret {name} {fault}" if fault else ""
    folder, _, rest = path.partition(".")
    if folder != "channels":
        signs = policy.tickets[rest.partition(".")[0]].kind == "webhook" if folder == "tickets" else False
        remark = remark_on(value) if signs and path.endswith(".settings.secret") else ""
        return "warning", f"secret {name} {remark}" if remark else ""
    module = registry.module(folder, policy.channels[rest.rpartition(".settings.")[0]].kind)
    fault = module.fault_of_secret(value) if hasattr(module, "fault_of_secret") else ""
    return "fault", f"secret {name}: {fault}" if fault else ""
