"""Rules of the house that no linter knows."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PRODUCT = [
    ROOT / "function_app.py",
    *sorted((ROOT / "shared").rglob("*.py")),
    *sorted((ROOT / "functions").rglob("*.py")),
]
ENVIRONMENT = re.compile(r"\bos\.(environb?|getenv|putenv)\b|from os import .*\b(environ|getenv)\b")
CLOCK = re.compile(r"\b(now|utcnow|today)\(|\btime\.(time|monotonic)\(")
NETWORK = re.compile(
    r"\burllib\.request\b|\bfrom urllib import request\b|(?<![.\w])(?<!def )open\(|\bread_text\(|\bread_bytes\("
)


def lines(file: Path, pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{number}: {line.strip()}"
        for number, line in enumerate(file.read_text().splitlines(), 1)
        if pattern.search(line)
    ]


@pytest.mark.parametrize("file", PRODUCT, ids=lambda file: str(file.relative_to(ROOT)))
def test_only_settings_reads_the_environment(file: Path):
    if file.relative_to(ROOT) != Path("shared/settings.py"):
        assert lines(file, ENVIRONMENT) == []


@pytest.mark.parametrize("file", sorted((ROOT / "shared" / "core").rglob("*.py")), ids=lambda file: file.stem)
def test_the_core_reads_no_clock_no_file_and_no_network(file: Path):
    assert lines(file, CLOCK) == []
    assert lines(file, NETWORK) == []
