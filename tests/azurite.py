"""One real Azurite for a test session, in memory; import `azurite` and `storage` into a conftest.

Tests share it, so each takes names of its own or empties what it uses.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox import azurite as program


def modules() -> Path:
    """node_modules of this checkout, else the folder that NODE_PATH names."""
    elsewhere = os.environ.get("NODE_PATH", "")
    return program.MODULES if program.MODULES.is_dir() or not elsewhere else Path(elsewhere)


@pytest.fixture(scope="session")
def azurite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[program.Azurite]:
    running = program.start(tmp_path_factory.mktemp("azurite"), modules=modules(), in_memory=True)
    yield running
    running.stop()


@pytest.fixture(scope="session")
def storage(azurite: program.Azurite) -> str:
    """The connection string."""
    return azurite.connection_string
