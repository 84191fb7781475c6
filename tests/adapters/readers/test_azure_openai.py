"""Azure OpenAI, asked over real HTTP: what goes out, each fault that the service has, and that nothing leaks."""

import asyncio
import json
import logging
import subprocess
import sys
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from pydantic import ValidationError

from sandbox.microsoft365.serving import serve
from sandbox.readers.azure_openai import FAULTS, AzureOpenAI, by_post
from shared.adapters import registry
from shared.adapters.clients.http import Http
from shared.adapters.clients.reach import Reach
from shared.adapters.readers.azure_openai.reader import MOST_TOKENS
from shared.core.errors import DeclinedError, PermanentError, TargetDownError, TransientError
from shared.core.second.asking import Question
from tests.fakes import FakeClock, FakeSecrets, FakeTables

ROOT = Path(__file__).resolve().parents[3]
TOKEN = "eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.b3VyLW93bi1pZGVudGl0eQ.c2lnbmF0dXJl"
SCOPE = "https://cognitiveservices.azure.com/.default"
POST = "<<<\nThe quokka viewer is retired on 1 March 2027.\n>>>"
ANSWER = json.dumps({"kind": "retirement", "quotation": "The quokka viewer is retired"})
SCHEMA = {
    "type": "object",
    "properties": {"kind": {"type": "string", "enum": ["retirement", "other"]}, "quotation": {"type": "string"}},
    "required": ["kind", "quotation"],
    "additionalProperties": False,
}
QUESTION = Question("Say what the post announces.", POST, SCHEMA)
GOOD = {"endpoint": "https://contoso.openai.azure.com", "deployment": "reader"}
SECRETS = (TOKEN, "quokka", "b3VyLW93bi1pZGVudGl0eQ")


class Asking:
    """A reader of the server, and what it asked tokens for."""

    def __init__(self, url, server, http):
        self.asked_tokens = []
        self.server = server
        self.url = url
        self._http = http
        self.reader = self.of(server.settings(url))

    def of(self, settings):
        async def token(scope, host):
            self.asked_tokens.append((scope, host))
            return TOKEN

        deps = registry.AdapterDeps(
            "second", self._http, FakeSecrets({}), FakeClock(), FakeTables(), "test", "https://t.example", token
        )
        return registry.build("readers", "azure_openai", settings, deps)


@asynccontextmanager
async def asking(model=None, **how):
    server = AzureOpenAI(model or by_post({"quokka": ANSWER}), knows=lambda token: token == TOKEN, **how)
    runner, port = await serve(server.app())
    http = Http(reach=Reach(loopback=True))
    try:
        yield Asking(f"http://127.0.0.1:{port}", server, http)
    finally:
        server.release()
        await http.close()
        await runner.cleanup()


async def test_a_question_comes_back_with_its_answer_the_model_and_what_it_cost():
    async with asking() as it:
        reply = await it.reader.ask(QUESTION)

    assert reply.text == ANSWER
    assert reply.model == "gpt-5-mini-2025-08-07"
    assert (reply.tokens_in, reply.tokens_out) == (it.server.tokens_in, it.server.tokens_out)
    assert reply.tokens_in > reply.tokens_out > 0
    assert it.asked_tokens == [(SCOPE, "127.0.0.1")]


async def test_one_call_goes_out_with_the_post_as_data_a_strict_schema_and_a_bound_and_nothing_else():
    async with asking() as it:
        await it.reader.ask(QUESTION)

    [call] = it.server.calls
    assert call.path == "/openai/v1/chat/completions"
    assert call.headers["Authorization"] == f"Bearer {TOKEN}"
    assert "api-key" not in {name.lower() for name in call.headers}
    assert call.body == {
        "model": "reader",
        "messages": [
            {"role": "system", "content": "Say what the post announces."},
            {"role": "user", "content": POST},
        ],
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "reading", "strict": True, "schema": SCHEMA},
        },
        "max_completion_tokens": MOST_TOKENS,
    }


async def test_what_the_environment_says_of_openais_own_service_is_not_taken(monkeypatch):
    for name in ("OPENAI_API_KEY", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID", "OPENAI_ADMIN_KEY"):
        monkeypatch.setenv(name, "of-somebody-else")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/")
    async with asking() as it:
        await it.reader.ask(QUESTION)

    assert "of-somebody-else" not in str(it.server.calls[0].headers)


async def test_an_answer_with_half_a_character_can_be_kept():
    async with asking(lambda _: "\ud83d half") as it:
        assert (await it.reader.ask(QUESTION)).text == "\ufffd half"


#: Each fault of the service: our error, and a word of it.
EXPECTED = {
    "throttled": (TransientError, "429"),
    "filtered prompt": (DeclinedError, "content filter"),
    "filtered answer": (DeclinedError, "content filter"),
    "refusal": (DeclinedError, "refused"),
    "cut off": (DeclinedError, "cut off"),
    "thought only": (DeclinedError, "cut off"),
    "no text": (PermanentError, "without a text"),
    "500": (TransientError, "500"),
    "503": (TransientError, "503"),
    "stranger": (TargetDownError, "PermissionDenied"),
    "no token": (TargetDownError, "401"),
    "outside network": (TargetDownError, "403"),
    "no deployment": (TargetDownError, "DeploymentNotFound"),
    "no resource": (TargetDownError, "404"),
    "too long": (DeclinedError, "longer than the model"),
    "old model": (PermanentError, "structured outputs"),
    "html": (PermanentError, "without a choice"),
    "no choices": (PermanentError, "without a choice"),
    "broken": (PermanentError, "without a choice"),
    "list": (PermanentError, "without a choice"),
    "deep": (PermanentError, "without a choice"),
    "odd": (PermanentError, "without a text"),
    "huge": (PermanentError, "larger than 8 MB"),
    "redirect": (PermanentError, "307"),
    "hanging": (TransientError, "within 5 s"),
    "dropped": (TransientError, "not to be reached"),
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_each_fault_is_one_error_after_one_call_that_tells_nothing(fault, caplog):
    caplog.set_level(logging.DEBUG)
    kind, word = EXPECTED[fault]
    async with asking() as it:
        it.server.fault = fault
        reader = it.of({**it.server.settings(it.url), "timeout_seconds": 5})
        with pytest.raises(kind) as failed:
            await reader.ask(QUESTION)

    error = failed.value
    remedy = getattr(error, "remedy", "")
    assert type(error) is kind
    assert word in str(error)
    assert len(it.server.questions) == 1
    assert "reader second" in str(error)
    chain = [repr(each) for each in (error, error.__cause__)]
    for secret in (*SECRETS, "Sorry", "sorry", "retirement"):
        assert secret not in f"{error} {remedy} {chain}"
    for secret in SECRETS:
        assert secret not in caplog.text
    assert isinstance(error, TargetDownError) == bool(remedy)
    assert remedy == "" or (remedy[0].isupper() and remedy.endswith("."))


def test_every_fault_of_the_server_has_its_error():
    assert EXPECTED.keys() == FAULTS.keys()


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7"}, 7.0),
        ({"retry-after-ms": "1500"}, 1.5),
        ({"Retry-After": "7", "retry-after-ms": "1500"}, 1.5),
        ({"retry-after-ms": "soon", "Retry-After": "3"}, 3.0),
        ({"retry-after-ms": "-5"}, 0.0),
        ({"retry-after-ms": "nan"}, None),
        ({"Retry-After": "86400000000"}, 86_400.0),
        ({}, None),
    ],
)
async def test_how_long_to_wait_is_told(headers, seconds):
    async with asking() as it:
        it.server.fault, it.server.retry_after = "throttled", headers
        with pytest.raises(TransientError) as failed:
            await it.reader.ask(QUESTION)

    assert failed.value.retry_after == seconds


async def test_after_a_fault_the_next_question_is_answered():
    async with asking() as it:
        it.server.next_faults.extend(["500", "dropped", "throttled"])
        for _ in range(3):
            with pytest.raises(TransientError):
                await it.reader.ask(QUESTION)
        assert (await it.reader.ask(QUESTION)).text == ANSWER


async def test_a_redirect_is_not_followed_and_the_token_does_not_go_there():
    async with asking() as other, asking() as it:
        it.server.fault = "redirect"
        it.server.elsewhere = f"{other.url}/openai/v1/chat/completions"
        with pytest.raises(PermanentError):
            await it.reader.ask(QUESTION)

    assert not other.server.calls


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("stranger", "Cognitive Services OpenAI User"),
        ("outside network", "Networking"),
        ("no deployment", "Deploy a model under the name reader"),
        ("no resource", "reader.settings"),
    ],
)
async def test_what_a_person_must_do_is_said(fault, words):
    async with asking() as it:
        it.server.fault = fault
        with pytest.raises(TargetDownError) as failed:
            await it.reader.ask(QUESTION)

    assert words in failed.value.remedy


async def test_another_deployment_than_there_is_is_told_as_such():
    async with asking() as it:
        with pytest.raises(TargetDownError) as failed:
            await it.of({"endpoint": it.url, "deployment": "Other"}).ask(QUESTION)

    assert "under the name Other" in failed.value.remedy


async def test_a_check_asks_nothing_that_costs():
    async with asking() as it:
        line = await it.reader.check()
        it.server.fault = "stranger"
        with pytest.raises(TargetDownError):
            await it.reader.check()

    assert line == "127.0.0.1, deployment reader, as the app's own identity"
    assert [call.path for call in it.server.calls] == ["/openai/v1/models"] * 2
    assert not it.server.questions


async def test_a_private_address_is_not_called():
    async def token(_scope, _host):
        return TOKEN

    http = Http(reach=Reach())
    deps = registry.AdapterDeps("second", http, FakeSecrets({}), FakeClock(), FakeTables(), "t", "", token)
    with pytest.raises(TargetDownError, match="its address is not called"):
        await registry.build("readers", "azure_openai", {**GOOD, "endpoint": "http://localhost:1"}, deps).ask(QUESTION)
    await http.close()


async def test_a_reader_can_be_stopped_while_it_waits():
    asked = asyncio.Event()

    async def slow(_body):
        asked.set()
        await asyncio.sleep(60)
        return ANSWER

    async with asking(slow) as it:
        waiting = asyncio.create_task(it.reader.ask(QUESTION))
        await asked.wait()
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting


@pytest.mark.parametrize(
    ("endpoint", "meant", "scope"),
    [
        ("https://contoso.openai.azure.com", "https://contoso.openai.azure.com", SCOPE),
        ("https://Contoso.openai.azure.com/", "https://contoso.openai.azure.com", SCOPE),
        ("https://contoso.openai.azure.com/openai/v1/", "https://contoso.openai.azure.com", SCOPE),
        ("https://contoso.services.ai.azure.com/openai/v1", "https://contoso.services.ai.azure.com", SCOPE),
        ("https://contoso.cognitiveservices.azure.com", "https://contoso.cognitiveservices.azure.com", SCOPE),
        (
            "https://agency.openai.azure.us/",
            "https://agency.openai.azure.us",
            "https://cognitiveservices.azure.us/.default",
        ),
    ],
)
def test_an_endpoint_is_read_as_the_portal_shows_it(endpoint, meant, scope):
    settings = registry.module("readers", "azure_openai").Settings.model_validate({**GOOD, "endpoint": endpoint})

    assert (settings.endpoint, settings.scope) == (meant, scope)
    assert settings.api == f"{meant}/openai/v1/"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"endpoint": "https://api.openai.com/v1"}, "address of the resource"),
        ({"endpoint": "https://api.openai.com"}, "no host of Azure OpenAI"),
        ({"endpoint": "https://openai.azure.com"}, "no host of Azure OpenAI"),
        ({"endpoint": "https://contoso.openai.azure.com.evil.example"}, "no host of Azure OpenAI"),
        ({"endpoint": "https://evil.example#.openai.azure.com"}, "address of the resource"),
        ({"endpoint": "https://me@contoso.openai.azure.com"}, "address of the resource"),
        ({"endpoint": "https://contoso.openai.azure.com:8443"}, "address of the resource"),
        ({"endpoint": "http://contoso.openai.azure.com"}, "address of the resource"),
        ({"endpoint": "https://contoso.services.ai.azure.com/api/projects/p"}, "address of the resource"),
        ({"endpoint": ""}, "address of the resource"),
        ({"deployment": ""}, "deployment"),
        ({"deployment": "../x"}, "deployment"),
        ({"timeout_seconds": 1}, "timeout_seconds"),
        ({"timeout_seconds": 600}, "timeout_seconds"),
        ({"api_key": "x"}, "api_key"),
    ],
)
def test_settings_that_cannot_be_meant_are_refused(wrong, words):
    with pytest.raises(ValidationError, match=words):
        registry.module("readers", "azure_openai").Settings.model_validate({**GOOD, **wrong})


_LOADED = """
import sys
{before}
loaded = sorted(name for name in sys.modules if name.partition(".")[0] in {{"openai", "httpx2", "httpcore2"}})
sys.exit(", ".join(loaded[:5]) or 0)
"""
_EVERY_ADAPTER = """
import pkgutil, importlib
import shared.adapters, shared.app, function_app
for found in pkgutil.walk_packages(shared.adapters.__path__, "shared.adapters."):
    importlib.import_module(found.name)
"""
_BUILT = """
import shared.app
from shared.adapters import registry
from shared.adapters.clients.http import Http
assert "azure_openai" in registry.kinds("readers")
deps = registry.AdapterDeps("second", Http(), None, None, None, "t", "", None)
registry.build("readers", "azure_openai", {"endpoint": "https://contoso.openai.azure.com", "deployment": "r"}, deps)
"""


@pytest.mark.parametrize("before", [_EVERY_ADAPTER, _BUILT], ids=["every adapter is listed and loaded", "it is built"])
def test_the_package_is_not_loaded_before_the_first_question(before):
    done = subprocess.run(
        [sys.executable, "-c", _LOADED.format(before=before)],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip

    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("missing", ["openai", "httpx2"])
async def test_where_the_package_is_not_installed_it_is_said_how_it_comes(monkeypatch, missing):
    async with asking() as it:
        monkeypatch.setitem(sys.modules, missing, None)
        with pytest.raises(TargetDownError, match="openai is not installed") as failed:
            await it.reader.ask(QUESTION)

    assert "FORESIGNAL_READER" in failed.value.remedy
    assert not it.server.calls
    assert not it.asked_tokens
