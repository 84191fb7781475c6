"""The package for Azure: what is in it and what is not, its lock, and the same bytes from the same files."""

import ast
import os
import re
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from itertools import pairwise
from pathlib import Path

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement

from infra import package
from infra.pruned import COMMAND_LINE, UnknownPathError, graph_modules, prune

ROOT = Path(__file__).resolve().parents[2]
LIBRARIES = Path(sysconfig.get_path("purelib"))
CODE = sorted((ROOT / "shared").rglob("*.py"))
TESTS_OF_READERS = ("tests/adapters/readers/test_azure_openai.py",)
TESTS_OF_GRAPH = ("tests/adapters/sources/test_message_center.py", "tests/adapters/tasks")
_REFUSING = """
import sys

LIBRARY, kept = sys.argv[1], set(sys.argv[2].split(","))


class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == LIBRARY and name not in kept:
            raise ModuleNotFoundError(f"{name} is not in the package")


sys.meta_path.insert(0, Refuse())
import pytest

sys.exit(pytest.main(["-q", "-n", "0", "-p", "no:cacheprovider", *sys.argv[3:]]))
"""


def names(files, root=LIBRARIES):
    """The modules that files of a library are, and the packages above them."""
    modules = {".".join(file.relative_to(root).with_suffix("").parts).removesuffix(".__init__") for file in files}
    return {module.rsplit(".", cut)[0] for module in modules for cut in range(module.count(".") + 1)}


def write(folder, *places):
    for place in places:
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        (folder / place).write_text(f"# {place}\n", encoding="utf-8")


def test_of_msgraph_only_what_the_app_asks_for_is_kept():
    kept = names(graph_modules(LIBRARIES, CODE))

    assert {
        "msgraph.graph_service_client",
        "msgraph.generated.admin.service_announcement.messages.messages_request_builder",
        "msgraph.generated.planner.plans.item.tasks.tasks_request_builder",
        "msgraph.generated.planner.tasks.item.details.details_request_builder",
        "msgraph.generated.models.o_data_errors.main_error",
    } <= kept
    assert len(kept) < 60
    assert "msgraph.generated.users.users_request_builder" not in kept


def test_every_test_of_graph_passes_with_nothing_else_of_msgraph():
    kept = ",".join(names(graph_modules(LIBRARIES, CODE)))
    done = subprocess.run(
        [sys.executable, "-c", _REFUSING, "msgraph", kept, *TESTS_OF_GRAPH],
        cwd=ROOT, capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]


def test_every_test_of_a_second_reader_passes_with_what_is_left_of_openai(tmp_path):
    write(tmp_path, *(path.relative_to(LIBRARIES).as_posix() for path in (LIBRARIES / "openai").rglob("*.py")))
    before = len(list(tmp_path.rglob("*.py")))
    prune(tmp_path, [])
    left = list(tmp_path.rglob("*.py"))
    done = subprocess.run(
        [sys.executable, "-c", _REFUSING, "openai", ",".join(names(left, tmp_path)), *TESTS_OF_READERS],
        cwd=ROOT, capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
    assert len(left) < before / 2


@pytest.mark.parametrize(
    ("asked", "module"),
    [
        ("client.users.to_get_request_information()", "users.users_request_builder"),
        (
            "client.users.by_user_id(one).messages.to_post_request_information(it)",
            "users.item.messages.messages_request_builder",
        ),
        ("client.me.to_get_request_information()", "users.item.user_item_request_builder"),
    ],
)
def test_a_new_path_is_kept_without_a_word_here(tmp_path, asked, module):
    write(tmp_path, "new.py")
    (tmp_path / "new.py").write_text(f"ask = lambda client, one, it: {asked}\n", encoding="utf-8")

    assert f"msgraph.generated.{module}" in names(graph_modules(LIBRARIES, [tmp_path / "new.py"]))


def test_a_path_that_msgraph_has_not_stops_the_build(tmp_path):
    (tmp_path / "new.py").write_text(
        "ask = lambda client: client.planers.to_get_request_information()\n", encoding="utf-8"
    )

    with pytest.raises(UnknownPathError, match="has no planers"):
        graph_modules(LIBRARIES, [tmp_path / "new.py"])


def test_what_is_for_developers_and_installers_stays_at_home(tmp_path):
    kept = [
        "one/__init__.py", "one/fast.cpython-311-x86_64-linux-gnu.so", "one/zone.tab", "one/latest.py",
        "one-1.dist-info/METADATA", "one-1.dist-info/entry_points.txt", "one-1.dist-info/licenses/LICENSE",
    ]  # fmt: skip
    left = [
        "one/__init__.pyi", "one/py.typed", "one/fast.pyx", "one/fast.c", "one/fast.h", "one/tests/test_one.py",
        "one/__pycache__/x.pyc", "rich/console.py",
        "markdown_it_py-3.dist-info/METADATA", "bin/one", "one-1.dist-info/RECORD",
        "one-1.dist-info/INSTALLER", ".lock",
    ]  # fmt: skip
    write(tmp_path, *kept, *left)

    prune(tmp_path, CODE)

    assert sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()) == sorted(
        kept
    )
    assert all(any(folder.iterdir()) for folder in tmp_path.rglob("*") if folder.is_dir())


def test_what_runs_in_azure_imports_nothing_of_the_command_line():
    """Its libraries are not in the package, nor is its code; .funcignore says so to azd."""
    ignored = (ROOT / ".funcignore").read_text(encoding="utf-8").splitlines()
    for file in [*CODE, *(ROOT / "functions").rglob("*.py")]:
        if not file.is_relative_to(ROOT / "shared" / "cli"):
            tree = ast.parse(file.read_text(encoding="utf-8"))
            modules = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
            modules |= {each.name for node in ast.walk(tree) if isinstance(node, ast.Import) for each in node.names}
            assert not {name.split(".")[0] for name in modules} & COMMAND_LINE, file
            assert not [name for name in modules if name.startswith("shared.cli")], file
    assert {f"/{name}" for name in package.NOT_THE_APP} <= set(ignored)


def test_the_same_files_make_the_same_zip(tmp_path):
    places = ["lib/site-packages/one/__init__.py", "lib/site-packages/two.py"]
    write(tmp_path / "a", *places)
    write(tmp_path / "b", *reversed(places), "lib/site-packages/one/__pycache__/two.pyc")
    for path in (tmp_path / "b").rglob("*.py"):
        os.utime(path, (1_600_000_000, 1_600_000_000))
        path.chmod(0o755)
    for name in "ab":
        package.pack(tmp_path / f"{name}.zip", tmp_path / name)

    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        inside = archive.namelist()
    assert inside == sorted(inside)
    assert {"function_app.py", "host.json", ".python_packages/lib/site-packages/two.py", "shared/app.py"} <= set(inside)
    assert {name.split("/")[0] for name in inside} == {*package.APP, ".python_packages"}
    assert not [name for name in inside if "__pycache__" in name or name.startswith("shared/cli/")]


@pytest.mark.parametrize(
    ("files", "size", "said"),
    [(3, 10, ""), (5_001, 1, "5001 files"), (2, 45_000_001, "90 MB unpacked")],
)
def test_a_package_over_the_budget_is_refused(tmp_path, files, size, said):
    with zipfile.ZipFile(tmp_path / "x.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(files):
            archive.writestr(str(number), b"0" * size)

    words = package.over_budget(tmp_path / "x.zip")

    assert bool(words) == bool(said)
    assert said in words


def pins(file):
    """Every pin of a lock with the number of its hashes."""
    text = (package.LOCK / file).read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    return [
        (Requirement(line.split(" --hash=")[0]), len(re.findall(r"--hash=sha256:[0-9a-f]{64}\b", line)))
        for line in lines
    ]


@pytest.mark.parametrize("version", package.VERSIONS)
def test_the_lock_has_one_version_of_everything_that_the_app_requires(version):
    azure = {
        **default_environment(), "python_version": version, "python_full_version": f"{version}.0",
        "sys_platform": "linux", "platform_system": "Linux", "platform_machine": "x86_64", "os_name": "posix",
        "implementation_name": "cpython", "platform_python_implementation": "CPython",
    }  # fmt: skip
    locked = {}
    for pin, _ in pins("requirements.txt"):
        if pin.marker is None or pin.marker.evaluate(azure):
            assert pin.name not in locked, f"two versions of {pin.name}"
            [locked[pin.name]] = [each.version for each in pin.specifier]
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    required = [Requirement(line.split("#")[0]) for line in lines if line.split("#")[0].strip()]

    assert len(required) > 15
    for each in required:
        assert each.name in locked, f"{each.name} is not in the lock: make lock"
        assert each.specifier.contains(locked[each.name]), f"the lock has {each.name} {locked[each.name]}: make lock"


def test_what_a_second_reader_needs_is_locked_apart_and_agrees_with_the_rest():
    """The package of those who have none is as it was: nothing of it stands in their lock."""
    rest = {pin.name: str(pin.specifier) for pin, _ in pins("requirements.txt")}
    for_reader = {pin.name: str(pin.specifier) for pin, _ in pins(package.READER[0])}
    wanted = Requirement(package.READER[1])
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    assert "openai" in for_reader
    assert not {"openai", "httpx2"} & rest.keys()
    assert "openai" not in (ROOT / "requirements.txt").read_text(encoding="utf-8")
    assert {name: rest[name] for name in for_reader.keys() & rest} == {
        name: for_reader[name] for name in for_reader.keys() & rest
    }
    assert wanted.specifier.contains(for_reader["openai"].removeprefix("=="))
    assert project["optional-dependencies"]["reader"] == [package.READER[1]]


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, False),
        ({"FORESIGNAL_READER": ""}, False),
        ({"FORESIGNAL_READER": "on"}, True),
        ({"FORESIGNAL_READER_ACCOUNT": ""}, False),
        ({"FORESIGNAL_READER_ACCOUNT": "/subscriptions/s/resourceGroups/g/providers/x"}, True),
    ],
)
def test_the_environment_says_whether_there_is_a_second_reader(environment, expected):
    assert package.has_reader(environment) is expected


def test_a_setting_that_cannot_be_meant_builds_nothing(monkeypatch, capsys):
    monkeypatch.setenv("FORESIGNAL_READER", "yes")
    monkeypatch.setattr(package, "build", lambda *_, **__: pytest.fail("it builds"))

    assert package.main([]) == 2
    assert "must be on" in capsys.readouterr().err


@pytest.mark.parametrize("file", ["requirements.txt", package.READER[0], *package.TOOLS])
def test_everything_in_a_lock_is_one_version_with_hashes(file):
    for pin, hashes in pins(file):
        assert [each.operator for each in pin.specifier] == ["=="], pin
        assert hashes >= 1, pin


@pytest.mark.parametrize(
    ("reader", "locks"), [(False, ["requirements.txt"]), (True, ["requirements.txt", "reader.txt"])]
)
def test_the_package_is_built_from_the_locks_alone(monkeypatch, tmp_path, reader, locks):
    calls = []
    monkeypatch.setattr(package.subprocess, "run", lambda command, **_: calls.append(command))
    monkeypatch.setattr(package, "compile_libraries", lambda *_: True)

    package.build("3.13", tmp_path / ".python_packages", reader=reader)

    assert [command[2] for command in calls] == ["pip", "uv"]
    for command, files in zip(calls, (["uv.txt"], locks), strict=True):
        assert "--require-hashes" in command
        given = [after for word, after in pairwise(command) if word == "--requirement"]
        assert given == [str(package.LOCK / file) for file in files]
        assert command[command.index("--only-binary") + 1] == ":all:"
