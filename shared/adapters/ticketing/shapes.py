"""What an answer must look like where an adapter looks into it; what stands beside that may be anything."""

import re
from collections.abc import Mapping
from typing import Any, TypeAlias

Shape: TypeAlias = type | re.Pattern[str] | Mapping[str, "Shape"] | list["Shape"] | tuple["Shape", ...]
"""A type (`object`: anything that is there), a pattern of a whole text, the names of an object with their shapes, the
one shape of a list's items, or several shapes of which one will do.

A name that ends in `?` may be missing or null; `*` stands for every name that is there.
"""


def misfit(value: Any, shape: Shape, at: str = "") -> str:
    """Where the first thing stands that has not its shape, such as `issues[0].key`; empty where all have theirs."""
    if isinstance(shape, tuple):
        faults = [misfit(value, each, at) for each in shape]
        return "" if "" in faults else faults[0]
    if isinstance(shape, Mapping):
        return _of_object(value, shape, at)
    if isinstance(shape, list):
        if not isinstance(value, list):
            return at or "a list"
        return next((fault for n, each in enumerate(value) if (fault := misfit(each, shape[0], f"{at}[{n}]"))), "")
    if isinstance(shape, re.Pattern):
        return "" if isinstance(value, str) and shape.fullmatch(value) else at
    is_truth = isinstance(value, bool) and shape is not object  # in Python a truth is a number, too
    return "" if isinstance(value, shape) and (shape is bool or not is_truth) else at


def _of_object(value: Any, shape: Mapping[str, Shape], at: str) -> str:
    if not isinstance(value, Mapping):
        return at or next((name.rstrip("?") for name in shape), "an object")
    for name, wanted in shape.items():
        if name == "*":
            faults = (misfit(each, wanted, f"{at}.*") for each in value.values())
            if fault := next(filter(None, faults), ""):
                return fault
            continue
        bare = name.removesuffix("?")
        place = f"{at}.{bare}" if at else bare
        if name != bare and value.get(bare) is None:
            continue
        if bare not in value:
            return place
        if fault := misfit(value[bare], wanted, place):
            return fault
    return ""
