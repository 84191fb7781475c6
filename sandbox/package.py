"""A package for Azure, unzipped for the sandbox's host."""

import re
import shutil
import sys
import zipfile
from pathlib import Path

from sandbox.errors import SandboxError

_BUILT_FOR = re.compile(r"\.cpython-3(\d+)-[\w-]+\.so$")


def unzip(file: Path, folder: Path) -> Path:
    """The package in an empty folder; SandboxError where it is none, or for another Python or machine than this one."""
    shutil.rmtree(folder, ignore_errors=True)
    try:
        with zipfile.ZipFile(file) as archive:
            _check(file, archive.namelist())
            archive.extractall(folder)
    except (OSError, zipfile.BadZipFile) as error:
        raise SandboxError(f"{file}: {error}") from error
    return folder.resolve()


def _check(file: Path, names: list[str]) -> None:
    if "function_app.py" not in names:
        raise SandboxError(f"{file} is no package: it has no function_app.py. make package builds one")
    if sys.platform != "linux":
        raise SandboxError("a package has libraries for Linux alone, so that it runs nowhere else")
    built = {int(found[1]) for found in map(_BUILT_FOR.search, names) if found}
    if built and sys.version_info.minor not in built:
        mine, theirs = f"3.{sys.version_info.minor}", ", ".join(f"3.{minor}" for minor in sorted(built))
        raise SandboxError(
            f"{file} is for Python {theirs} and this is {mine}: FORESIGNAL_PYTHON_VERSION={mine} make package"
        )
