"""What an answer must look like where an adapter looks into it; what stands beside that may be anything."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

Shape: TypeAlias = type | re.Pattern[str] | Mapping[str, "Shape"] | list["Shape"] | tuple["Shape", ...]
"""A type (`object`: anything that is there), a pattern of a whole text, the names of an object with their shapes, the
one shape of a list's items, or several shapes of which one will do.

A name that ends in `?` may be missing or null; `*` stands for every name that is there.
"""


def misfit(value: Any, shape: Shape) -> str:
    """Where the first thing stands that has not its shape, such as `issues[0].key`; empty where all have theirs."""
    return next(_misfits(value, shape, ""), "")


def _misfits(value: Any, shape: Shape, at: str) -> Iterator[str]:
    if isinstance(shape, tuple):
        faults = [list(_misfits(value, each, at)) for each in shape]
        yield from () if [] in faults else faults[-1]
    elif isinstance(shape, Mapping):
        whole = next((name.removesuffix("?") for name in shape), "an object")
        yield from _of_object(value, shape, at) if isinstance(value, Mapping) else (at or whole,)
    elif isinstance(shape, list):
        if not isinstance(value, list):
            yield at or "a list"
            return
        for number, each in enumerate(value):
            yield from _misfits(each, shape[0], f"{at}[{number}]")
    elif not _is(value, shape):
        yield at or "a value"


def _is(value: Any, shape: type | re.Pattern[str]) -> bool:
    if isinstance(shape, re.Pattern):
        return isinstance(value, str) and shape.fullmatch(value) is not None
    if isinstance(value, bool):  # in Python a truth is a number, too
        return shape in {bool, object}
    return isinstance(value, shape)


def _of_object(value: Mapping[str, Any], shape: Mapping[str, Shape], at: str) -> Iterator[str]:
    for name, wanted in shape.items():
        bare = name.removesuffix("?")
        place = f"{at}.{bare}" if at else bare
        if name == "*":
            for each in value.values():
                yield from _misfits(each, wanted, place)
        elif bare not in value:
            yield from () if name != bare else (place,)
        elif name == bare or value[bare] is not None:
            yield from _misfits(value[bare], wanted, place)
