"""A zip that the sandbox cannot serve is refused in words, before anything is started."""

import sys
import zipfile

import pytest

from sandbox.errors import SandboxError
from sandbox.host.options import HostOptions, parse
from sandbox.package import unzip

MINOR = sys.version_info.minor
OTHER = f".python_packages/lib/site-packages/x.cpython-3{MINOR + 1}-x86_64-linux-gnu.so"
MINE = f".python_packages/lib/site-packages/x.cpython-3{MINOR}-x86_64-linux-gnu.so"


def package(path, *names):
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, name)
    return path


@pytest.mark.skipif(sys.platform != "linux", reason="a package has libraries for Linux alone")
@pytest.mark.parametrize(
    ("names", "words"),
    [
        ([], "it has no function_app.py. make package builds one"),
        (
            ["function_app.py", OTHER],
            f"is for Python 3.{MINOR + 1} and this is 3.{MINOR}: FORESIGNAL_PYTHON_VERSION=3.{MINOR} make",
        ),
    ],
)
def test_what_is_no_package_for_this_python_is_refused(tmp_path, names, words):
    with pytest.raises(SandboxError, match=words):
        unzip(package(tmp_path / "x.zip", *names), tmp_path / "out")


def test_what_is_no_zip_is_refused(tmp_path):
    (tmp_path / "x.zip").write_text("no zip", encoding="utf-8")

    with pytest.raises(SandboxError, match="File is not a zip file"):
        unzip(tmp_path / "x.zip", tmp_path / "out")


@pytest.mark.skipif(sys.platform != "linux", reason="a package has libraries for Linux alone")
def test_nothing_of_an_earlier_package_stays(tmp_path):
    unzip(package(tmp_path / "x.zip", "function_app.py", "old.py", MINE), tmp_path / "out")
    folder = unzip(package(tmp_path / "x.zip", "function_app.py", "new.py", MINE), tmp_path / "out")

    assert sorted(path.name for path in folder.iterdir()) == [".python_packages", "function_app.py", "new.py"]


def test_the_command_line_of_a_host_says_all_but_where_its_package_is(tmp_path):
    options = HostOptions(tmp_path, timers=True, with_parent=True)

    assert parse(options.arguments()) == options
    assert parse([*options.arguments(), "--folder", str(tmp_path)]).folder == tmp_path
