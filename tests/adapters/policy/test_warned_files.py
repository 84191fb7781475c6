"""Policies that load and look like a mistake: `#~ ` lines at the end of each say what is warned of, exactly.

Those under hinted/ are no mistake, and could be easier to read: there the lines are hints.
"""

import re
from pathlib import Path

import pytest
import yaml

from shared.adapters.policy.file import check_file, check_text, load, load_file
from shared.core.policy.hints import hints
from shared.core.policy.warnings import warnings

HERE = Path(__file__).parent
WARNED = sorted((HERE / "warned").glob("*.yaml"))
HINTED = sorted((HERE / "hinted").glob("*.yaml"))
INCLUDED = sorted(folder for folder in (HERE / "included").iterdir() if folder.is_dir())
MARK = "#~ "


def told(file: Path) -> list[str]:
    return [line.removeprefix(MARK) for line in file.read_text().splitlines() if line.startswith(MARK)]


def warned(text: str, name: str) -> list[str]:
    checked = check_text(text, name)
    assert checked.policy, checked.faults
    return [str(checked.places.note(path, what)) for path, what in warnings(checked.policy)]


@pytest.mark.parametrize("file", WARNED, ids=lambda file: file.stem)
def test_what_looks_like_a_mistake_is_said_and_nothing_else(file: Path):
    assert warned(file.read_text(), file.name) == told(file)


@pytest.mark.parametrize("file", HINTED, ids=lambda file: file.stem)
def test_a_name_is_proposed_for_every_route_that_has_none(file: Path):
    checked = check_text(file.read_text(), file.name)
    assert checked.policy, checked.faults

    assert [str(checked.places.note(path, what)) for path, what in hints(checked.policy)] == told(file)


@pytest.mark.parametrize("file", [*HINTED, *WARNED], ids=lambda file: file.stem)
def test_whoever_takes_the_proposed_names_has_a_good_policy_without_hints(file: Path):
    data = yaml.safe_load(file.read_text())
    for path, what in hints(load(file.read_text(), file.name)):
        route = data["routes"]
        for index in re.findall(r"\[(\d+)\]", path):
            route = route["routes"][int(index)]
        route["name"] = what.partition("“")[2].rpartition("”")[0]

    assert hints(load(yaml.safe_dump(data, allow_unicode=True), file.name)) == []


def test_some_of_these_files_are_there_because_nothing_is_wrong_with_them():
    assert len([file for file in WARNED if not told(file)]) >= 4


@pytest.mark.parametrize("folder", INCLUDED, ids=lambda folder: folder.name)
def test_faults_of_included_files_name_the_file_and_line(folder: Path, monkeypatch):
    monkeypatch.chdir(folder)

    expected = [line for line in (folder / "expected.txt").read_text().splitlines() if line]

    assert [str(note) for note in check_file(Path("policy.yaml")).faults] == expected


def test_included_files_are_one_policy_and_one_text():
    main = HERE / "included" / "good" / "policy.yaml"

    whole = load_file(main)

    assert whole.workloads["exchange"].team == "messaging"
    assert load(check_file(main).text, "flat").model_dump() | {"include": ()} == whole.model_dump() | {"include": ()}


def test_a_policy_without_includes_is_pushed_as_it_is_with_its_comments():
    plain = HERE / "warned" / "team-that-covers.yaml"

    assert check_file(plain).text == plain.read_text()


def test_files_that_are_no_text_are_named(tmp_path: Path):
    from shared.core.errors import PermanentError

    latin = tmp_path / "latin.yaml"
    latin.write_bytes("teams:\n  büro: {}\n".encode("latin-1"))
    utf16 = tmp_path / "utf16.yaml"
    utf16.write_text((HERE / "warned" / "team-that-covers.yaml").read_text(), encoding="utf-16")

    with pytest.raises(PermanentError, match=r"latin.yaml:2: is not written in UTF-8"):
        check_file(latin)
    with pytest.raises(PermanentError, match="is a folder"):
        check_file(tmp_path)
    assert check_file(utf16).policy
