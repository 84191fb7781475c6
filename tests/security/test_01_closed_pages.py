"""Nobody sees a page who is not known: every HTTP function is walked, as strangers of each kind."""

import base64
import json

import azure.functions as func
import pytest

import function_app
from functions.pages.respond import html, respond
from functions.pages.who import HERE, OPEN, Person, person
from sandbox.host.options import listen
from shared import app, settings

CONNECTION = (
    "DefaultEndpointsProtocol=http;AccountName=a;AccountKey=a2V5;BlobEndpoint=http://127.0.0.1:1/a;"
    "QueueEndpoint=http://127.0.0.1:1/a;TableEndpoint=http://127.0.0.1:1/a;"
)
OURS = {"AzureWebJobsStorage": CONNECTION, "FORESIGNAL_DEPLOYMENT": "t", "FORESIGNAL_PUBLIC_URL": "https://t.example"}
ROLE = "http://schemas.microsoft.com/ws/2008/06/identity/claims/role"
OID = "http://schemas.microsoft.com/identity/claims/objectidentifier"


def principal(*claims, **more):
    text = json.dumps({"auth_typ": "aad", "claims": [{"typ": kind, "val": value} for kind, value in claims], **more})
    return base64.b64encode(text.encode()).decode()


ANA = principal((OID, "0f8e"), ("name", "Ana Torres"))


def http_functions():
    for builder in function_app.app._function_builders:  # get_functions() can be asked once a process
        function = builder.build()
        for binding in json.loads(str(function))["bindings"]:
            if binding["type"] == "httpTrigger":
                yield function.get_function_name(), binding, function.get_user_function()


ALL = list(http_functions())
CLOSED = [each for each in ALL if each[0] not in OPEN]


@pytest.fixture
async def deployed(monkeypatch):
    """Makes this process one of a deployment with these further app settings."""

    def deploy(**more):
        for name in (*OURS, settings.LOCAL, "WEBSITE_AUTH_ENABLED", "WEBSITE_SITE_NAME"):
            monkeypatch.delenv(name, raising=False)
        for name, value in {**OURS, **more}.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(app, "_app", None)
        monkeypatch.setattr(app, "_around", None)

    yield deploy
    await app.close()


async def asked(function, binding, **headers):
    params = dict.fromkeys(("id", "number", "system", "channel"), "MC1200001")
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    request = func.HttpRequest(
        method=(binding.get("methods") or ["GET"])[0], url="https://t.example/api/x", headers=sent, params={},
        route_params=params, body=b"",
    )  # fmt: skip
    return await function(request)


def test_there_are_functions_to_walk_and_every_open_one_exists_and_has_a_reason():
    names = {name for name, *_ in ALL}

    assert set(OPEN) < names
    assert all(OPEN.values())
    assert len(CLOSED) >= 8


STRANGERS = {
    "with a connection string in the settings": ({}, {}),
    "without sign-in, with a forged principal": ({}, {"x_ms_client_principal": ANA}),
    "in Azure, with the sandbox's setting": ({"FORESIGNAL_LOCAL": "1", "WEBSITE_SITE_NAME": "fs"}, {}),
    "with another value of the sandbox's setting": ({"FORESIGNAL_LOCAL": "true"}, {}),
    "with sign-in, without a principal": ({"WEBSITE_AUTH_ENABLED": "True"}, {}),
    "with sign-in and a principal of nobody": (
        {"WEBSITE_AUTH_ENABLED": "True"},
        {"x_ms_client_principal": principal(("name", "Ana Torres"))},
    ),
    "with sign-in and rubbish as principal": ({"WEBSITE_AUTH_ENABLED": "True"}, {"x_ms_client_principal": "%%%"}),
    "with sign-in and only a name in a header of its own": (
        {"WEBSITE_AUTH_ENABLED": "True"},
        {"x_ms_client_principal_name": "ana", "x_ms_client_principal_id": "0f8e"},
    ),
}


@pytest.mark.parametrize("stranger", STRANGERS)
@pytest.mark.parametrize(("name", "binding", "function"), CLOSED, ids=[name for name, *_ in CLOSED])
async def test_a_stranger_is_refused(name, binding, function, stranger, deployed):
    more, headers = STRANGERS[stranger]
    deployed(**more)

    answer = await asked(function, binding, **headers)

    assert answer.status_code in {401, 403}, name
    assert b"closed" in answer.get_body()


@pytest.mark.parametrize(
    "more", [{"WEBSITE_AUTH_ENABLED": "True", "WEBSITE_SITE_NAME": "fs"}, {"FORESIGNAL_LOCAL": "1"}]
)
async def test_a_person_whom_we_know_gets_the_page(more, deployed):
    async def show(_app, _request):
        return html("the page")

    deployed(**more)

    answer = await asked(lambda request: respond(request, show), {}, x_ms_client_principal=ANA)

    assert (answer.status_code, answer.get_body()) == (200, b"the page")


async def test_health_tells_a_stranger_no_more_than_whether_we_are_well(deployed):
    deployed()
    (binding, health) = next((binding, function) for name, binding, function in ALL if name == "health")

    answer = await asked(health, binding)

    assert set(json.loads(answer.get_body())) == {"status"}


NOBODY = None
SIGNED_IN = settings.Settings("t", "", sign_in=True)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (ANA, Person("0f8e", "Ana Torres")),
        (principal(("oid", " 0f8e ")), Person("0f8e", "0f8e")),
        (
            principal(("oid", "0f8e"), ("preferred_username", "ana@t.example")),
            Person("0f8e", "ana@t.example", "ana@t.example", account="ana@t.example"),
        ),
        (
            principal((OID, "0f8e"), ("name", "Ana"), ("email", "ana@t.example"), ("roles", "reviewer")),
            Person("0f8e", "Ana", "ana@t.example", frozenset({"reviewer"})),
        ),
        (
            principal((OID, "0f8e"), ("roles", "Privacy"), ("roles", "admin"), ("roles", "owner"), (ROLE, "reviewer")),
            Person("0f8e", "0f8e", "", frozenset({"reviewer", "admin", "privacy"})),
        ),
        ("", NOBODY),
        (principal(), NOBODY),
        (principal((OID, "")), NOBODY),
        (base64.b64encode(b"[]").decode(), NOBODY),
        (base64.b64encode(b'{"claims": [1, {"typ": 1}, {"typ": "oid", "val": 5}]}').decode(), NOBODY),
        (base64.b64encode(b"\xff\xfe").decode(), NOBODY),
        (base64.b64encode(b"[" * 40_000).decode(), NOBODY),
        (principal((OID, "0f8e"), filler="x" * 100_000), NOBODY),
        ("not base64!", NOBODY),
    ],
)
def test_who_somebody_is_stands_in_the_principal_that_the_platform_puts_there(header, expected):
    assert person(SIGNED_IN, {"x-ms-client-principal": header}) == expected
    assert person(settings.Settings("t", ""), {"x-ms-client-principal": header}) is NOBODY


def test_the_sandbox_is_open_to_whoever_sits_at_it_and_listens_on_loopback_only():
    assert person(settings.Settings("t", "", local=True), {}) == HERE
    with listen(0) as socket:
        assert socket.getsockname()[0] == "127.0.0.1"
