"""Compiled libraries in the package: the right ones, the same bytes each time, and Python takes them."""

import json
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from infra import package
from infra.compiled import LIBRARIES, compile_libraries, is_compiled_here

VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"
INSTALLED = Path(sysconfig.get_path("purelib"))
_LOADED = """
import json, sys
import shared.adapters.policy.in_force, shared.adapters.storage.blobs, shared.adapters.storage.queues
import shared.adapters.storage.tables
print(json.dumps([module.__file__ for module in sys.modules.values() if getattr(module, "__file__", None)]))
"""
_OF_THE_WORKER = ("azure/functions", "werkzeug")


def small(folder):
    """A folder of two libraries, of which one is compiled."""
    for place, text in {"yaml/__init__.py": "NAMES = {'b', 'a', 'c'} | {'d'}\n", "one.py": "\n"}.items():
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        (folder / place).write_text(text, encoding="utf-8")
    return folder


def test_the_same_libraries_make_the_same_bytes_in_whatever_folder(tmp_path):
    for name in "ab":
        assert compile_libraries(small(tmp_path / name), VERSION, "")
    found = [[path.read_bytes() for path in (tmp_path / name).rglob("*.pyc")] for name in "ab"]

    assert len(found[0]) == 1
    assert found[0] == found[1]


def test_python_takes_what_is_compiled_without_a_look_at_the_source(tmp_path):
    compile_libraries(small(tmp_path), VERSION, "")
    (tmp_path / "yaml" / "__init__.py").write_text("NAMES = 'read from the source'\n", encoding="utf-8")
    told = subprocess.run(
        [sys.executable, "-S", "-c", "import yaml; print(sorted(yaml.NAMES), yaml.__file__)"],
        cwd=tmp_path, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip

    assert told.split("] ") == ["['a', 'b', 'c', 'd'", f"{tmp_path / 'yaml' / '__init__.py'}\n"]


def test_what_another_run_left_behind_does_not_go_to_azure(tmp_path):
    compile_libraries(small(tmp_path / "lib" / "site-packages"), VERSION, "")
    subprocess.run([sys.executable, "-S", "-c", "import one"], cwd=tmp_path / "lib" / "site-packages", check=True)
    package.pack(tmp_path / "x.zip", tmp_path)

    with zipfile.ZipFile(tmp_path / "x.zip") as archive:
        [compiled] = [name for name in archive.namelist() if name.endswith(".pyc")]
    assert "/yaml/__pycache__/__init__." in compiled
    assert is_compiled_here(next((tmp_path / "lib/site-packages/yaml/__pycache__").iterdir()))


def test_a_python_that_is_not_here_compiles_nothing(tmp_path):
    assert not compile_libraries(small(tmp_path), "3.99", "")
    assert not list(tmp_path.rglob("*.pyc"))


@pytest.mark.skipif(not (INSTALLED / "azure").is_dir(), reason="the libraries are elsewhere")
def test_most_of_what_every_message_loads_is_compiled():
    done = subprocess.run(
        [sys.executable, "-c", _LOADED], cwd=package.ROOT, capture_output=True, text=True, check=True
    ).stdout
    files = [Path(file) for file in json.loads(done) if file.endswith(".py")]
    sources = {path.relative_to(INSTALLED).as_posix(): path for path in files if path.is_relative_to(INSTALLED)}
    sizes = {place: path.stat().st_size for place, path in sources.items() if not place.startswith(_OF_THE_WORKER)}
    compiled = sum(size for place, size in sizes.items() if place.startswith(LIBRARIES))

    assert compiled > 0.9 * sum(sizes.values()), sorted(place for place in sizes if not place.startswith(LIBRARIES))
    assert all((INSTALLED / library).is_dir() for library in LIBRARIES)
