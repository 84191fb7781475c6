"""`foresignal policy`: the policy in force is validated before anything else sees it."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shared.cli_check import checked_policy, counted
from shared.cli_tools import State, complain, speak

if TYPE_CHECKING:
    from shared.usecases.deps import Deps

app = typer.Typer(
    help="The policy in force: put one there, show it, describe the file for editors.", no_args_is_help=True
)


@app.command()
def push(
    policy: Annotated[Path, typer.Argument(exists=True, dir_okay=False, metavar="FILE.yaml", help="The policy.")],
    state: State = None,
) -> None:
    """Put a policy in force. It is checked first; what is in force stays where it has a fault."""
    from shared.policy_file import flattened
    from shared.policy_source import BLOB, CONTAINER

    good = checked_policy(policy)
    text = flattened(policy)
    speak(state, lambda deps: deps.blobs.put(CONTAINER, BLOB, text.encode()))
    typer.echo(f"pushed {policy} ({counted(good)}); in force within a minute")


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
