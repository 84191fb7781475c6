import os
import signal
import socket

import pytest
from azure.data.tables import TableClient
from azure.storage.queue import QueueClient

from sandbox import azurite
from sandbox.errors import SandboxError
from tests.azurite import modules


@pytest.fixture
def start(tmp_path):
    """Start Azurite on this test's folder; whatever runs at the end is stopped."""
    yield lambda *args, **named: azurite.start(tmp_path, *args, modules=modules(), **named)
    if running := azurite.find(tmp_path):
        running.stop()


def test_a_new_azurite_serves_all_three_services_at_once(start):
    running = start()
    assert running.answers()
    assert len({running.ports.blob, running.ports.queue, running.ports.table}) == 3


def test_a_second_start_on_the_folder_takes_the_one_that_runs(start):
    assert start() == start()


def test_what_was_acknowledged_survives_a_stop(start):
    first = start()
    with TableClient.from_connection_string(first.connection_string, "kept") as table:
        table.create_table()
        table.create_entity({"PartitionKey": "a", "RowKey": "b"})
    first.stop()
    assert not first.answers()
    second = start()
    assert second.pid != first.pid
    with TableClient.from_connection_string(second.connection_string, "kept") as table:
        assert table.get_entity("a", "b")["RowKey"] == "b"


def test_in_memory_it_leaves_no_data_on_disk(start, tmp_path):
    running = start(in_memory=True)
    with QueueClient.from_connection_string(running.connection_string, "kept") as queue:
        queue.create_queue()
        queue.send_message("x")
    running.stop()
    assert list((tmp_path / "azurite").iterdir()) == []


def test_a_pid_that_has_gone_to_another_program_is_not_taken_for_azurite(start, tmp_path):
    (tmp_path / "azurite.pid").write_text(
        f'{{"pid": {os.getpid()}, "ports": {{"blob": 1, "queue": 2, "table": 3}}}}', encoding="utf-8"
    )
    assert azurite.find(tmp_path) is None
    assert start().pid != os.getpid()


def test_the_azurite_of_another_folder_is_not_taken_for_this_one(start, tmp_path):
    other = start()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "azurite.pid").write_text((tmp_path / "azurite.pid").read_text(encoding="utf-8"), encoding="utf-8")
    assert azurite.find(tmp_path) == other
    assert azurite.find(elsewhere) is None


def test_one_that_was_killed_is_replaced(start):
    first = start()
    os.kill(first.pid, signal.SIGKILL)
    os.waitpid(first.pid, 0)
    second = start()
    assert second.pid != first.pid
    assert second.answers()


def test_a_port_that_is_taken_is_named(start):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SandboxError, match=f"port {port} is taken"):
            start(azurite.Ports(queue=port))


def test_missing_packages_say_what_to_run(tmp_path):
    with pytest.raises(SandboxError, match="make dev"):
        azurite.start(tmp_path, modules=tmp_path / "none")


def test_a_missing_or_old_node_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SandboxError, match="Node is not installed"):
        azurite.start(tmp_path, modules=modules())
    old = tmp_path / "node"
    old.write_text("#!/bin/sh\necho v18.1.0\n", encoding="utf-8")
    old.chmod(0o755)
    with pytest.raises(SandboxError, match=r"v18\.1\.0; install Node 20"):
        azurite.start(tmp_path, modules=modules())


def test_it_outlives_the_terminal_of_the_one_who_started_it(start):
    assert os.getsid(start().pid) != os.getsid(0)


def test_stopping_twice_is_stopping_once(start, monkeypatch):
    running = start()
    running.stop()
    monkeypatch.setattr(azurite.os, "kill", lambda pid, _: pytest.fail(f"{pid} is told again"))
    monkeypatch.setattr(azurite.time, "sleep", lambda _: pytest.fail("there is something that it waits for"))
    running.stop()
