"""Names stand once: what infra/ declares is what the code knows."""

import re
import tomllib
from pathlib import Path

import pytest

from shared import settings
from shared.core import names
from tests.infra.bicep_names import declared

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def infra():
    return declared()


def test_the_version_is_that_of_the_package():
    package = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

    assert package["project"]["version"] == names.VERSION


def test_the_queues_are_ours_and_their_poison_queues(infra):
    assert infra["queues"] == {*names.EVERY_QUEUE, *(queue + names.POISON for queue in names.EVERY_QUEUE)}


def test_the_tables_are_ours(infra):
    assert infra["tables"] == set(names.TABLES)


def test_the_containers_are_ours_and_the_platforms_own(infra):
    assert infra["containers"] == {*names.CONTAINERS, "deployments"}


def test_the_app_settings_are_those_that_are_read(infra):
    assert infra["settings"] == set(settings.NAMES)


def test_every_table_that_is_used_is_declared():
    files = [*(ROOT / "shared/record").rglob("*.py"), *(ROOT / "shared/adapters/tickets/webhook").rglob("*.py")]
    used = {found for file in files for found in re.findall(r"^TABLE = \"(\w+)\"", file.read_text(), re.MULTILINE)}

    assert used == set(names.TABLES)


def test_every_queue_that_is_sent_to_is_declared():
    sent = {
        queue
        for path in (ROOT / "shared/usecases").rglob("*.py")
        for queue in re.findall(r"queues\.send\(\s*\"(\w+)\"", path.read_text(encoding="utf-8"))
    }

    assert {"changes", "tasks"} <= sent <= set(names.EVERY_QUEUE)
