"""`foresignal check` and `foresignal policy`: the policy is validated here before anything else sees it."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shared.cli_tools import State, complain, speak

if TYPE_CHECKING:
    from shared.core.policy import Policy
    from shared.usecases.deps import Deps

app = typer.Typer(
    help="The policy in force: put one there, show it, describe the file for editors.", no_args_is_help=True
)
File = Annotated[
    Path | None,
    typer.Argument(
        exists=True, dir_okay=False, metavar="FILE.yaml", show_default="config/policy.yaml", help="The policy."
    ),
]


def check(policy: File = None) -> None:
    """Check a policy: every fault at once, each with its path in the file. Exit code 1 where there is one."""
    file = policy or default_file()
    counted = _counted(_checked(file))
    typer.echo(f"fine: {counted}" if policy else f"{file} is fine: {counted}")


def default_file() -> Path:
    """The policy in this folder, else the one that came with the package."""
    from shared.policy_file import DEFAULT

    here = Path("config/policy.yaml")
    return here if here.is_file() else DEFAULT


def _checked(file: Path) -> "Policy":
    """The policy in the file; where it has faults, they are told and the command ends."""
    from shared import policy_file

    text = file.read_text(encoding="utf-8-sig", errors="replace")
    faults = policy_file.faults(text, str(file))
    if not faults:
        return policy_file.load(text, str(file))
    for fault in faults:
        typer.echo(fault)
    complain(f"{file}: {len(faults)} fault{'s' if len(faults) > 1 else ''}")
    raise typer.Exit(1)


def _counted(policy: "Policy") -> str:
    from shared.core.policy import walk

    services = sum(len(workload.services) for workload in policy.workloads.values())
    counts = {
        "tenant": len(policy.tenants),
        "team": len(policy.teams),
        "workload": len(policy.workloads),
        "service": services,
        "channel": len(policy.channels),
        "ticket system": len(policy.tickets),
        "route": sum(1 for _ in walk(policy.routes)),
    }
    return ", ".join(f"{count} {what}{'' if count == 1 else 's'}" for what, count in counts.items())


@app.command()
def push(
    policy: Annotated[Path, typer.Argument(exists=True, dir_okay=False, metavar="FILE.yaml", help="The policy.")],
    state: State = None,
) -> None:
    """Put a policy in force. It is checked first; what is in force stays where it has a fault."""
    from shared.policy_source import BLOB, CONTAINER

    good = _checked(policy)
    speak(state, lambda deps: deps.blobs.put(CONTAINER, BLOB, policy.read_bytes()))
    typer.echo(f"pushed {policy} ({_counted(good)}); in force within a minute")


@app.command()
def show(state: State = None) -> None:
    """Print the policy that was pushed; where it has faults, they are told, and the last good one is in force."""
    from shared.policy_file import DEFAULT, faults
    from shared.policy_source import BLOB, CONTAINER

    async def held(deps: "Deps") -> bytes | None:
        return await deps.blobs.get(CONTAINER, BLOB)

    data = speak(state, held)
    if data is None:
        complain("none was pushed; in force is the one that came with the package:")
        data = DEFAULT.read_bytes()
    text = data.decode(errors="replace")
    typer.echo(text, nl=False)
    if wrong := faults(text, "the pushed policy"):
        complain(f"it is NOT in force: {len(wrong)} fault{'s' if len(wrong) > 1 else ''}; the last good one is:")
        for fault in wrong:
            complain(fault)
        raise typer.Exit(1)


@app.command()
def schema() -> None:
    """Print the JSON schema of the file, with which editors complete and check it (config/policy.schema.json)."""
    typer.echo(schema_text(), nl=False)


def schema_text() -> str:
    from shared.core.policy import Policy

    return json.dumps(Policy.model_json_schema(), indent=2, ensure_ascii=False) + "\n"
