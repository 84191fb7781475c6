"""One of many fails, in whatever way, and the others are done all the same."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from shared.core.errors import PermanentError, TransientError

_LOG = logging.getLogger("foresignal.apart")


@contextmanager
def apart(what: str, *, passing: type[Exception] | tuple[type[Exception], ...] = ()) -> Iterator[None]:
    """What fails inside is logged with its name and ends there.

    A failure of the outside is one line; a fault of our own comes with its traceback. `passing`: what ends the loop,
    because it would meet every one of them (storage that does not answer).
    """
    try:
        yield
    except passing:
        raise
    except (TransientError, PermanentError) as error:
        _LOG.error("%s: %s", what, error)
    except Exception:  # noqa: BLE001 - that is what this is for
        _LOG.exception("%s: a fault of Foresignal's own; the others go on. Please report it", what)
