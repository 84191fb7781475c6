"""`foresignal export`, `import`, `sleep`, `wake`: everything that a deployment keeps, into a file and out of it."""

import contextlib
import gzip
import os
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated

import typer

from shared.cli.tools import State, complain, printable, with_deployment
from shared.cli.who import signed_in
from shared.core.errors import PermanentError, TransientError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Sequence

    from shared.usecases.deps import Deps
    from shared.usecases.upkeep.import_ import Contents

_By = Annotated[str, typer.Option("--by", show_default="who is signed in", help="Who does it, for the record.")]
_Yes = Annotated[bool, typer.Option("--yes", help="Ask nothing: for scripts.")]
_ONE_AWAKE = (
    "Two deployments of one name that are awake file every ticket and send every card twice, and each takes the "
    "other's tickets for its own."
)

_MEND = (
    "the policy has a fault, and there is no last good one: no process would take it. `foresignal policy show` says "
    "what is wrong; mend it and push it, then try again"
)
_NO_GOOD_ONE = (
    "the policy in the file has a fault for this version, and the file holds no last good one, so that nothing would "
    "keep this deployment asleep. Nothing was taken. Mend the policy where the file was written and export again, or "
    "deploy version {version}, which wrote it"
)


def export(
    file: Annotated[Path, typer.Argument(dir_okay=False, metavar="FILE", help="Compressed where it ends in .gz.")],
    force: Annotated[bool, typer.Option("--force", help="Overwrite the file.")] = False,
    by: _By = "",
    state: State = None,
) -> None:
    """Write everything that this deployment keeps into a file.

    The file holds personal data: names, addresses, and what people said. Posts on data privacy are in it, too. Only you
    may read it; keep it so. Secrets are not in it. A file is written whole or not at all.
    """
    if file.exists() and not force:
        raise typer.BadParameter(f"{file} is there already; --force overwrites it", param_hint="FILE")

    async def work(deps: "Deps") -> str:
        from shared.adapters.policy.asleep import sleeps
        from shared.adapters.policy.versions import in_force
        from shared.usecases.upkeep.export import audit_move, export_all, wait_until_known

        def tell(text: str) -> None:
            complain(printable(text))

        now = await in_force(deps.storage.blobs)
        if now.version and sleeps(now.text):  # what processes do until they know is in the file, too
            await wait_until_known(deps, now.version.at, tell)
        with _written_whole(file) as out:
            exported = await export_all(deps, out.write, tell)
        rows, blobs = exported.rows.total(), exported.blobs.total()
        await _audited(
            audit_move(deps, "export", by or await signed_in(), f"export {exported.id}", {"file": file.name})
        )
        return (
            f"wrote {file}: {rows:,} rows and {blobs:,} blobs. It holds personal data: keep it as you keep the storage"
        )

    typer.echo(with_deployment(state, work))


def import_(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, metavar="FILE", help="From `foresignal export`.")
    ],
    yes: _Yes = False,
    by: _By = "",
    state: State = None,
) -> None:
    """Take over what another deployment exported. This one must be empty, and sleeps until `foresignal wake`.

    The whole file is checked first. A run that ended in the middle is repeated with the same file.
    """

    async def work(deps: "Deps") -> str:
        from shared.usecases.upkeep.export import audit_move
        from shared.usecases.upkeep.import_ import check, import_all

        with _lines(file) as lines:
            contents = check(lines)
        _say_what_it_is(contents, deps.here.deployment)
        if contents.deployment != deps.here.deployment:
            complain(f"warning: {printable(_other_name(contents.deployment, deps.here.deployment))}")
            if not yes:
                typer.confirm("Import it all the same?", abort=True, err=True)
        who = by or await signed_in()

        def all_lines() -> Iterator[str]:
            with _lines(file) as lines:
                yield from lines

        async def put_to_sleep(policy: str | None, last_good: str | None) -> None:
            from shared.adapters.policy.file import DEFAULT

            texts = [DEFAULT.read_text(encoding="utf-8") if policy is None else policy, *filter(None, [last_good])]
            why = f"asleep: an import of what {contents.deployment} exported"
            await _put_in_force(deps, texts, who, why, asleep=True, mend=_NO_GOOD_ONE.format(version=contents.version))

        imported = await import_all(deps, contents, all_lines, put_to_sleep, lambda text: complain(printable(text)))
        details = {"file": file.name, "from": f"{contents.deployment}, {contents.at:%Y-%m-%d %H:%M} UTC"}
        await _audited(audit_move(deps, "import", who, f"export {contents.id}", details))
        rows = sum(imported.rows.values())
        return (
            f"imported {rows:,} rows; the lists are built, and pages show everything. It sleeps: when no other "
            f"deployment called {contents.deployment} is awake, run foresignal wake"
        )

    typer.echo(with_deployment(state, work))


def sleep(by: _By = "", state: State = None) -> None:
    """Put this deployment to sleep, before it is exported to move it.

    It asks and tells nobody outside, and takes no answers from people. Posts that it has read are recorded still. Its
    pages can be read.
    """

    async def work(deps: "Deps") -> str:
        from shared.adapters.policy import versions
        from shared.adapters.policy.file import check_text
        from shared.usecases.upkeep.export import audit_move

        now = await versions.in_force(deps.storage.blobs)
        good = check_text(now.text, "").policy
        if good and good.asleep:
            return "it is asleep already"
        who, texts = by or await signed_in(), await versions.what_counts(deps.storage.blobs, now)
        name = await _put_in_force(deps, texts, who, "asleep", asleep=True, mend=_MEND)
        await _audited(audit_move(deps, "sleep", who, f"policy {name}", {}))
        return "it is asleep within a minute; then foresignal export, or foresignal wake"

    typer.echo(with_deployment(state, work))


def wake(yes: _Yes = False, by: _By = "", state: State = None) -> None:
    """Wake a deployment that sleeps. It asks first: two of one name must never be awake."""

    async def work(deps: "Deps") -> str:
        from shared.adapters.policy import versions
        from shared.adapters.policy.asleep import sleeps
        from shared.record.imports import import_here
        from shared.usecases.upkeep.export import audit_move

        begun = await import_here(deps.storage.tables)
        if begun and not begun.done:
            raise PermanentError(
                "an import into this deployment ended in the middle: repeat it with the same file first"
            )
        texts = await versions.what_counts(deps.storage.blobs, await versions.in_force(deps.storage.blobs))
        if not any(map(sleeps, texts)):
            return "it is awake already"
        if not yes:
            complain(_ONE_AWAKE)
            name = printable(deps.here.deployment)
            typer.confirm(f"Is every other deployment called {name} asleep or deleted?", abort=True, err=True)
        who = by or await signed_in()
        version = await _put_in_force(deps, texts, who, "awake", asleep=False, mend=_MEND)
        await _audited(audit_move(deps, "wake", who, f"policy {version}", {}))
        return "it is awake within a minute; what waits is sent and filed within five"

    typer.echo(with_deployment(state, work))


async def _put_in_force(
    deps: "Deps", texts: "Sequence[str]", who: str, message: str, *, asleep: bool, mend: str
) -> str:
    """Put the first of these policies in force that has no fault, asleep or awake; the name of its version.

    One with a fault would be taken by no process: it stays as a version. PermanentError, with `mend`, where all have
    faults; TransientError where a process that starts now sees it otherwise.
    """
    from shared.adapters.policy import versions
    from shared.adapters.policy.asleep import asleep_text, awake_text
    from shared.adapters.policy.file import check_text
    from shared.adapters.policy.in_force import PolicyInForce

    new = [asleep_text(text) if asleep else awake_text(text) for text in texts]
    good = next((text for text in new if check_text(text, "").policy), None)
    if good is None:
        raise PermanentError(mend)
    blobs, clock = deps.storage.blobs, deps.here.clock
    if good != new[0]:
        kept = await versions.keep(blobs, texts[0], who=who, at=clock(), message="had a fault, and is not in force")
        complain(
            f"warning: the policy has a fault. It stays as version {kept.name}, and the last good one takes its place"
        )
    name = await _push(deps, good, who, message)
    if (await PolicyInForce(blobs, clock).current()).asleep is not asleep:
        wanted = "asleep" if asleep else "awake"
        raise TransientError(f"the policy that was just put in force is not read as {wanted}; try again in a minute")
    return name


async def _push(deps: "Deps", text: str, who: str, message: str) -> str:
    """Put a text in force unless it is; the name of its version."""
    from shared.adapters.policy import versions

    now = await versions.in_force(deps.storage.blobs)
    if now.etag and now.text == text and now.version:
        return now.version.name
    version = await versions.push(deps.storage.blobs, text, who=who, at=deps.here.clock(), message=message, force=True)
    return version.name


async def _audited(entry: "Awaitable[None]") -> None:
    try:
        await entry
    except (PermanentError, TransientError) as error:  # it is done all the same
        complain(f"warning: the audit has no copy of it ({printable(str(error))})")


def _say_what_it_is(contents: "Contents", name: str) -> None:
    rows, blobs = sum(contents.rows.values()), sum(contents.blobs.values())
    origin = f"{contents.deployment}, exported {contents.at:%Y-%m-%d %H:%M} UTC by version {contents.version}"
    complain(printable(f"{origin}: {rows:,} rows and {blobs:,} blobs, into {name}"))


def _other_name(theirs: str, ours: str) -> str:
    return (
        f"the file is of a deployment called {theirs}, and this one is called {ours}. The name stands in the keys of "
        "tickets: a ticket whose number we know goes on, but one that was being filed at the export is not found by "
        'its key, and may be filed twice. To keep the name, see "The name" in docs/deploying.md'
    )


@contextlib.contextmanager
def _written_whole(file: Path) -> Iterator[IO[str]]:
    """A file that only its owner may read, under another name until it is whole; nothing is left of half a one."""
    part = file.with_name(f"{file.name}.part")
    part.unlink(missing_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    raw = os.fdopen(os.open(part, flags, 0o600), "wb")
    try:
        with raw, _text_into(raw, packed=file.suffix == ".gz") as out:
            yield out
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)


@contextlib.contextmanager
def _text_into(raw: IO[bytes], *, packed: bool) -> Iterator[IO[str]]:
    import io

    inner = gzip.GzipFile(fileobj=raw, mode="wb", filename="") if packed else raw
    out = io.TextIOWrapper(inner, encoding="ascii", newline="\n")
    try:
        yield out
    finally:
        out.flush()
        out.detach()
        if packed:
            inner.close()


@contextlib.contextmanager
def _lines(file: Path) -> Iterator[Iterator[str]]:
    """The lines of a file, compressed or not whatever its name; PermanentError names a damaged one by its number."""
    with file.open("rb") as raw:
        packed = raw.read(2) == b"\x1f\x8b"
    opened: Callable[..., IO[str]] = gzip.open if packed else open
    with opened(file, "rt", encoding="ascii", newline="\n") as lines:
        yield _read(lines)


def _read(lines: IO[str]) -> Iterator[str]:
    number = 1
    try:
        for line in lines:
            yield line
            number += 1
    except (EOFError, OSError, zlib.error, UnicodeDecodeError) as error:
        raise PermanentError(f"line {number} is cut or damaged ({type(error).__name__}). Nothing was taken") from error
