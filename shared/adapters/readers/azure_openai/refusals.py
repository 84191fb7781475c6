"""What Azure OpenAI says when it gives no answer, as our own errors. None of them repeats anything that it said.

What it says may hold the post: only its codes are told, and only those that look like codes.
learn.microsoft.com/azure/foundry/openai/concepts/content-filter, .../how-to/quota (429)
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from shared.adapters.clients.answers import read_json
from shared.adapters.clients.http import wait_of
from shared.adapters.readers.azure_openai.settings import Settings
from shared.core.errors import DeclinedError, PermanentError, TargetDownError, TransientError

_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,59}")
_PASSING = frozenset({408, 409, 425, 429})
_LONGEST_WAIT = 86_400.0  # seconds
_MILLISECONDS = "retry-after-ms"
_FILTERED = frozenset({"content_filter", "ResponsibleAIPolicyViolation"})
_TOO_LONG = frozenset({"context_length_exceeded", "string_above_max_length"})
_UNSUPPORTED = frozenset({"unsupported_parameter", "unsupported_value", "OperationNotSupported"})
_ITSELF = "Nothing else is needed: the next post is asked about as before."
ROLE = "Cognitive Services OpenAI User"


def refusal_of(status: int, headers: Mapping[str, str], content: bytes, settings: Settings, what: str) -> Exception:
    """The error for an answer that is no success. `headers`: their names in small letters; `what`: of whom it tells."""
    error = _error_in(content)
    inner = error.get("innererror")
    codes = {_code(error.get("code")), _code(inner.get("code")) if isinstance(inner, Mapping) else ""} - {""}
    named = f" ({', '.join(sorted(codes))})" if codes else ""
    said = f"{what}: {settings.host} answered {status}{named}"
    if status == 400 and codes & _FILTERED:
        return DeclinedError(f"{said}: the content filter of the deployment {settings.deployment} stopped the post")
    if status == 400 and codes & _TOO_LONG:
        return DeclinedError(f"{said}: the post is longer than the model of {settings.deployment} reads")
    if status in _PASSING or status >= 500:
        return TransientError(said, _wait_of(headers))
    if status in {401, 403}:
        return TargetDownError(said, f"{_RIGHTS[status].format(host=settings.host)} {_ITSELF}")
    if status == 404:
        return TargetDownError(f"{said}: there is no such deployment", _missing(codes, settings))
    if codes & _UNSUPPORTED or _code(error.get("param")) == "response_format":
        return PermanentError(
            f"{said}: the model of the deployment {settings.deployment} takes no JSON schema; deploy one that has "
            "structured outputs"
        )
    return PermanentError(f"{said}: is {settings.endpoint} the address of an Azure OpenAI resource?")


_RIGHTS = {
    401: f"Give the app's managed identity the role {ROLE} on the resource {{host}}, which must be in the app's own "
    "Entra tenant: set FORESIGNAL_READER_ACCOUNT to the resource's id and run `azd provision`. A new role takes some "
    "minutes.",
    403: f"Let the app reach the resource {{host}}: look at its Networking page, and at the role {ROLE} of the app's "
    "managed identity.",
}


def _missing(codes: set[str], settings: Settings) -> str:
    if codes & {"DeploymentNotFound", "model_not_found"}:
        return (
            f"Deploy a model under the name {settings.deployment} in the resource {settings.host}, or name one that is "
            f"there in the policy (reader.settings.deployment). A new deployment takes five minutes. {_ITSELF}"
        )
    return (
        f"Look at reader.settings in the policy: is {settings.endpoint} the endpoint of an Azure OpenAI resource, and "
        f"{settings.deployment} a deployment in it? {_ITSELF}"
    )


def _error_in(content: bytes) -> Mapping[str, Any]:
    try:
        body = read_json(content)
    except ValueError:
        return {}
    error = body.get("error", body) if isinstance(body, dict) else {}
    return error if isinstance(error, dict) else {}


def _code(value: Any) -> str:
    """What is a code by its look; empty for anything else."""
    return value if isinstance(value, str) and _CODE.fullmatch(value) else ""


def _wait_of(headers: Mapping[str, str]) -> float | None:
    try:
        milliseconds = float(headers.get(_MILLISECONDS, ""))
    except ValueError:
        return wait_of(headers, datetime.now(UTC))
    if milliseconds != milliseconds:  # noqa: PLR0124 - not a number
        return None
    return min(max(0.0, milliseconds / 1000), _LONGEST_WAIT)
