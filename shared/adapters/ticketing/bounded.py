"""Jinja templates of a policy, which cannot take memory or time without bound, whatever they say.

Jinja's sandbox keeps them from Python's insides, not from `"x" * 10 ** 9`. Here every call, filter, operator and loop
looks at what it is about to make, and all of one rendering have a number of steps.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sized
from contextvars import ContextVar
from typing import Any

from jinja2 import TemplateSyntaxError, nodes
from jinja2.runtime import Context
from jinja2.sandbox import SandboxedEnvironment
from jinja2.visitor import NodeTransformer

LONGEST = 200_000
"""Characters, or items, of what any step of a template may make."""
_WIDEST = 1_000  # for widths, counts and the like
_STEPS = 100_000
_OF_NUMBERS = frozenset(("round", "abs", "string", "int", "float", "day"))  # they make nothing of a size
_LARGEST = 2**63
_WIDE = re.compile(r"\d{4,}")
_JOINED, _LOOPED = "_joined", "_looped"  # no template of a person can say these: see `_parse`


class UnboundedError(ValueError):
    """A template makes too much; the message says of what."""


_steps: ContextVar[int] = ContextVar("steps")


class BoundedEnvironment(SandboxedEnvironment):
    """A sandbox whose templates end, and stay small. Render them with `render`."""

    intercepted_binops = frozenset(("+", "*", "**", "%"))

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.filters = {name: _filter(name, made) for name, made in self.filters.items()}

    def set_globals(self, **named: Any) -> None:
        """The only functions that templates have."""
        self.globals = {**named, _JOINED: _join, _LOOPED: _loop}

    def render(self, template: Any, context: dict[str, Any]) -> str:
        """UnboundedError where a template makes too much."""
        token = _steps.set(0)
        parts: list[str] = []
        room = LONGEST
        try:
            for part in template.generate(context):
                parts.append(part[:room])
                room -= len(part)
                if room <= 0:
                    break
        except RecursionError:
            raise UnboundedError("the template calls itself without end") from None
        finally:
            _steps.reset(token)
        return "".join(parts)

    def call(self, __context: Context, __obj: Any, *args: Any, **kwargs: Any) -> Any:
        """Every call that a template makes."""
        _step()
        owner = getattr(getattr(__obj, "__wrapped__", __obj), "__self__", None)  # Jinja wraps a text's own `format`
        name = getattr(__obj, "__name__", "")
        _look_at(name, [owner, *args] if isinstance(owner, str | bytes) else list(args), kwargs)
        return _small(super().call(__context, __obj, *args, **kwargs))

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Every operator that can make something large."""
        _step()
        if operator == "*" and not (_is_number(left) and _is_number(right)):
            size, count = (left, right) if isinstance(left, Sized) else (right, left)
            if isinstance(size, Sized) and isinstance(count, int) and len(size) * count > LONGEST:
                raise UnboundedError(f"the template repeats something {count} times")
        if operator == "**" and _is_number(left) and _is_number(right) and abs(left) > 1 and abs(right) > 64:
            raise UnboundedError("the template raises a number to a power without bound")
        if operator == "%" and isinstance(left, str):
            _look_at("%", [left, *(right if isinstance(right, tuple) else [right])], {})
        return _small(super().call_binop(context, operator, left, right))

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        for named in tree.find_all(nodes.Name):
            if named.name in {_JOINED, _LOOPED}:
                raise TemplateSyntaxError(f"there is no {named.name}", named.lineno, name, filename)
        return _Watched().visit(tree)  # type: ignore[no-any-return]  # a transformer gives back the tree that it got


class _Watched(NodeTransformer):
    """The same template, where `~` and every loop go through a function of ours."""

    def visit_Concat(self, node: nodes.Concat, *args: Any, **kwargs: Any) -> nodes.Node:  # noqa: N802 - Jinja's name
        self.generic_visit(node, *args, **kwargs)
        return nodes.Call(nodes.Name(_JOINED, "load"), node.nodes, [], None, None, lineno=node.lineno)

    def visit_For(self, node: nodes.For, *args: Any, **kwargs: Any) -> nodes.Node:  # noqa: N802 - Jinja's name
        self.generic_visit(node, *args, **kwargs)
        node.iter = nodes.Call(nodes.Name(_LOOPED, "load"), [node.iter], [], None, None, lineno=node.lineno)
        return node


def _join(*parts: Any) -> str:
    texts = [str(part) for part in parts]
    if sum(map(len, texts)) > LONGEST:
        raise UnboundedError(f"the template makes a text of over {LONGEST:,} characters")
    return "".join(texts)


def _loop(items: Any) -> Any:
    if isinstance(items, Sized):
        _step(len(items))
        return items
    return _counted(items)


def _counted(items: Iterable[Any]) -> Iterator[Any]:
    for item in items:
        _step()
        yield item


def _step(count: int = 1) -> None:
    before = _steps.get(None)
    if before is None:
        return  # a template is being compiled
    done = before + count
    if done > _STEPS:
        raise UnboundedError(f"the template takes over {_STEPS:,} steps")
    _steps.set(done)


def _filter(name: str, made: Callable[..., Any]) -> Callable[..., Any]:
    """A filter that looks at what it is given, and at what it makes."""
    from functools import wraps

    @wraps(made)
    def bounded(*args: Any, **kwargs: Any) -> Any:
        _step()
        _look_at(name, [arg for arg in args if not isinstance(arg, Context | SandboxedEnvironment)], kwargs)
        return _small(made(*args, **kwargs))

    return bounded


def _look_at(name: str, args: list[Any], named: dict[str, Any]) -> None:
    """Refuse what would make a large thing of small ones: a width, a count, a replacement, a separator."""
    given = [*args, *named.values()]
    for number in given:
        if _is_number(number) and abs(number) > _WIDEST and name not in _OF_NUMBERS:
            raise UnboundedError(f"the template gives {name or 'a call'} the number {str(number)[:20]}")
    texts = [text for text in given if isinstance(text, str)]
    if name in {"%", "format", "format_map"} and texts and (wide := _WIDE.search(texts[0])):
        raise UnboundedError(f"the template formats with a width of {wide[0][:20]}")
    if name in {"replace", "join", "translate", "expandtabs", "indent", "center"} and len(given) > 1:
        most = max((len(each) for each in given if isinstance(each, Sized)), default=0)
        rest = sorted((len(each) for each in given if isinstance(each, Sized)), reverse=True)[1:2]
        if most * max([1, *rest]) > 100 * LONGEST:
            raise UnboundedError(f"the template makes a text without bound with {name}")


def _small(made: Any) -> Any:
    if isinstance(made, Sized) and len(made) > LONGEST:
        raise UnboundedError(f"the template makes something of over {LONGEST:,} characters or items")
    if isinstance(made, int) and abs(made) > _LARGEST:
        raise UnboundedError("the template makes a number without bound")
    return made


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
