"""Storage of its own for a test that runs the functions, whose tables have fixed names."""

from collections.abc import Iterator

import pytest

from sandbox import azurite as program
from tests.azurite import modules


@pytest.fixture
def azurite_of_its_own(tmp_path) -> Iterator[str]:
    running = program.start(tmp_path / "azurite", modules=modules(), in_memory=True)
    yield running.connection_string
    running.stop()
