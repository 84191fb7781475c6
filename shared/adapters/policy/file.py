"""The policy as a file, or as one that includes others: strict YAML, its model, each adapter's own settings.

Every fault is told at once, as `file:line: path: what is wrong (what is known)`.
"""

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from shared.adapters.policy.faults import (
    UNFILLED,
    faults_of_adapters,
    faults_of_model,
    faults_of_reader,
    objections_of_adapters,
    unfilled_in,
)
from shared.adapters.policy.mending import mended
from shared.adapters.policy.yaml_lines import Parsed, parse
from shared.core.errors import PermanentError
from shared.core.policy.check import absurd_values, alike_names, undefined_names
from shared.core.policy.model import Policy

DEFAULT = Path(__file__).resolve().parents[3] / "config" / "policy.yaml"
"""The policy that ships with the package: in force until an admin pushes another."""
MERGED = ("tenants", "teams", "workloads", "roles", "channels", "tickets")
"""What an included file can hold."""
_ADAPTERS = ("channels", "tickets")
_LOG = logging.getLogger("foresignal.policy")
_LARGEST = 5 * 1024 * 1024  # bytes of one file


@dataclass(frozen=True, slots=True)
class Note:
    """Something to say about a place in a file. `line` 0: about the file as a whole."""

    file: str
    line: int
    path: str
    what: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        return ": ".join(part for part in (where, self.path, self.what) if part)


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of a policy: `policy` where it has no fault. `data` and `places` are those of all its files.

    `name` and `source` are those of the file itself. `objections`: what `check` and `push` refuse, and a policy that is
    in force is only warned of: a stricter check stops no running deployment.
    """

    policy: Policy | None
    faults: tuple[Note, ...]
    data: dict[str, Any]
    places: "Places"
    name: str
    source: str
    objections: tuple[Note, ...] = ()

    @property
    def unfilled(self) -> tuple[Note, ...]:
        """Where a person has still to fill something in, in the order of the file."""
        return tuple(self.places.note(path, UNFILLED) for path in unfilled_in(self.data))

    @property
    def faults_of_a_new_one(self) -> tuple[Note, ...]:
        """All faults of a policy that is checked or pushed, what is to be filled in and `objections` among them.

        A policy that is in force goes on with that: only what it belongs to cannot work.
        """
        return _in_order(dict.fromkeys((*self.faults, *self.unfilled, *self.objections)), self.name)

    @property
    def text(self) -> str:
        """The file as it is, or one text of it and of all that it includes: what goes to Azure."""
        if not self.data.get("include"):
            return self.source
        head = f"# Made of {Path(self.name).name} and of what it includes; the comments are in those files.\n"
        rest = {key: value for key, value in self.data.items() if key != "include"}
        return head + yaml.safe_dump(rest, sort_keys=False, allow_unicode=True, width=120)


class Places:
    """Where each path stands: in the file itself, or in one that it includes."""

    def __init__(self, main: Parsed) -> None:
        self._main = main
        self._of: dict[str, Parsed] = {}

    def claim(self, path: str, parsed: Parsed) -> None:
        self._of[path] = parsed

    def note(self, path: str, what: str) -> Note:
        """What there is to say, with its file and line."""
        parsed = self._of.get(".".join(path.replace("[", ".[").split(".")[:2]), self._main)
        return Note(parsed.name, parsed.line(path), path, what)


def load(text: str, name: str) -> Policy:
    """The policy in `text`, which may be in force; PermanentError naming the file and all its faults."""
    policy, objections = load_in_force(text, name)
    for note in objections:
        _LOG.warning("in force all the same, but the next push must mend it: %s", note)
    return policy


def load_in_force(text: str, name: str) -> tuple[Policy, tuple[Note, ...]]:
    """A policy that was put in force before, and what would keep it from being pushed today; PermanentError else."""
    checked = check_text(text, name)
    return _policy_of(checked, name), checked.objections


def load_file(path: Path) -> Policy:
    """The policy in a file and those that it includes; PermanentError with every fault."""
    return _policy_of(check_file(path), str(path))


def _policy_of(checked: Checked, name: str) -> Policy:
    if checked.policy is None:
        count = len(checked.faults)
        listed = "; ".join(str(fault) for fault in checked.faults)
        raise PermanentError(f"{name} has {count} fault{'s' if count > 1 else ''}: {listed}")
    return checked.policy


def faults(text: str, name: str) -> list[str]:
    """Every fault of a text that is checked or pushed."""
    return [str(fault) for fault in check_text(text, name).faults_of_a_new_one]


def check_text(text: str, name: str) -> Checked:
    """A policy that is one text; what includes files must come through `check_file`."""
    parsed = parse(text, name)
    places = Places(parsed)
    notes = [Note(name, line, path, what) for line, path, what in parsed.faults]
    if isinstance(parsed.data, dict) and parsed.data.get("include"):
        notes.append(places.note("include", "is not resolved here; foresignal policy push puts all files into one"))
    return _checked(parsed.data, notes, places, name, text)


def check_file(path: Path) -> Checked:
    """A policy that is a file, with those that it includes."""
    text = _read(path)
    parsed = parse(text, str(path))
    places = Places(parsed)
    notes = [Note(str(path), line, at, what) for line, at, what in parsed.faults]
    data = parsed.data
    if isinstance(data, dict) and data.get("include"):
        data, more = _with_included(data, path, places)
        notes += more
    return _checked(data, notes, places, str(path), text)


def _read(path: Path) -> str:
    if path.is_dir():
        raise PermanentError(f"{path} is a folder; name the policy's file in it")
    raw = path.read_bytes()
    if len(raw) > _LARGEST:
        raise PermanentError(f"{path} has {len(raw):,} bytes; a policy has at most {_LARGEST:,}")
    try:
        return raw.decode("utf-16" if raw[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise PermanentError(f"{path}:{line}: is not written in UTF-8; save it so in your editor") from None


def _with_included(data: dict[str, Any], path: Path, places: Places) -> tuple[dict[str, Any], list[Note]]:
    """The sections of all files as one; what stands in two of them is a fault of the second."""
    whole = {key: dict(value) if isinstance(value, dict) else value for key, value in data.items()}
    notes: list[Note] = []
    for file, note in _included(data["include"], path, places):
        if note:
            notes.append(note)
            continue
        parsed = parse(_read(file), str(file))
        notes += [Note(str(file), line, at, what) for line, at, what in parsed.faults]
        if not isinstance(parsed.data, dict):
            if not parsed.faults:
                notes.append(Note(str(file), 0, "", f"holds none of the sections {', '.join(MERGED)}"))
            continue
        for section, content in parsed.data.items():
            notes += _merge(whole, section, content, parsed, places)
    return whole, notes


def _included(patterns: object, path: Path, places: Places) -> Iterator[tuple[Path, Note | None]]:
    listed = patterns if isinstance(patterns, list) else [patterns]
    root = path.resolve().parent
    files_so_far = {path.resolve()}
    for index, pattern in enumerate(listed):
        at = f"include[{index}]" if isinstance(patterns, list) else "include"
        if not isinstance(pattern, str) or pattern.startswith(("/", "~")) or ".." in Path(pattern).parts:
            yield path, places.note(at, "must be a path below this file's folder, such as owners/*.yaml")
            continue
        files = sorted(file for file in path.parent.glob(pattern) if file.is_file())
        if not files:
            yield path, places.note(at, f"no file matches {pattern!r}")
        for file in files:
            if root not in file.resolve().parents:
                yield path, places.note(at, f"{file} leads out of this file's folder")
            elif file.resolve() not in files_so_far:
                files_so_far.add(file.resolve())
                yield file, None


def _merge(whole: dict[str, Any], section: str, content: object, parsed: Parsed, places: Places) -> Iterator[Note]:
    line = parsed.line(section)
    if section not in MERGED:
        what = "cannot stand in an included file"
        yield Note(parsed.name, line, section, f"{what} (known there: {', '.join(MERGED)})")
        return
    into = whole.setdefault(section, {})
    if not isinstance(content, dict) or not isinstance(into, dict):
        yield Note(parsed.name, line, section, "must be a mapping")
        return
    for name, value in content.items():
        at = f"{section}.{name}"
        if name in into:
            first = places.note(at, "")
            yield Note(parsed.name, parsed.line(at), at, f"stands already at {first.file}:{first.line}")
            continue
        into[name] = value
        places.claim(at, parsed)


def _checked(data: object, notes: Sequence[Note], places: Places, name: str, source: str) -> Checked:
    if not isinstance(data, dict):
        if notes:
            return Checked(None, tuple(notes), {}, places, name, source)
        keys = ", ".join(Policy.model_fields)
        what = f"{'is empty' if data is None else 'is no mapping'}; it holds the keys {keys}"
        return Checked(None, (Note(name, 0, "", what),), {}, places, name, source)
    of_model = [places.note(path, what) for path, what in faults_of_model(Policy, data, (), secret=False)]
    whole = mended(data) if of_model else Policy.model_validate(data)
    every = [*notes, *_faults_in(data, whole, of_model, places)]
    objections = [
        places.note(path, what)
        for folder in _ADAPTERS
        for path, what in objections_of_adapters(folder, data.get(folder))
    ]
    if whole:
        objections += [places.note(path, what) for path, what in (*absurd_values(whole), *alike_names(whole))]
    return Checked(
        None if every else whole, _in_order(every, name), data, places, name, source, _in_order(objections, name)
    )


def _in_order(notes: Iterable[Note], name: str) -> tuple[Note, ...]:
    """Those of the file itself first, each file's by line."""
    return tuple(sorted(notes, key=lambda note: (note.file != name, note.file, note.line)))


def _faults_in(data: dict[str, Any], whole: Policy | None, of_model: Sequence[Note], places: Places) -> list[Note]:
    """The faults of the model, with those of names and adapters. `whole`: the policy as far as it can be read."""
    placeholders = set(unfilled_in(data))
    notes = list(of_model)
    paths = {note.path for note in notes}
    for path, what in undefined_names(whole) if whole else ():
        if path not in paths:
            notes.append(places.note(path, what))
    for folder in _ADAPTERS:
        notes += [places.note(path, what) for path, what in faults_of_adapters(folder, data.get(folder))]
    notes += [places.note(path, what) for path, what in faults_of_reader(data.get("reader"))]
    # "CHANGE-ME" is no whole number, but that is not what is wrong with it
    return [replace(note, what=UNFILLED) if note.path in placeholders else note for note in notes]
