"""Build the app's dependencies for Azure into .python_packages, on any computer; azd runs it (decision 0002).

`--zip`: also the package itself, as it is uploaded. `--lock`: choose the newest versions anew instead. What a second
reader needs goes in where the environment says that there is one: FORESIGNAL_READER is on, or FORESIGNAL_READER_ACCOUNT
names its resource (`azd up` builds the package before it sets anything).
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

if sys.version_info < (3, 11):  # noqa: UP036 - azd starts whatever Python there is
    sys.exit(f"Python 3.11 or newer is needed to build the package, and this is {sys.version.split()[0]}")

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # azd runs this file, not the module

from infra.compiled import compile_libraries, is_compiled_here  # noqa: E402
from infra.pruned import UnknownPathError, prune  # noqa: E402

PACKAGES = ROOT / ".python_packages"
ZIP = ROOT / "build" / "foresignal.zip"
APP = ("LICENSE", "config", "function_app.py", "functions", "host.json", "requirements.txt", "shared")
"""What goes to Azure beside .python_packages; .funcignore says the same to azd."""
NOT_THE_APP = ("shared/cli",)
VERSIONS = ("3.11", "3.12", "3.13")
DEFAULT_VERSION = "3.13"  # the default of pythonVersion in main.bicep: they go together
PLATFORM = "x86_64-manylinux_2_28"  # no newer C library than the Functions images have
LOCK = ROOT / "infra" / "lock"
TOOLS = {"uv.txt": "uv>=0.9,<1", "tools.txt": "pip-audit>=2.7,<3\ncyclonedx-bom>=5,<8"}
"""What builds the package and what workflows look at it with, each file locked for itself."""
READER = ("reader.txt", "openai>=3,<4")
"""What a second reader needs besides, as pyproject.toml has it too: its lock, and what it asks for."""
MOST_FILES, MOST_BYTES = 5_000, 90_000_000  # unpacked, with a second reader or without
_TIME = (1980, 1, 1, 0, 0, 0)  # of every file in the zip, so that the same files make the same zip

Tool = Callable[..., None]


def has_reader(environment: Mapping[str, str]) -> bool:
    """Whether the environment says that there is a second reader. ValueError for a setting that cannot be meant."""
    setting = environment.get("FORESIGNAL_READER", "")
    if setting not in {"", "on"}:
        raise ValueError(f"FORESIGNAL_READER is {setting!r}; it must be on, or empty where there is no second reader")
    return bool(setting or environment.get("FORESIGNAL_READER_ACCOUNT"))


def build(version: str, packages: Path = PACKAGES, *, reader: bool = False) -> None:
    """The libraries for one Python, as the locks name them, without what the app never loads.

    `reader`: with those of a second reader.
    CalledProcessError where they are not to be had; UnknownPathError where pruning does not understand our code.
    """
    site_packages = packages / "lib" / "site-packages"
    locks = ("requirements.txt", READER[0]) if reader else ("requirements.txt",)
    shutil.rmtree(_of_any_length(packages), ignore_errors=True)  # nothing of an earlier build may stay
    with tempfile.TemporaryDirectory() as tools:
        _install_uv(tools)
        _run(
            *("uv", "pip", "install", "--require-hashes"),
            *(word for name in locks for word in ("--requirement", str(LOCK / name))),
            *("--target", str(site_packages), "--python-version", version, "--python-platform", PLATFORM),
            # Uv asks for an interpreter; the packages are for the version and platform above.
            *("--only-binary", ":all:", "--python", sys.executable, "--quiet"),
            python_path=tools,
        )
        site_packages = _of_any_length(site_packages)
        _say(f"{packages.name} as installed", site_packages.rglob("*"))
        prune(site_packages, sorted((ROOT / "shared").rglob("*.py")))
        if not compile_libraries(site_packages, version, tools):
            sys.stdout.write(
                f"no Python {version} is on this machine to compile the libraries: the app starts slower\n"
            )
    with_reader = " with a second reader" if reader else ""
    _say(f"{packages.name} for Python {version}{with_reader}", site_packages.rglob("*"))


def sweep() -> None:
    """Delete what Python left beside our own sources: azd would upload it, and it is of no use there."""
    for name in APP:
        for cache in (ROOT / name).rglob("__pycache__"):
            shutil.rmtree(cache, ignore_errors=True)


def pack(target: Path, packages: Path = PACKAGES) -> None:
    """The package that Azure gets. The same files make the same zip, byte for byte, with the same zlib."""
    files = {path.relative_to(ROOT).as_posix(): path for name in APP for path in _files(ROOT / name)}
    files = {name: path for name, path in files.items() if not name.startswith(tuple(f"{no}/" for no in NOT_THE_APP))}
    files |= {f"{PACKAGES.name}/{path.relative_to(packages).as_posix()}": path for path in _files(packages)}
    target.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, path in sorted(files.items()):
            entry = zipfile.ZipInfo(name, _TIME)
            entry.create_system, entry.external_attr = 3, 0o100644 << 16  # the same on Windows
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, path.read_bytes())
    _say(f"{target.name}, unpacked", files.values())
    _say(f"{target.name}", [target])


def over_budget(target: Path) -> str:
    """What is too large about a package, in words; empty where nothing is."""
    with zipfile.ZipFile(target) as archive:
        sizes = [entry.file_size for entry in archive.infolist()]
    if len(sizes) > MOST_FILES or sum(sizes) > MOST_BYTES:
        return (
            f"{target.name} has {len(sizes)} files and {sum(sizes) / 1e6:.0f} MB unpacked; "
            f"at most {MOST_FILES} files and {MOST_BYTES / 1e6:.0f} MB keep the app's start short"
        )
    return ""


def lock() -> None:
    """Choose the newest version of everything that requirements.txt allows, and of the tools, and note their hashes.

    What a second reader needs goes into the same folder, so what both need has the same version in both locks.
    """
    common = (
        "--generate-hashes",
        "--upgrade",
        "--no-emit-index-url",
        "--custom-compile-command",
        "make lock",
        "--quiet",
    )
    with tempfile.TemporaryDirectory() as tools:
        _install_uv(tools)
        for name, wanted in {"requirements.txt": "", READER[0]: READER[1], **TOOLS}.items():
            as_there = ("--constraint", "infra/lock/requirements.txt") if name == READER[0] else ()
            _run(
                *("uv", "pip", "compile", "-" if wanted else name, "--output-file", f"infra/lock/{name}", *common),
                *as_there,
                *("--universal", "--python-version", VERSIONS[0], "--only-binary", ":all:", "--python", sys.executable),
                python_path=tools,
                said=wanted,
            )


def _install_uv(tools: str) -> None:
    """Uv resolves for another Python than this one. Its own hashes are in the lock, too."""
    _run(
        *("pip", "install", "--quiet", "--disable-pip-version-check", "--target", tools),
        *("--require-hashes", "--only-binary", ":all:", "--requirement", str(LOCK / "uv.txt")),
    )


def _run(module: str, *arguments: str, python_path: str = "", said: str = "") -> None:
    # Companies that inspect TLS have their certificates in the system's store (the setting's old and its new name).
    environment = {"UV_NATIVE_TLS": "true", "UV_SYSTEM_CERTS": "true", **os.environ}
    if python_path:
        environment["PYTHONPATH"] = python_path
    command = [sys.executable, "-m", module, *arguments]
    subprocess.run(command, check=True, env=environment, cwd=ROOT, input=said, text=True)  # noqa: S603


def _of_any_length(path: Path) -> Path:
    """The same place, as Windows takes it however long names get in it; msgraph's reach 320 characters."""
    return Path(f"\\\\?\\{path}") if os.name == "nt" and path.drive.endswith(":") else path


def _files(path: Path) -> list[Path]:
    """A file, or those of a folder, without what an editor or Python leaves there."""
    if path.is_file():
        return [path]
    return [file for file in path.rglob("*") if file.is_file() and not _left_behind(file)]


def _left_behind(file: Path) -> bool:
    return file.name.startswith(".") or (file.parent.name == "__pycache__" and not is_compiled_here(file))


def _say(what: str, paths: Iterable[Path]) -> None:
    sizes = [path.stat().st_size for path in paths if path.is_file()]
    sys.stdout.write(f"{what}: {len(sizes):,} files, {sum(sizes) / 1e6:.1f} MB\n")


def main(arguments: Sequence[str] = ()) -> int:
    parser = argparse.ArgumentParser(description="Build the app's dependencies for Azure.")
    parser.add_argument("--zip", nargs="?", type=Path, const=ZIP, metavar="FILE", help="also pack everything")
    parser.add_argument("--lock", action="store_true", help="choose versions anew, and build nothing")
    asked = parser.parse_args(arguments)
    version = os.environ.get("FORESIGNAL_PYTHON_VERSION") or DEFAULT_VERSION
    if version not in VERSIONS:
        sys.stderr.write(f"FORESIGNAL_PYTHON_VERSION is {version!r}; it must be one of {', '.join(VERSIONS)}\n")
        return 2
    try:
        reader = has_reader(os.environ)
    except ValueError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    try:
        if asked.lock:
            lock()
            return 0
        sweep()
        build(version, reader=reader)
        if asked.zip:
            pack(asked.zip)
    except subprocess.CalledProcessError as error:
        sys.stderr.write(f"building {PACKAGES.name} failed: {' '.join(error.cmd[2:])}\n")
        return 1
    except UnknownPathError as error:
        sys.stderr.write(f"building {PACKAGES.name} failed: {error}\n")
        return 1
    if asked.zip and (words := over_budget(asked.zip)):
        sys.stderr.write(f"{words}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
