"""The policies that were pushed, and which of them is in force: each kept with who, when and why."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from shared.adapters.policy import file as policy_file
from shared.adapters.policy.in_force import BLOB, CONTAINER, LAST_GOOD
from shared.core.errors import ConflictError, PermanentError
from shared.core.ports.storage import Blobs

_PREFIX = "policy/"
_MARK = "# version in force: "
_STAMP = "%Y%m%dT%H%M%S.%fZ"
_OLD_STAMP = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True, slots=True)
class Version:
    """One policy that was pushed.

    `name` begins with the time and sorts in the order of the pushes; `at` is what the clock of the one who pushed said;
    `file`: what it was made of.
    """

    name: str
    at: datetime
    who: str
    message: str
    file: str
    digest: str


@dataclass(frozen=True, slots=True)
class InForce:
    """The text that is in force and, where it was pushed with this tool, its version."""

    text: str
    version: Version | None
    etag: str


async def in_force(blobs: Blobs) -> InForce:
    """What is in force now; without a pushed one the policy that came with the package."""
    blob = await blobs.read(CONTAINER, BLOB)
    if blob is None:
        return InForce(policy_file.DEFAULT.read_text(encoding="utf-8"), None, "")
    same = [version for version in await versions(blobs) if version.digest == _digest(blob.data)]
    return InForce(blob.data.decode(errors="replace"), same[-1] if same else None, blob.etag)


async def what_counts(blobs: Blobs, now: InForce) -> list[str]:
    """The text in force; behind one that has a fault also the last good one, which processes go on with."""
    if policy_file.check_text(now.text, "").policy is not None:
        return [now.text]
    last_good = await blobs.get(CONTAINER, LAST_GOOD)
    return [now.text, *([] if last_good is None else [last_good.decode(errors="replace")])]


async def versions(blobs: Blobs) -> Sequence[Version]:
    """Every policy that was pushed, oldest first."""
    all_versions = []
    for name in await blobs.names(CONTAINER, _PREFIX):
        data = await blobs.get(CONTAINER, name)
        if data is not None:
            all_versions.append(_read(name, data)[0])
    return all_versions


async def text_of(blobs: Blobs, name: str) -> str:
    """A version's text, by its name or the beginning of it; PermanentError where there is none, or several."""
    names = [each for each in await blobs.names(CONTAINER, _PREFIX) if each.removeprefix(_PREFIX).startswith(name)]
    data = await blobs.get(CONTAINER, names[0]) if len(names) == 1 else None
    if data is None:
        there = f"{len(names)} versions begin with {name!r}" if names else f"there is no version {name!r}"
        raise PermanentError(f"{there}; foresignal policy versions lists them")
    return _read(names[0], data)[1]


async def push(
    blobs: Blobs, text: str, *, who: str, at: datetime, message: str = "", file: str = "", force: bool = False
) -> Version:
    """Put a text in force that was checked. Its version is written first, so that a death in between loses nothing.

    Raises PermanentError where somebody else pushed since the text was pulled, or does so just now.
    """
    base, text = _without_mark(text)
    now = await in_force(blobs)
    if base and not force and (now.version is None or now.version.name != base):
        raise PermanentError(f"{_by_whom(now.version)} since you pulled {base}; {_AGAIN}")
    try:
        version = await _insert(blobs, text, who, at, message, file)
        await blobs.replace(CONTAINER, BLOB, text.encode(), now.etag)
    except ConflictError as conflict:
        raise PermanentError(f"somebody else pushed just now; {_AGAIN}") from conflict
    return version


async def keep(blobs: Blobs, text: str, *, who: str, at: datetime, message: str) -> Version:
    """The version of a text that goes out of force; made where there is none. ConflictError where somebody pushes."""
    same = [version for version in await versions(blobs) if version.digest == _digest(text.encode())]
    return same[-1] if same else await _insert(blobs, text, who, at, message, "")


async def _insert(blobs: Blobs, text: str, who: str, at: datetime, message: str, file: str) -> Version:
    digest = _digest(text.encode())
    newest = max(await blobs.names(CONTAINER, _PREFIX), default=_PREFIX).removeprefix(_PREFIX)
    version = Version(_name(at, digest, newest), at, who, message, file, digest)
    document = {**asdict(version), "at": at.isoformat(), "text": text}
    await blobs.replace(CONTAINER, f"{_PREFIX}{version.name}", json.dumps(document, ensure_ascii=False).encode(), "")
    return version


def _name(at: datetime, digest: str, newest: str) -> str:
    """That of the next version: the time, or just after the newest one's where somebody's clock is ahead of ours."""
    name = f"{at:{_STAMP}}-{digest[:8]}"
    if name > newest:
        return name
    stamp = newest.partition("-")[0]
    if "." in stamp:
        after = datetime.strptime(f"{stamp}+0000", f"{_STAMP}%z") + timedelta(microseconds=1)
    else:  # without a fraction it sorts after all of its second
        after = datetime.strptime(f"{stamp}+0000", f"{_OLD_STAMP}%z") + timedelta(seconds=1)
    return f"{after:{_STAMP}}-{digest[:8]}"


_AGAIN = "pull that one, put your change into it, and push again (--force overwrites it)"


def marked(now: InForce) -> str:
    """The text with a first line that says which version it is: `push` then notices that somebody was faster."""
    return f"{_MARK}{now.version.name}\n{now.text}" if now.version else now.text


def bare(text: str) -> str:
    """The text without that line."""
    return _without_mark(text)[1]


def _without_mark(text: str) -> tuple[str, str]:
    first, _, rest = text.partition("\n")
    return (first.removeprefix(_MARK).strip(), rest) if first.startswith(_MARK) else ("", text)


def _by_whom(version: Version | None) -> str:
    return f"{version.who} pushed {version.name}" if version else "the policy in force was changed by other means"


def _read(name: str, data: bytes) -> tuple[Version, str]:
    entry = json.loads(data)
    version = Version(
        name.removeprefix(_PREFIX), datetime.fromisoformat(entry["at"]), entry["who"], entry["message"], entry["file"],
        entry["digest"],
    )  # fmt: skip
    return version, entry["text"]


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
