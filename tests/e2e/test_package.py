"""The package runs: built, unzipped into an empty folder, and served without any library of this machine."""

import asyncio
import json
import os
import platform
import subprocess
import sys
import zipfile

import pytest

from infra import package
from sandbox.microsoft365.serving import serve
from sandbox.readers.azure_openai import AzureOpenAI
from tests.e2e.running import once, write
from tests.usecases.world import post

pytestmark = [
    pytest.mark.timeout(900),
    pytest.mark.skipif(
        (sys.platform, platform.machine()) != ("linux", "x86_64"), reason="a package has libraries for Linux on x86-64"
    ),
]
VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"
_IMPORTS = """
import importlib, json, pathlib, sys

folder = sys.argv[1]
sys.path[:0] = [folder, f"{folder}/.python_packages/lib/site-packages"]
for file in sorted(pathlib.Path(folder).glob("*/**/*.py")):
    parts = file.relative_to(folder).with_suffix("").parts
    if parts[0] in {"shared", "functions"}:
        importlib.import_module(".".join(parts).removesuffix(".__init__"))
import azure.monitor.opentelemetry  # of the worker, which sets it up
import function_app
names = [function.get_function_name() for function in function_app.app.get_functions()]
files = [module.__file__ for module in sys.modules.values() if getattr(module, "__file__", None)]
elsewhere = [file for file in files if "site-packages" in file and not file.startswith(folder)]
print(json.dumps({"functions": names, "elsewhere": elsewhere}))
"""
_ASKS = """
import asyncio, json, sys

folder, url = sys.argv[1:]
sys.path[:0] = [folder, f"{folder}/.python_packages/lib/site-packages"]
from shared.adapters import registry
from shared.adapters.clients.http import Http
from shared.adapters.clients.reach import Reach
from shared.core.second.asking import Question

async def token(scope, host):
    return scope

async def ask():
    http = Http(reach=Reach(loopback=True))
    deps = registry.AdapterDeps("second", http, None, None, None, "test", "", token)
    settings = {"endpoint": url, "deployment": "reader"}
    reader = registry.build("readers", "azure_openai", settings, deps)
    schema = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}
    schema["additionalProperties"] = False
    checked, reply = await reader.check(), await reader.ask(Question("Say a.", "A post.", schema))
    await http.close()
    return checked, reply.text

import_of = lambda name: getattr(sys.modules.get(name), "__file__", "")
print(json.dumps([*asyncio.run(ask()), import_of("openai"), import_of("httpx2")]))
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The zip, for the Python of this test; skipped where no index of packages can be reached."""
    return build(tmp_path_factory.mktemp("package"))


def build(folder, **how):
    try:
        package.build(VERSION, folder / ".python_packages", **how)
    except subprocess.CalledProcessError as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"the libraries of the package are not to be had here: {' '.join(error.cmd[2:5])} failed")
    package.pack(folder / "foresignal.zip", folder / ".python_packages")
    return folder / "foresignal.zip"


def test_it_is_small(built):
    assert package.over_budget(built) == ""


async def test_with_a_second_reader_it_is_small_too_and_asks(tmp_path):
    zipped = build(tmp_path / "built", reader=True)
    assert package.over_budget(zipped) == ""
    with zipfile.ZipFile(zipped) as archive:
        archive.extractall(tmp_path / "app")
    server = AzureOpenAI(lambda _: '{"a": "b"}', knows=lambda token: token.endswith("/.default"))
    runner, port = await serve(server.app())
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-I", "-S", "-c", _ASKS, str(tmp_path / "app"), f"http://127.0.0.1:{port}",
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, err = await process.communicate()
    await runner.cleanup()

    assert process.returncode == 0, err.decode()[-3000:]
    checked, text, *files = json.loads(out)
    assert (checked.split(",")[0], text) == ("127.0.0.1", '{"a": "b"}')
    assert all(file.startswith(str(tmp_path / "app")) for file in files)


def test_every_module_of_ours_finds_what_it_imports(built, tmp_path):
    with zipfile.ZipFile(built) as archive:
        archive.extractall(tmp_path)
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", _IMPORTS, str(tmp_path)],
        cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr[-3000:]
    told = json.loads(done.stdout)
    assert {"fetch_posts", "file_ticket", "notify"} <= set(told["functions"])
    assert told["elsewhere"] == []


def test_one_post_goes_all_the_way(built, tmp_path):
    posts = write(tmp_path / "posts.jsonl", [post()])
    told = once(
        "--package", str(built), "--posts", posts, "--tenants", "1", "--state", str(tmp_path / "state"), seconds=600
    )

    assert {name: told[name] for name in ("posts_read", "changes", "tickets", "cards", "parked")} == {
        "posts_read": 1,
        "changes": 1,
        "tickets": 1,
        "cards": 1,
        "parked": 0,
    }
    assert told["graph_calls"] > 0
    [card] = (tmp_path / "state" / "cards.jsonl").read_text(encoding="utf-8").splitlines()
    assert "Retirement of the old viewer" in card
