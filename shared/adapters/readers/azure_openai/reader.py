"""One question to a deployment of Azure OpenAI, and what it answered."""

import logging
from typing import TYPE_CHECKING, Any

from shared.adapters.clients.answers import read_json
from shared.adapters.readers.azure_openai.refusals import refusal_of
from shared.adapters.readers.azure_openai.settings import Settings
from shared.adapters.readers.azure_openai.transport import guarded_client
from shared.adapters.registry import AdapterDeps
from shared.core.errors import DeclinedError, PermanentError, TargetDownError, TransientError
from shared.core.second.asking import Question, Reply
from shared.core.text.safe import text_of

if TYPE_CHECKING:
    from openai import AsyncOpenAI

#: Tokens of an answer, which bounds its price. The answer itself has less than 4,000, but what a reasoning model thinks
#: before it counts as well. Older models write 16,384 at most, and Azure takes all of it from the minute's quota
#: (learn.microsoft.com/azure/foundry/openai/how-to/reasoning, .../how-to/quota).
MOST_TOKENS = 16_000
_LONGEST = 200_000  # characters of an answer
_LONGEST_NAME = 60  # characters of a model's name
_MOST_COUNTED = 10_000_000  # tokens; a count over it is a mistake
_LOGGERS = ("openai", "httpx2")


class AzureOpenAI:
    """One deployment. The package `openai` is loaded at the first question: it is large, and most have no reader."""

    def __init__(self, settings: Settings, deps: AdapterDeps) -> None:
        self._settings, self._deps = settings, deps
        self._what = f"reader {deps.name}"

    async def ask(self, question: Question) -> Reply:
        """One call. What a reasoning model refuses is not sent: `temperature`, `top_p`, `seed`, `max_tokens`.

        Nor is `store`, which is off where it is not sent. `system` is what every model takes; newer ones read it as
        `developer`.
        """
        client = await self._client()
        return self._reply(
            await self._called(
                client.chat.completions.with_raw_response.create(
                    model=self._settings.deployment,
                    messages=[
                        {"role": "system", "content": question.instructions},
                        {"role": "user", "content": question.post},
                    ],
                    response_format={
                        "type": "json_schema",
                        "json_schema": {"name": "reading", "strict": True, "schema": dict(question.schema)},
                    },
                    max_completion_tokens=MOST_TOKENS,
                )
            )
        )

    async def check(self) -> str:
        """The models that the resource may deploy are listed for whoever may ask it, and cost nothing.

        Whether there is the deployment, only a question can tell: deployments are listed for administrators alone.
        """
        client = await self._client()
        await self._called(client.models.with_raw_response.list())
        return f"{self._settings.host}, deployment {self._settings.deployment}, as the app's own identity"

    async def _client(self) -> "AsyncOpenAI":
        """A client for one call: making one opens nothing, and each has a token that is good now."""
        seconds = float(self._settings.timeout_seconds)
        try:
            from openai import AsyncOpenAI

            client = guarded_client(self._deps.http, self._what, seconds)
        except ImportError as error:
            raise TargetDownError(
                f"{self._what}: the package openai is not installed here",
                "Set FORESIGNAL_READER_ACCOUNT to the id of the Azure OpenAI account, and deploy the app again (azd "
                "up). On a machine of your own, run: pip install 'openai>=3,<4'.",
            ) from error
        for name in _LOGGERS:  # at DEBUG they write what is sent
            logging.getLogger(name).setLevel(logging.WARNING)
        token = await self._deps.token(self._settings.scope, self._settings.host)
        return AsyncOpenAI(
            api_key=token,
            base_url=self._settings.api,
            organization="",  # else the environment may name one, of OpenAI's own service
            project="",
            timeout=seconds,
            max_retries=0,
            http_client=client,
        )

    async def _called(self, call: Any) -> bytes:
        """What was answered. Errors of the package hold the answer, so none is the cause of ours."""
        import openai

        try:
            answer = await call
        except openai.APIStatusError as error:
            response = error.response
            raise refusal_of(
                response.status_code, response.headers, response.content, self._settings, self._what
            ) from None
        except openai.APIConnectionError as error:
            said = f"{self._what}: {self._settings.host} gave no answer ({type(error).__name__})"
            raise TransientError(said) from None
        except openai.OpenAIError as error:
            raise PermanentError(f"{self._what}: the question could not be asked ({type(error).__name__})") from None
        content: bytes = answer.http_response.content
        return content

    def _reply(self, content: bytes) -> Reply:
        try:
            body = read_json(content)
        except ValueError:
            body = None
        choices = body.get("choices") if isinstance(body, dict) else None
        if not isinstance(body, dict) or not isinstance(choices, list) or not choices:
            raise PermanentError(
                f"{self._what}: {self._settings.host} answered without a choice: is {self._settings.endpoint} the "
                "address of an Azure OpenAI resource?"
            )
        choice = choices[0] if isinstance(choices[0], dict) else {}
        message = choice.get("message")
        message = message if isinstance(message, dict) else {}
        if reason := _declined(choice, message):
            raise DeclinedError(f"{self._what}: {reason} (deployment {self._settings.deployment})")
        text = message.get("content")
        if not isinstance(text, str) or not text.strip() or len(text) > _LONGEST:
            raise PermanentError(f"{self._what}: the deployment {self._settings.deployment} answered without a text")
        usage = body.get("usage")
        usage = usage if isinstance(usage, dict) else {}
        model = body.get("model")
        return Reply(
            text=text_of(text),
            model=text_of(model)[:_LONGEST_NAME] if isinstance(model, str) else "",
            tokens_in=_count(usage.get("prompt_tokens")),
            tokens_out=_count(usage.get("completion_tokens")),
        )


def _declined(choice: dict[str, Any], message: dict[str, Any]) -> str:
    """Why this post gets no answer; empty where it does."""
    if choice.get("finish_reason") == "content_filter":
        return "the content filter stopped the answer"
    if message.get("refusal"):
        return "the model refused to answer"
    if choice.get("finish_reason") == "length":
        return f"the answer was cut off after {MOST_TOKENS:,} tokens"
    return ""


def _count(value: Any) -> int:
    return value if type(value) is int and 0 <= value <= _MOST_COUNTED else 0
