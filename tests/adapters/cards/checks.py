"""What every card must hold: size, the npm parser, the published schema, texts that come back as they were."""

import json
import subprocess
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from shutil import which
from typing import Any

import jsonschema
import pytest

from shared.adapters.cards.adaptive import quoted_size
from shared.adapters.cards.markdown import unescape

ROOT = Path(__file__).parents[3]
MODULES = ROOT / "node_modules"
SCHEMA = ROOT.parent / "shared" / "data" / "adaptive-card-1.5.json"
TEAMS_TAKES = 28_000  # bytes, as Teams counts them; it takes 28,672


def parse_events(cards: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """What the npm package `adaptivecards` has to say about each card; `make dev` puts it into node_modules."""
    node = which("node")
    assert node, "node is needed (version 20 or newer)"
    assert (MODULES / "adaptivecards").is_dir(), f"{MODULES}/adaptivecards is missing: run `make dev`"
    command = [node, str(Path(__file__).with_name("parse_card.cjs")), str(MODULES)]
    done = subprocess.run(command, input=json.dumps(cards).encode(), capture_output=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    return json.loads(done.stdout)


def assert_fits(card: dict[str, Any]) -> None:
    assert quoted_size(card) <= TEAMS_TAKES
    urls = [action["url"] for action in card["actions"]]
    assert all(url.startswith(("https://", "http://")) for url in urls)
    assert any("/api/changes/MC" in url for url in urls), "the way to the change page was lost"


@lru_cache(maxsize=1)
def schema() -> jsonschema.Draft6Validator:
    if not SCHEMA.exists():
        pytest.skip(f"needs {SCHEMA}, which is not part of the project")
    return jsonschema.Draft6Validator(json.loads(SCHEMA.read_text("utf-8-sig")))


def texts(card: dict[str, Any]) -> list[str]:
    """Every text block as its author wrote it."""
    return [unescape(element["text"]) for element in elements(card) if element.get("type") == "TextBlock"]


def elements(node: object) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from elements(value)
    elif isinstance(node, list):
        for value in node:
            yield from elements(value)
