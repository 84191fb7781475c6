"""The Azure CLI of whoever runs us: fixed arguments, a deadline, and its errors in a line."""

import json
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from shared.cli.tools import printable
from shared.core.errors import PermanentError

PATIENCE = 120.0
"""Seconds for one command."""
_SHOWN = 300  # characters of an error
_MISSING = (
    "the Azure CLI is not to be found: install it (https://aka.ms/azure-cli), or have it done: foresignal grant --print"
)
_SIGNED_OUT = "nobody is signed in to the Azure CLI: az login"


class RefusedCommandError(PermanentError):
    """Azure refuses what was asked. `said`: its words."""

    def __init__(self, said: str) -> None:
        super().__init__(f"az: {said}")
        self.said = said


def az(*arguments: str, body: Mapping[str, str] | None = None) -> Any:
    """The JSON that a command prints; None for nothing. `body`: of `az rest`.

    Raises RefusedCommandError where Azure refuses it, and PermanentError where there is no Azure CLI, or nobody is
    signed in to it.
    """
    with tempfile.TemporaryDirectory() as folder:
        more: list[str] = []
        if body is not None:  # through a file: no two shells of Windows take the same quotes
            file = Path(folder) / "body.json"
            file.write_text(json.dumps(body), encoding="utf-8")
            more = ["--body", f"@{file}", "--headers", "Content-Type=application/json"]
        return _run([*arguments, *more, "--output", "json"])


def _run(arguments: list[str]) -> Any:
    program = shutil.which("az")
    if program is None:
        raise PermanentError(_MISSING)
    try:
        done = subprocess.run(  # noqa: S603 - our own arguments, no shell
            [program, *arguments], capture_output=True, text=True, encoding="utf-8", errors="replace", timeout=PATIENCE,
            check=False, stdin=subprocess.DEVNULL,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise PermanentError(f"az {arguments[0]} did not end within {PATIENCE:.0f} seconds") from error
    except OSError as error:
        raise PermanentError(f"az cannot be run: {error.strerror}") from error
    if done.returncode:
        said = printable(" ".join(done.stderr.split()))
        if "az login" in said:
            raise PermanentError(_SIGNED_OUT)
        raise RefusedCommandError(said[:_SHOWN] or f"exit code {done.returncode}")
    try:
        return json.loads(done.stdout) if done.stdout.strip() else None
    except ValueError as error:
        raise PermanentError(f"az {arguments[0]} printed something else than JSON") from error
