"""Compiled modules beside the libraries' sources, so that a process that starts in Azure does not compile them.

Azure mounts the package for reading only, so Python compiles each module at each start, and keeps nothing. Run as a
program, by the Python that the app will have, it compiles the modules in a folder (docs/decisions/0034-compiled.md).
"""

import os
import py_compile
import subprocess
import sys
from pathlib import Path

LIBRARIES = (
    "aiohttp", "attr", "azure/core", "azure/data", "azure/storage", "charset_normalizer", "isodate", "pydantic",
    "requests", "urllib3", "yaml", "yarl",
)  # fmt: skip
"""What every message loads. The rest stays as it is: the package has room for these."""
_NEVER_LOADED = "pydantic/v1/"
_IN_AZURE = "/home/site/wwwroot/.python_packages/lib/site-packages"
"""Written into the modules, wherever the package is built; Python puts the real place there when it loads one."""
_UNCHECKED = (1).to_bytes(4, "little")


def compile_libraries(site_packages: Path, version: str, tools: str) -> bool:
    """Whether there was a Python of that version on this machine to do it. CalledProcessError where it fails.

    `tools`: a folder that has uv, which knows where interpreters are.
    """
    python = _interpreter(version, tools)
    if python:
        environment = {**os.environ, "PYTHONHASHSEED": "0"}  # the same modules make the same bytes
        subprocess.run([python, "-S", __file__, str(site_packages)], check=True, env=environment)  # noqa: S603
    return bool(python)


def _interpreter(version: str, tools: str) -> str:
    if version == f"{sys.version_info.major}.{sys.version_info.minor}":
        return sys.executable
    found = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "uv", "python", "find", "--no-python-downloads", "--no-project", version],
        check=False, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": tools},
    )  # fmt: skip
    return found.stdout.strip() if found.returncode == 0 else ""


def is_compiled_here(file: Path) -> bool:
    """Whether it is one of these: what a Python leaves behind by itself is valid for one date of the source."""
    with file.open("rb") as content:
        return file.suffix == ".pyc" and content.read(8)[4:] == _UNCHECKED


def _compile(site_packages: Path) -> None:
    for library in LIBRARIES:
        for source in sorted((site_packages / library).rglob("*.py")):
            place = source.relative_to(site_packages).as_posix()
            if not place.startswith(_NEVER_LOADED):
                name = f"{source.stem}.{sys.implementation.cache_tag}.pyc"
                py_compile.compile(
                    str(source),
                    cfile=str(source.parent / "__pycache__" / name),
                    dfile=f"{_IN_AZURE}/{place}",
                    doraise=True,
                    invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,  # nobody edits them there
                )


if __name__ == "__main__":
    _compile(Path(sys.argv[1]))
