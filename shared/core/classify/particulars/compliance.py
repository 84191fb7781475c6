"""The rows of the compliance table that are not answered "no"."""

from shared.core.classify.document import Document
from shared.core.posts.particulars import Compliance


def read_compliance(document: Document) -> tuple[Compliance, ...]:
    """..."""
    return ()
