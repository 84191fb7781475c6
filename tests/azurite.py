"""One real Azurite, in memory, for a test session, or for each worker of pytest-xdist; conftest has its fixtures.

Tests share the account of `storage`, so each takes names of its own there; where names are fixed, a test takes
`storage_of_its_own`, an account that no other test has.
"""

import itertools
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox import azurite as program


def modules() -> Path:
    """node_modules of this checkout, else the folder that NODE_PATH names."""
    elsewhere = os.environ.get("NODE_PATH", "")
    return program.MODULES if program.MODULES.is_dir() or not elsewhere else Path(elsewhere)


_ACCOUNTS = 1000  # with their keys they must fit into one variable of the environment, which takes 128 KB
_numbers = itertools.count()


@pytest.fixture(scope="session")
def azurite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[program.Azurite]:
    names = [program.ACCOUNT, *map(_account, range(_ACCOUNTS))]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AZURITE_ACCOUNTS", ";".join(f"{name}:{program.KEY}" for name in names))
        running = program.start(tmp_path_factory.mktemp("azurite"), modules=modules(), in_memory=True)
    yield running
    running.stop()


@pytest.fixture(scope="session")
def storage(azurite: program.Azurite) -> str:
    """The connection string."""
    return azurite.connection_string


@pytest.fixture
def storage_of_its_own(storage: str) -> str:
    """The connection string of an empty account."""
    return _of_its_own(storage)


@pytest.fixture
def another_storage(storage: str) -> str:
    """The connection string of a second empty account, for a test that moves from one to the other."""
    return _of_its_own(storage)


def _of_its_own(storage: str) -> str:
    number = next(_numbers)
    assert number < _ACCOUNTS, "more tests want an account than there are: raise _ACCOUNTS"
    return storage.replace(program.ACCOUNT, _account(number))


def _account(number: int) -> str:
    return f"ofatest{number}"
