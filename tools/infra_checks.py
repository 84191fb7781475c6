"""Checkov over infra/, offline: python -m tools.infra_checks [CHECKOV], its program. What is explained is left out.

Its parser of Bicep is older than the language. It reads a copy, in which what it does not know is put more simply.
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
INFRA = ROOT / "infra"
EXPLAINED = ROOT / "docs" / "infrastructure-checks.md"
_CALLS = re.compile(r"\b(?:map|filter|cidrSubnet|deploymentOf|fail|string|items|environment)\(")


def simpler(text: str) -> str:
    """A Bicep file as checkov's parser takes it."""
    text = re.sub(r"^(?:import|extension) .*\n", "", text, flags=re.MULTILINE)
    text = text.replace("string[]", "array")
    text = re.sub(r"^(  resource \w+ '[^']+') = if \(.*\) \{$", r"\1 = {", text, flags=re.MULTILINE)
    text = re.sub(r"^(\s+publicNetworkAccess): .*$", r"\1: 'Enabled'", text, flags=re.MULTILINE)  # the default
    while call := _CALLS.search(text):
        text = f"{text[: call.start()]}'left-out'{text[_end(text, call.end()) :]}"
    return text


def _end(text: str, at: int) -> int:
    """Where the call ends whose parenthesis was opened just before `at`; strings hold no parentheses that count."""
    depth = 1
    quoted = False
    while depth:
        letter = text[at]
        if letter == "'" and text[at - 1] != "\\":
            quoted = not quoted
        elif not quoted:
            depth += (letter == "(") - (letter == ")")
        at += 1
    return at


def explained() -> list[str]:
    """Ids of the checks that docs/infrastructure-checks.md explains."""
    return re.findall(r"^\| (CKV\w+) \|", EXPLAINED.read_text(encoding="utf-8"), re.MULTILINE)


def main(arguments: list[str]) -> int:
    checkov = arguments[0] if arguments else "checkov"
    with tempfile.TemporaryDirectory() as folder:
        for path in INFRA.rglob("*.bicep"):
            if path.name == "names.bicep":  # functions, no resources
                continue
            copy = Path(folder) / path.relative_to(INFRA)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_text(simpler(path.read_text(encoding="utf-8")), encoding="utf-8")
        skipped = ["--skip-check", ",".join(explained())] if explained() else []
        found = subprocess.run(  # noqa: S603
            [checkov, "--directory", folder, "--framework", "bicep", "--compact", "--skip-download", *skipped],
            stdout=subprocess.PIPE,
            text=True,
            check=False,
            env={**os.environ, "LOG_LEVEL": "CRITICAL"},  # some of its checks fail on resources that have no properties
        )
    sys.stdout.write(found.stdout)
    if "Error parsing file" in found.stdout or "Passed checks:" not in found.stdout:
        sys.stderr.write("checkov could not read every file: tools/infra_checks.py does not make them simple enough\n")
        return 1
    return found.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
