"""Build the app's dependencies for Azure into .python_packages, on any computer; azd runs it (decision 0002)."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ROOT / ".python_packages"
VERSIONS = ("3.11", "3.12", "3.13")
DEFAULT_VERSION = "3.13"  # the default of pythonVersion in main.bicep: they go together
PLATFORM = "x86_64-manylinux_2_28"  # no newer C library than the Functions images have


def build(version: str) -> None:
    site_packages = PACKAGES / "lib" / "site-packages"
    shutil.rmtree(PACKAGES, ignore_errors=True)  # nothing of an earlier build may stay
    with tempfile.TemporaryDirectory() as tools:
        _run("pip", "install", "--quiet", "--target", tools, "uv>=0.9,<1")
        _run(
            *("uv", "pip", "install", "--requirement", str(ROOT / "requirements.txt"), "--target", str(site_packages)),
            *("--python-version", version, "--python-platform", PLATFORM, "--only-binary", ":all:"),
            # Uv asks for an interpreter; the packages are for the version and platform above.
            *("--python", sys.executable, "--quiet"),
            python_path=tools,
        )
    (site_packages / ".lock").unlink(missing_ok=True)
    sizes = [file.stat().st_size for file in site_packages.rglob("*") if file.is_file()]
    sys.stdout.write(f"{PACKAGES.name}: {len(sizes)} files, {sum(sizes) / 1e6:.0f} MB, for Python {version}\n")


def _run(module: str, *arguments: str, python_path: str = "") -> None:
    # Companies that inspect TLS have their certificates in the system's store (the setting's old and its new name).
    environment = {"UV_NATIVE_TLS": "true", "UV_SYSTEM_CERTS": "true", **os.environ}
    if python_path:
        environment["PYTHONPATH"] = python_path
    subprocess.run([sys.executable, "-m", module, *arguments], check=True, env=environment)  # noqa: S603


def main() -> int:
    version = os.environ.get("FORESIGNAL_PYTHON_VERSION") or DEFAULT_VERSION
    if version not in VERSIONS:
        sys.stderr.write(f"FORESIGNAL_PYTHON_VERSION is {version!r}; it must be one of {', '.join(VERSIONS)}\n")
        return 2
    try:
        build(version)
    except subprocess.CalledProcessError as error:
        sys.stderr.write(f"building {PACKAGES.name} failed: {' '.join(error.cmd[2:])}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
