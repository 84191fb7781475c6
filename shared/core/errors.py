"""The kinds of failure: permanent, among them a target that is down, and transient; and that another wrote it first."""


class PermanentError(Exception):
    """Will not get better by waiting: the item is parked whole, with this reason. Says what to do about it."""


class TransientError(Exception):
    """May work later: the trigger's shell puts the message back with a delay.

    Args:
        reason: what failed, for the log and `/api/health`; holds no secret.
        retry_after: seconds until it is worth trying again; None leaves it to the shell's own back-off.
    """

    def __init__(self, reason: str, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class ForbiddenError(TransientError):
    """A service of Azure does not let our identity do this, or not from here.

    Args:
        reason: what it refused.
        code: its own word for it, such as `AuthorizationPermissionMismatch`.
    """

    def __init__(self, reason: str, code: str = "") -> None:
        super().__init__(reason)
        self.code = code


class NotMadeError(TransientError):
    """A table, queue or container is not there: an upgrade without `azd provision` looks so."""


class SignInError(PermanentError):
    """Entra gives us no token.

    Args:
        reason: what it said; holds no secret.
        code: its own word for it, such as `AADSTS65001`.
    """

    def __init__(self, reason: str, code: str = "") -> None:
        super().__init__(reason)
        self.code = code


class UngrantedError(PermanentError):
    """Graph does not let us read, although it knows us: an app role is missing there."""


class TargetDownError(PermanentError):
    """A channel or ticket system takes nothing at all: that is one fault, and what is due there waits until it is back.

    Args:
        reason: what it answered; holds no secret.
        remedy: what a person does about it, as whole sentences.
    """

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.remedy = remedy


class ConflictError(Exception):
    """A conditional write met a row that somebody else wrote meanwhile: read again, redo the pure step."""


class StaleError(Exception):
    """What was to be written outside was changed by somebody else since it was read: read it again; nothing is written.

    It is met where it is raised, and leaves no use case.
    """


class DeclinedError(PermanentError):
    """A system outside does not take one thing, for its value or for a limit: everything else goes on."""


class RefusedError(Exception):
    """Storage will never take this row as it is: too large, or a value it does not know.

    Args:
        key: the row's key, so that this item alone is parked and the rest done again.
        reason: what is wrong with it.
    """

    def __init__(self, key: str, reason: str) -> None:
        super().__init__(f"{key}: {reason}")
        self.key = key
        self.reason = reason
