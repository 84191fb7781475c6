"""How Azure OpenAI answers and refuses, in the bodies that people quote where they met them.

Answers: learn.microsoft.com/azure/foundry/openai/how-to/reasoning (the whole output of a chat completion) and
.../how-to/structured-outputs (`refusal`). Refusals: .../concepts/content-filter and dotnet/azure issues (400 with
`innererror`), MicrosoftDocs/azure-docs#114370 (401 PermissionDenied), Azure-Samples/azure-search-openai-demo#391 (404),
microsoft/copilot-camp#551 (429 and its headers).
"""

import re
from collections.abc import Mapping
from typing import Any

from aiohttp import web

_SAFE = {name: {"filtered": False, "severity": "safe"} for name in ("hate", "self_harm", "sexual", "violence")}
_FILTERED = {**_SAFE, "violence": {"filtered": True, "severity": "medium"}}


class Refused(Exception):  # noqa: N818 - an answer, not a fault of ours
    """An answer that says no."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        headers: Mapping[str, str] | None = None,
        more: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.status, self.headers = status, dict(headers or {})
        self.body = {"error": {"code": code, "message": message, **(more or {})}}

    def answer(self) -> web.Response:
        return web.json_response(self.body, status=self.status, headers=self.headers)


def throttled(headers: Mapping[str, str]) -> Refused:
    message = (
        "Requests to the ChatCompletions_Create Operation under Azure OpenAI API have exceeded token rate limit of "
        "your current OpenAI S0 pricing tier. Please retry after 7 seconds."
    )
    limits = {"x-ratelimit-limit-tokens": "8000", "x-ratelimit-remaining-tokens": "0", "x-ms-region": "Sweden Central"}
    return Refused(429, "429", message, {**limits, **headers})


def filtered_prompt() -> Refused:
    """The service's own words about a prompt that it does not take."""
    message = (
        "The response was filtered due to the prompt triggering Azure OpenAI's content management policy. Please "
        "modify your prompt and retry. To learn more about our content filtering policies please read our "
        "documentation: https://go.microsoft.com/fwlink/?linkid=2198766"
    )
    inner = {"code": "ResponsibleAIPolicyViolation", "content_filter_result": _FILTERED}
    more = {"param": "prompt", "type": None, "status": 400, "innererror": inner}
    return Refused(400, "content_filter", message, more=more)


def stranger() -> Refused:
    message = "Principal does not have access to API/Operation."
    return Refused(401, "PermissionDenied", message)


def no_token() -> Refused:
    message = (
        "Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an "
        "active subscription and use a correct regional API endpoint for your resource."
    )
    return Refused(401, "401", message)


def outside_network() -> Refused:
    return Refused(403, "403", "Access denied due to Virtual Network/Firewall rules.")


def no_deployment() -> Refused:
    message = (
        "The API deployment for this resource does not exist. If you created the deployment within the last 5 minutes, "
        "please wait a moment and try again."
    )
    return Refused(404, "DeploymentNotFound", message)


def bad_request(message: str, param: str, code: str = "invalid_request_error") -> Refused:
    return Refused(400, code, message, more={"type": "invalid_request_error", "param": param})


def tokens(text: str) -> int:
    """About as many as a model counts: one for each word, number or mark."""
    return len(re.findall(r"\w+|[^\w\s]", text))


def completion(
    text: str | None,
    *,
    asked: int,
    model: str = "gpt-5-mini-2025-08-07",
    finish: str = "stop",
    refusal: str | None = None,
) -> dict[str, Any]:
    """A chat completion as the service writes it. `asked`: tokens of the question."""
    said = tokens(text or refusal or "")
    return {
        "id": "chatcmpl-AEj7pKFoiTqDPHuxOcirA9KIvf3yz",
        "object": "chat.completion",
        "created": 1_790_000_000,
        "model": model,
        "choices": [
            {
                "index": 0,
                "finish_reason": finish,
                "logprobs": None,
                "message": {"role": "assistant", "content": text, "refusal": refusal, "annotations": []},
                "content_filter_results": _FILTERED if finish == "content_filter" else _SAFE,
            }
        ],
        "prompt_filter_results": [{"prompt_index": 0, "content_filter_results": _SAFE}],
        "service_tier": None,
        "system_fingerprint": "fp_503a95a7d8",
        "usage": {
            "prompt_tokens": asked,
            "completion_tokens": said,
            "total_tokens": asked + said,
            "completion_tokens_details": {"audio_tokens": None, "reasoning_tokens": 0},
            "prompt_tokens_details": {"audio_tokens": None, "cached_tokens": 0},
        },
    }
