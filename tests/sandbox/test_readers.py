"""The sandbox's Azure OpenAI takes what the service takes of us, and nothing else: newer models refuse the rest."""

import copy

import httpx
import pytest

from sandbox.microsoft365.credential import token_for
from sandbox.microsoft365.serving import serve
from sandbox.readers.azure_openai import AzureOpenAI, by_post

SCHEMA = {
    "type": "object",
    "properties": {
        "kind": {"type": "string", "enum": ["a", "b"]}, "days": {"type": "array", "items": {"$ref": "#/$defs/d"}},
    },
    "required": ["kind", "days"],
    "additionalProperties": False,
    "$defs": {
        "d": {"type": "object", "properties": {"x": {"type": ["string", "null"]}}, "required": ["x"],
              "additionalProperties": False},
    },
}  # fmt: skip
BODY = {
    "model": "reader",
    "messages": [{"role": "system", "content": "Read it."}, {"role": "user", "content": "A quokka is retired."}],
    "response_format": {"type": "json_schema", "json_schema": {"name": "reading", "strict": True, "schema": SCHEMA}},
    "max_completion_tokens": 16_000,
}
GOOD = {"Authorization": f"Bearer {token_for('home', 4_000_000_000)}"}


def schema(**over):
    body = copy.deepcopy(BODY)
    body["response_format"]["json_schema"]["schema"] |= over
    return {"response_format": body["response_format"]}


async def ask(body, headers, server=None):
    server = server or AzureOpenAI(by_post({"quokka": '{"kind": "a", "days": []}'}))
    runner, port = await serve(server.app())
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        answer = await client.post("/openai/v1/chat/completions", json=body, headers=headers)
    await runner.cleanup()
    return answer, server


async def test_a_question_is_answered_by_the_model_and_counted():
    answer, server = await ask(BODY, GOOD)
    body = answer.json()

    assert body["choices"][0]["message"]["content"] == '{"kind": "a", "days": []}'
    assert body["usage"]["total_tokens"] == server.tokens_in + server.tokens_out
    assert len(server.questions) == 1


async def test_a_model_may_take_its_time():
    async def model(body):
        return body["messages"][1]["content"]

    answer, _ = await ask(BODY, GOOD, AzureOpenAI(model))

    assert answer.json()["choices"][0]["message"]["content"] == "A quokka is retired."


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer x"}, {**GOOD, "api-key": "k"}, {"api-key": "k"}])
async def test_only_a_token_lets_one_in(headers):
    answer, _ = await ask(BODY, headers)

    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "401")


@pytest.mark.parametrize(
    ("over", "status", "word"),
    [
        ({"temperature": 0}, 400, "temperature"),
        ({"max_tokens": 100}, 400, "max_tokens"),
        ({"store": True}, 400, "store"),
        ({"max_completion_tokens": 100_000}, 400, "too large"),
        ({"max_completion_tokens": None}, 400, "too large"),
        ({"messages": []}, 400, "messages"),
        ({"response_format": {"type": "json_object"}}, 400, "response_format"),
        ({"model": "other"}, 404, "does not exist"),
        (schema(additionalProperties=True), 400, "additionalProperties"),
        (schema(required=["kind"]), 400, "required"),
        (schema(minProperties=1), 400, "minProperties"),
        (schema(properties={"kind": {"type": "string", "maxLength": 3}, "days": {"type": "array"}}), 400, "maxLength"),
        (schema(type="array"), 400, "type"),
    ],
)
async def test_what_the_service_would_refuse_is_refused(over, status, word):
    answer, _ = await ask({**BODY, **over}, GOOD)

    assert answer.status_code == status
    assert word in answer.json()["error"]["message"]
