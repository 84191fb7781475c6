"""`foresignal policy`: the policy in force and earlier ones; each is checked before it is put in force."""

import contextlib
import difflib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shared.cli.policy_given import checked_text, counted, schema_text
from shared.cli.tools import Json, State, as_json, complain, printable, table, with_deployment
from shared.cli.who import signed_in
from shared.core.errors import ForbiddenError, PermanentError, TransientError

if TYPE_CHECKING:
    from shared.adapters.policy.versions import InForce, Version
    from shared.usecases.deps import Deps

app = typer.Typer(help="The policy in force, and earlier ones.", no_args_is_help=True)
_VersionName = Annotated[
    str, typer.Option("--version", show_default=False, metavar="VERSION", help="One that `policy versions` lists.")
]
_By = Annotated[str, typer.Option("--by", show_default="who is signed in", help="Who puts it in force.")]
_Message = Annotated[str, typer.Option("--message", "-m", show_default=False, help="Why, for the record.")]


async def _look_at_name(deps: "Deps", *, new: bool) -> None:
    """A deployment that begins gets no name that meets another's; one that is in use is only warned.

    `new`: no policy was pushed to it yet.
    """
    from shared.core.names import deployment_fault
    from shared.record.changes import has_any

    fault = deployment_fault(deps.here.deployment)
    if not fault:
        return
    if new and not await has_any(deps.storage.tables):
        raise PermanentError(f"{fault}; nothing is in use yet: azd env set FORESIGNAL_DEPLOYMENT NAME, azd provision")
    complain(f"warning: {printable(fault)}; this one is in use, and keeps its name")


async def _keep_asleep(deps: "Deps", now: "InForce", text: str) -> None:
    """Refuse to wake by the way what sleeps, and to change what an import puts in force; PermanentError."""
    from shared.adapters.policy.asleep import sleeps
    from shared.adapters.policy.versions import what_counts
    from shared.record.imports import import_here

    if any(map(sleeps, await what_counts(deps.storage.blobs, now))) and not sleeps(text):
        raise PermanentError(
            "this deployment is asleep, and that policy would wake it: run `foresignal wake` first, or write "
            "`asleep: true` into it"
        )
    with contextlib.suppress(ForbiddenError):  # who only pushes policies has no role on the tables
        begun = await import_here(deps.storage.tables)
        if begun and not begun.done:
            raise PermanentError("an import into this deployment is not done: repeat it with the same file first")


async def _audit(deps: "Deps", version: "Version") -> None:
    from shared.record.audit import Entry, insert_entry

    details = {"message": version.message, "file": version.file}
    entry = Entry(version.at, f"policy {version.name}", "push", version.who, "command", "", details)
    try:
        await insert_entry(deps.storage.tables, entry)
    except (PermanentError, TransientError) as error:  # who only pushes policies has no role on the tables
        complain(f"warning: the audit has no copy of it ({printable(str(error))}); `policy versions` keeps who and why")


@app.command()
def push(
    policy: Annotated[Path, typer.Argument(exists=True, metavar="FILE.yaml", help="The policy.")],
    message: _Message = "",
    by: _By = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would change.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Overwrite what somebody else pushed meanwhile.")] = False,
    state: State = None,
) -> None:
    """Put a policy in force. It is checked first; if it has a fault, the present one stays in force.

    Included files are merged into one. The difference is shown.
    """
    from shared.adapters.policy import versions as policy_store

    good, text = checked_text(policy, filled=True)

    async def work(deps: "Deps") -> str:
        now = await policy_store.in_force(deps.storage.blobs)
        await _look_at_name(deps, new=not now.etag)
        changed = _show_difference(now.text, policy_store.bare(text), str(policy))
        await _keep_asleep(deps, now, text)
        if now.version and not (dry_run or changed):  # of a push that died before its copy
            await _audit(deps, now.version)
        if dry_run or not changed:
            return "nothing was pushed" if dry_run else "it is in force already; nothing was pushed"
        who = by or await signed_in()
        version = await policy_store.push(
            deps.storage.blobs, text, who=who, at=deps.here.clock(), message=message, file=str(policy), force=force
        )
        await _audit(deps, version)
        return f"pushed {policy} as {version.name} by {version.who} ({counted(good)}); in force within a minute"

    typer.echo(with_deployment(state, work))


@app.command()
def back(
    version: Annotated[str, typer.Argument(show_default=False, metavar="VERSION", help="As `versions` lists it.")],
    by: _By = "",
    state: State = None,
) -> None:
    """Put an older policy in force again, as a new version. It is checked first."""
    from shared.adapters.policy import file as policy_file
    from shared.adapters.policy import versions as policy_store

    async def work(deps: "Deps") -> str:
        text = await policy_store.text_of(deps.storage.blobs, version)
        for note in policy_file.load_in_force(text, f"version {version}")[1]:
            complain(f"warning: {printable(str(note))}")
        now = await policy_store.in_force(deps.storage.blobs)
        _show_difference(now.text, text, version)
        await _keep_asleep(deps, now, text)
        who = by or await signed_in()
        version_made = await policy_store.push(
            deps.storage.blobs, text, who=who, at=deps.here.clock(), message=f"back to {version}", file=version
        )
        await _audit(deps, version_made)
        return f"{version} is in force again, as {version_made.name}"

    typer.echo(with_deployment(state, work))


@app.command()
def pull(
    file: Annotated[
        Path, typer.Argument(dir_okay=False, metavar="FILE.yaml", help="Where to write it.")
    ] = Path("policy.yaml"),
    force: Annotated[bool, typer.Option("--force", help="Overwrite the file.")] = False,
    state: State = None,
) -> None:  # fmt: skip
    """Write the policy in force into a file, to edit it and push it again."""
    from shared.adapters.policy import versions as policy_store

    if file.exists() and not force:
        raise typer.BadParameter(f"{file} is there already; --force overwrites it", param_hint="FILE.yaml")
    now = with_deployment(state, lambda deps: policy_store.in_force(deps.storage.blobs))
    file.write_text(policy_store.marked(now), encoding="utf-8")
    typer.echo(f"wrote {file}: {_which(now)}")


@app.command()
def show(version: _VersionName = "", state: State = None) -> None:
    """Print the policy that was pushed. If it has faults, they are listed, and the last good one is in force."""
    from shared.adapters.policy import versions as policy_store
    from shared.adapters.policy.file import check_text

    if version:
        typer.echo(with_deployment(state, lambda deps: policy_store.text_of(deps.storage.blobs, version)), nl=False)
        return
    now = with_deployment(state, lambda deps: policy_store.in_force(deps.storage.blobs))
    if not now.etag:
        complain("none was pushed; in force is the one that came with the package:")
    typer.echo(now.text, nl=False)
    checked = check_text(now.text, "the pushed policy")
    for note in checked.objections:
        complain(f"warning, to be mended before the next push: {printable(str(note))}")
    if wrong := checked.faults:
        complain(f"it is NOT in force: {len(wrong)} fault{'s' if len(wrong) > 1 else ''}; the last good one is:")
        for fault in wrong:
            complain(printable(str(fault)))
        raise typer.Exit(1)


@app.command()
def versions(json_: Json = False, state: State = None) -> None:
    """List every policy that was pushed: when, by whom, why, and which one is in force."""
    from shared.adapters.policy import versions as policy_store

    async def work(deps: "Deps") -> "tuple[list[dict[str, object]], InForce]":
        now = await policy_store.in_force(deps.storage.blobs)
        in_force = now.version.name if now.version else ""
        return [
            {
                "version": each.name,
                "at": each.at,
                "who": each.who,
                "in force": each.name == in_force,
                "message": each.message,
            }
            for each in await policy_store.versions(deps.storage.blobs)
        ], now

    pushed, now = with_deployment(state, work)
    if json_:
        as_json(pushed)
        return
    if not pushed:
        typer.echo(f"none was pushed; in force: {_which(now)}")
        return
    rows = (
        (
            each["version"],
            f"{each['at']:%Y-%m-%d %H:%M}",
            each["who"],
            "yes" if each["in force"] else "",
            each["message"],
        )
        for each in reversed(pushed)
    )
    table(("version", "when", "who", "in force", "why"), rows)
    if now.etag and not now.version:
        complain("the policy in force was put there by other means than `policy push`")


@app.command()
def schema() -> None:
    """Print the JSON schema of the file, for editors that complete and check it (config/policy.schema.json)."""
    typer.echo(schema_text(), nl=False)


def _which(now: "InForce") -> str:
    if now.version:
        return f"version {now.version.name}, pushed by {now.version.who}"
    return "the policy in force" if now.etag else "the policy that came with the package"


def _show_difference(before: str, after: str, name: str) -> bool:
    """What changes, as a unified difference; whether anything does."""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), "in force", name, lineterm="", n=2)
    colours = {"+": typer.colors.GREEN, "-": typer.colors.RED, "@": typer.colors.CYAN}
    changed = False
    for line in lines:
        changed = True
        typer.secho(printable(line), fg=colours.get(line[:1]), color=None if sys.stdout.isatty() else False)
    return changed or before != after
