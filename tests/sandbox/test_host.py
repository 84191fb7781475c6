"""The host against a real Azurite, with an app of the test's own; what must hold is what Azure does."""

import base64
import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from datetime import UTC, datetime, timedelta
from itertools import accumulate, pairwise
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from azure.storage.queue import QueueClient

from sandbox.clock import SandboxClock
from sandbox.host.options import HostOptions, listen
from sandbox.host.timers import next_run

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2025, 9, 30, 8, 7, tzinfo=UTC)
APP = '''
    """An app with one function of each kind; each run is a line in the journal."""

    import asyncio, json, os, time

    import azure.functions as func

    app = func.FunctionApp(http_auth_level=func.AuthLevel.FUNCTION)
    QUEUE = os.environ["QUEUE"]


    def note(what, **more):
        with open(os.environ["JOURNAL"], "a") as journal:
            journal.write(json.dumps({"what": what, "at": time.time(), **more}) + "\\n")


    @app.queue_trigger(arg_name="message", queue_name=QUEUE, connection="AzureWebJobsStorage")
    async def work(message: func.QueueMessage) -> None:
        job = json.loads(message.get_body())
        note("try", id=job["id"], count=message.dequeue_count, pid=os.getpid())
        await asyncio.sleep(job.get("sleep", 0))
        if message.dequeue_count <= job.get("fails", 0):
            raise RuntimeError("as asked")
        note("done", id=job["id"])


    @app.queue_trigger(arg_name="message", queue_name=QUEUE + "-poison", connection="AzureWebJobsStorage")
    def park(message: func.QueueMessage) -> None:
        note("parked", body=message.get_body().decode())


    @app.timer_trigger(arg_name="timer", schedule="0 */15 * * * *")
    async def tick(timer: func.TimerRequest) -> None:
        note("tick", past_due=timer.past_due)


    @app.timer_trigger(arg_name="timer", schedule="0 0 3 1 1 *", run_on_startup=True)
    async def morning(timer: func.TimerRequest) -> None:
        note("morning")


    @app.route(route="things/{id}", methods=["GET", "POST"])
    async def thing(req: func.HttpRequest) -> func.HttpResponse:
        said = {"id": req.route_params["id"], "q": req.params.get("q"), "method": req.method}
        said["body"] = req.get_body().decode()
        own = {"X-Own": "yes"}
        return func.HttpResponse(json.dumps(said), status_code=201, mimetype="application/json", headers=own)


    @app.route(route="things/known", auth_level=func.AuthLevel.ANONYMOUS)
    def known(req: func.HttpRequest) -> str:
        return "the literal one"


    @app.route(route="broken")
    async def broken(req: func.HttpRequest) -> func.HttpResponse:
        raise RuntimeError("secretive")
'''


class Host:
    """One host process after another on the same state, queue and port."""

    def __init__(self, folder: Path, storage: str) -> None:
        self.name = f"jobs-{uuid4().hex[:8]}"
        self.journal = folder / "journal.jsonl"
        self.log = folder / "host.log"
        self.queue = QueueClient.from_connection_string(storage, self.name)
        self.clock = SandboxClock(folder)
        self.clock.start(NOW)
        self.process = None
        self._folder = folder
        self._socket = listen(0)
        self.http = httpx.Client(base_url=f"http://127.0.0.1:{self._socket.getsockname()[1]}", timeout=300)
        (folder / "tiny.py").write_text(textwrap.dedent(APP), encoding="utf-8")
        self._environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(filter(None, (str(ROOT), str(folder), os.environ.get("PYTHONPATH")))),
            "AzureWebJobsStorage": storage,
            "FORESIGNAL_DEPLOYMENT": "test",
            "QUEUE": self.name,
            "JOURNAL": str(self.journal),
        }

    def start(self, **how) -> None:
        number = self._socket.fileno()
        options = HostOptions(self._folder, app="tiny:app", socket=number, **{"lock": 5, "pace": 0.02, **how})
        self.process = subprocess.Popen(
            [sys.executable, "-m", "sandbox.host", *options.arguments()],
            env=self._environment,
            cwd=ROOT,
            stderr=self.log.open("ab"),
            pass_fds=(number,),
        )
        self.status()

    def stop(self, how=signal.SIGTERM) -> int:
        self.process.send_signal(how)
        code = self.process.wait(300)
        self.process = None
        return code

    def close(self) -> None:
        if self.process:
            self.stop(signal.SIGKILL)
        self.http.close()
        self.queue.close()
        self._socket.close()

    def send(self, **job) -> None:
        self.queue.send_message(base64.b64encode(json.dumps(job).encode()).decode())

    def status(self):
        return self.http.get("/_sandbox/status").raise_for_status().json()

    def drain(self, seconds=240) -> None:
        assert self.http.get("/_sandbox/idle", params={"wait": seconds}).json()["idle"]

    def journaled(self):
        lines = self.journal.read_text(encoding="utf-8").splitlines() if self.journal.exists() else []
        return [json.loads(line) for line in lines]

    def noted(self, what):
        return [entry for entry in self.journaled() if entry["what"] == what]

    def wait_for(self, what, count=1, seconds=240):
        until = time.monotonic() + seconds
        while len(self.noted(what)) < count:
            assert time.monotonic() < until, f"{what} did not come {count} times"
            time.sleep(0.02)
        return self.noted(what)


@pytest.fixture
def host(tmp_path, storage):
    made = Host(tmp_path, storage)
    yield made
    made.close()


def test_missing_queues_are_made_and_a_message_is_handled_once_and_deleted(host):
    host.start()
    host.send(id=1)
    host.drain()
    assert [entry["count"] for entry in host.noted("try")] == [1]
    assert host.queue.get_queue_properties().approximate_message_count == 0


def test_a_function_that_fails_is_tried_again_after_the_visibility_timeout_with_its_dequeue_count(host):
    host.start()
    host.send(id=1, fails=2)
    host.drain()
    tries = host.noted("try")
    assert [entry["count"] for entry in tries] == [1, 2, 3]
    assert all(later["at"] - earlier["at"] >= 0.9 for earlier, later in pairwise(tries))
    assert len(host.noted("done")) == 1


def test_a_failure_is_logged_with_the_function_and_stops_nothing(host):
    host.start()
    host.send(id=1, fails=1)
    host.send(id=2)
    host.drain()
    assert {entry["id"] for entry in host.noted("done")} == {1, 2}
    assert host.status()["failures"] == [{"number": 1, "function": "work", "error": "as asked"}]
    assert "function work failed" in host.log.read_text(encoding="utf-8")


def test_after_the_last_try_it_goes_to_poison_whole_where_a_function_takes_it(host):
    host.start(max_dequeue=2)
    host.send(id=1, fails=9)
    host.drain()
    assert len(host.noted("try")) == 2
    assert [json.loads(entry["body"]) for entry in host.noted("parked")] == [{"id": 1, "fails": 9}]


def test_tries_that_died_without_a_word_count_too(host):
    host.start(max_dequeue=1)
    host.send(id=1, sleep=30)
    host.wait_for("try")
    host.stop(signal.SIGKILL)
    host.start(max_dequeue=1)
    host.wait_for("parked")
    assert len(host.noted("try")) == 1


def test_a_body_that_is_no_base64_fails_like_a_function_and_reaches_poison_as_it_was(host):
    host.start(max_dequeue=1)
    host.queue.send_message("not base64!")
    host.drain()
    assert [entry["body"] for entry in host.noted("parked")] == ["not base64!"]


def test_a_lock_is_renewed_while_the_function_runs(host):
    host.start(lock=4)
    host.send(id=1, sleep=9)
    host.drain()
    assert [entry["count"] for entry in host.noted("try")] == [1]
    assert len(host.noted("done")) == 1


def test_after_a_kill_the_message_comes_again_when_its_lock_is_over(host):
    host.start()
    host.send(id=1, sleep=3)
    first = host.wait_for("try")[0]
    host.stop(signal.SIGKILL)
    host.start()
    host.drain()
    second = host.noted("try")[1]
    assert second["count"] == 2
    assert second["pid"] != first["pid"]
    assert second["at"] - first["at"] >= 4
    assert len(host.noted("done")) == 1


def test_sigterm_finishes_what_runs_and_takes_nothing_new(host):
    host.start()
    host.send(id=1, sleep=2)
    host.wait_for("try")
    assert host.stop() == 0
    host.send(id=2)
    assert [entry["id"] for entry in host.noted("done")] == [1]
    assert host.queue.get_queue_properties().approximate_message_count == 1


def test_no_more_run_at_once_than_batch_size_and_threshold_allow(host):
    host.start()
    for number in range(30):
        host.send(id=number, sleep=0.5)
    host.wait_for("done", 30)
    steps = [{"try": 1, "done": -1}.get(line["what"], 0) for line in host.journaled()]
    assert 8 <= max(accumulate(steps)) <= 12


def test_idle_is_false_while_a_message_is_hidden(host):
    host.start()
    host.queue.send_message(base64.b64encode(b'{"id": 1}').decode(), visibility_timeout=3)
    assert not host.http.get("/_sandbox/idle").json()["idle"]
    host.drain()
    assert len(host.noted("done")) == 1


def test_timers_wait_until_they_are_switched_on_and_follow_the_sandbox_clock(host):
    host.start()
    host.clock.step_to(NOW + timedelta(hours=1))
    time.sleep(1)
    assert host.noted("tick") == host.noted("morning") == []
    host.http.post("/_sandbox/timers", json={"on": True})
    host.wait_for("morning")
    host.clock.step_to(NOW + timedelta(hours=1, minutes=7, seconds=59))
    assert [entry["past_due"] for entry in host.wait_for("tick")] == [False]
    host.clock.step_to(NOW + timedelta(days=5))
    assert host.wait_for("tick", 2)[1]["past_due"] is True


def test_a_timer_is_run_on_request_and_the_answer_comes_when_it_is_done(host):
    host.start()
    assert host.http.post("/_sandbox/run/tick").json() == {"ok": True}
    assert len(host.noted("tick")) == 1
    assert host.http.post("/_sandbox/run/work").status_code == 404


def test_http_functions_get_route_query_body_and_their_answer_is_given_as_it_is(host):
    host.start()
    answer = host.http.post("/things/7", params={"q": "x y"}, content="body")
    assert answer.status_code == 201
    assert answer.json() == {"id": "7", "q": "x y", "method": "POST", "body": "body"}
    assert (answer.headers["x-own"], answer.headers["content-type"]) == ("yes", "application/json")
    assert host.http.get("/things/known").text == "the literal one"
    assert host.http.delete("/things/7").status_code == 405
    assert host.http.get("/nowhere").status_code == 404


def test_an_http_function_that_fails_answers_500_without_its_reason(host):
    host.start()
    answer = host.http.get("/broken")
    assert answer.status_code == 500
    assert "secretive" not in answer.text
    assert host.http.get("/things/known").status_code == 200


def test_its_own_calls_are_counted_and_few_while_nothing_happens(host):
    host.start()
    time.sleep(3)
    before, begun = host.status()["calls"]["host"], time.monotonic()
    time.sleep(4)
    made = host.status()["calls"]["host"] - before
    assert 1 <= made <= 2 * (time.monotonic() - begun)


def test_day_and_weekday_of_a_schedule_must_both_match():
    assert next_run("0 0 9 1-7 * 1", NOW) == datetime(2025, 10, 6, 9, tzinfo=UTC)
    assert next_run("30 5 * * * *", NOW) == datetime(2025, 9, 30, 9, 5, 30, tzinfo=UTC)
