"""What goes to a second reader and what comes back, whichever model it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Question:
    """What a model is asked.

    `instructions`: ours. `post`: the announcement between marks, as data. `schema`: the JSON schema of the answer, in
    which every property is required and no other is allowed.
    """

    instructions: str
    post: str
    schema: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Reply:
    """What a model said. `text`: its answer, which should be JSON of the question's schema, and is not believed to be.

    `model`: what the service calls it. `tokens_in`, `tokens_out`: what the service counted; 0 where it did not say.
    """

    text: str
    model: str = ""
    tokens_in: int = 0
    tokens_out: int = 0
