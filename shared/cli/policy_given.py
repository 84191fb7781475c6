"""The policy that a command was given: found, checked, and what it is checked against."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from shared.cli.post_files import each_post, post_of
from shared.cli.tools import complain, with_deployment

if TYPE_CHECKING:
    from shared.adapters.policy.file import Note
    from shared.core.policy.model import Policy
    from shared.core.policy.seen import Seen
    from shared.core.posts.post import Post
    from shared.usecases.deps import Deps


def schema_text() -> str:
    from shared.core.policy.model import Policy

    return json.dumps(Policy.model_json_schema(), indent=2, ensure_ascii=False) + "\n"


PolicyFile = Annotated[
    Path | None,
    typer.Option(
        show_default=False, metavar="FILE.yaml", exists=True, dir_okay=False,
        help="The policy. Default: config/policy.yaml with --posts, else the one in force.",
    ),
]  # fmt: skip


def default_file() -> Path:
    from shared.adapters.policy.file import DEFAULT

    here = Path("config/policy.yaml")
    return here if here.is_file() else DEFAULT


def checked_policy(file: Path) -> "Policy":
    """The policy in the file; where it has faults, they are told and the command ends."""
    return checked_text(file)[0]


def checked_text(file: Path, *, filled: bool = False) -> "tuple[Policy, str]":
    """The same, and the text that goes to Azure. `filled`: nothing may be left for a person to fill in."""
    from shared.adapters.policy import file as policy_file

    checked = policy_file.check_file(file)
    faults = checked.faults_of_a_new_one if filled else checked.faults
    if checked.policy is None or faults:
        for note in faults:
            typer.echo(str(note))
        complain(f"{file}: {numbers_of([('fault', note) for note in faults])}")
        raise typer.Exit(1)
    return checked.policy, checked.text


def counted(policy: "Policy") -> str:
    from shared.core.policy.model import walk

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


def numbers_of(remarks: "list[tuple[str, Note]]") -> str:
    counts = Counter(kind for kind, _ in remarks)
    return ", ".join(f"{n} {kind}{'' if n == 1 else 's'}" for kind, n in sorted(counts.items()))


def seen_in(posts: Path) -> "Seen":
    """What the posts of a file say that a policy can be held against."""
    from shared.core.policy.seen import read_seen
    from shared.core.posts.post import read_post

    read: list[Post] = []

    def keep(data: Mapping[str, Any]) -> None:
        if (raw := post_of(data)) is not None:
            read.append(replace(read_post(raw), body=""))

    each_post(posts, keep)
    return read_seen(read)


async def seen_here(deps: "Deps") -> "Seen":
    """The same of the posts in storage."""
    from shared.core.policy.seen import read_seen
    from shared.record.changes import all_changes

    return read_seen([replace(record.change.read(), body="") async for record in all_changes(deps.storage.tables)])


def seen_posts(posts: Path | None, *, in_storage: bool, state: Path | None) -> "Seen":
    """Those of the file, else those of the deployment where they are asked for, else none."""
    from shared.core.policy.seen import Seen

    if posts:
        return seen_in(posts)
    return with_deployment(state, seen_here) if in_storage else Seen()
