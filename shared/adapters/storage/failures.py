"""What the storage SDKs raise, as our failures: everything that may pass is transient, also missing rights."""

from collections.abc import Iterator
from contextlib import contextmanager

from azure.core.exceptions import AzureError, HttpResponseError

from shared.core.errors import ForbiddenError, NotMadeError, TransientError

RETRIES = {"retry_total": 1, "retry_connect": 1, "retry_read": 1, "retry_status": 1, "retry_backoff_factor": 0.2}
"""One quick retry in the SDK. The triggers' shell does all longer waiting."""
_NOT_MADE = frozenset({"TableNotFound", "QueueNotFound", "ContainerNotFound"})


@contextmanager
def as_ours(what: str) -> Iterator[None]:
    """Turns the SDK's errors into TransientError that names the table, queue or container and what to look at."""
    try:
        yield
    except HttpResponseError as error:
        status = error.status_code
        advice = "give the app's identity its roles on the storage account" if status in {401, 403} else "see its state"
        code = code_of(error) or error.reason or ""
        reason = f"storage refused {what}: {status} {code}; {advice}"
        if status in {401, 403}:
            raise ForbiddenError(reason, code) from error
        raise (NotMadeError if code in _NOT_MADE else TransientError)(reason) from error
    except AzureError as error:
        raise TransientError(f"storage is not to be reached for {what} ({type(error).__name__})") from error


def code_of(error: HttpResponseError) -> str:
    """Storage's own word for what is wrong; empty where it says none."""
    code = getattr(error, "error_code", None)
    return str(getattr(code, "value", code) or "")
