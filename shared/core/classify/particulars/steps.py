"""What a post asks to be done, step by step."""

from shared.core.classify.document import Document
from shared.core.posts.particulars import Step


def read_steps(document: Document) -> tuple[Step, ...]:
    """..."""
    return ()
