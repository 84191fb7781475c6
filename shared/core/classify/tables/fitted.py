"""x."""

WEIGHTS: dict[str, str] = {}
