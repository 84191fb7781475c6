"""Nothing happens while the function app is imported: an exception there is an app without functions."""

import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

import pytest

from shared.core import names

ROOT = Path(__file__).resolve().parents[2]
HEAVY = (
    "msgraph",
    "azure.data.tables",
    "azure.storage",
    "azure.identity",
    "httpx",
    "pydantic",
    "jinja2",
    "aiohttp",
    "yaml",
)
LIGHT = ("shared", "shared.core", "shared.core.names", "shared.core.errors", "shared.settings")

LOOK = """
import json, sys
sys.dont_write_bytecode = True
sys.path.insert(0, {root!r})
import azure.functions
seen = []
def audit(event, arguments):
    code = event == "open" and str(arguments[0]).endswith((".py", ".pyc"))
    if (event == "open" and not code) or event.startswith(("socket.", "subprocess.", "os.system")):
        seen.append([event, str(arguments[:1])])
sys.addaudithook(audit)
import function_app
modules, touched = sorted(sys.modules), list(seen)
functions = [[f.get_function_name(), json.loads(str(f))["bindings"]] for f in function_app.app.get_functions()]
print(json.dumps({{"modules": modules, "seen": touched, "functions": functions}}))
"""


def fresh(code):
    """A fresh interpreter with nothing in its environment."""
    return subprocess.run(
        [sys.executable, "-c", code], env={}, cwd="/", capture_output=True, text=True, check=True, timeout=300
    ).stdout


@pytest.fixture(scope="module")
def imported():
    return json.loads(fresh(LOOK.format(root=str(ROOT))))


def test_no_adapter_and_nothing_heavy_is_loaded(imported):
    heavy = [name for name in imported["modules"] if name.startswith(HEAVY)]
    ours = [name for name in imported["modules"] if name.split(".")[0] == "shared"]

    assert not heavy
    assert set(ours) <= set(LIGHT)


def test_no_file_but_code_is_opened_and_no_connection_made(imported):
    assert not imported["seen"]


def triggers(imported, kind):
    for name, bindings in imported["functions"]:
        for binding in bindings:
            if binding["type"] == kind:
                yield name, binding


def test_the_queue_of_a_second_reader_has_triggers_only_where_one_was_deployed():
    code = LOOK.format(root=str(ROOT))
    on = json.loads(fresh(f"import os\nos.environ['FORESIGNAL_READER'] = 'on'\n{code}"))

    queues = [binding["queueName"] for _, binding in triggers(on, "queueTrigger")]

    assert sorted(queues) == sorted([*names.EVERY_QUEUE, *(queue + names.POISON for queue in names.EVERY_QUEUE)])


def test_every_queue_and_its_poison_queue_has_one_trigger(imported):
    queues = [binding["queueName"] for _, binding in triggers(imported, "queueTrigger")]

    assert sorted(queues) == sorted([*names.QUEUES, *(queue + names.POISON for queue in names.QUEUES)])
    connections = {binding["connection"] for _, binding in triggers(imported, "queueTrigger")}
    assert connections == {"AzureWebJobsStorage"}


def test_no_function_has_an_output_binding_but_http(imported):
    out = {
        binding["type"]
        for _, bindings in imported["functions"]
        for binding in bindings
        if str(binding.get("direction", "")).upper() == "OUT"
    }

    assert out <= {"http"}


def test_the_timers_do_not_run_at_the_start(imported):
    timers = dict(triggers(imported, "timerTrigger"))

    assert {"fetch_posts", "fetch_tasks", "follow_tickets", "mend"} <= set(timers)
    assert not [name for name, binding in timers.items() if binding.get("runOnStartup")]


def spent(code):
    """Seconds of a processor, its own and the system's for it."""
    before = os.times()
    fresh(f"import sys; sys.path.insert(0, {str(ROOT)!r}); {code}")
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def test_importing_takes_at_most_half_as_long_again_as_azure_functions_alone():
    def ratio():
        runs = [(spent("import function_app"), spent("import azure.functions")) for _ in range(7)]
        whole, alone = (statistics.median(column) for column in zip(*runs, strict=True))
        return whole / alone

    # Other work on the machine makes a run slow, never fast: the best of a few attempts is the nearest to the truth.
    assert any(ratio() <= 1.5 for _ in range(4))
