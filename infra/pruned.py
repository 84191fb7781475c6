"""What of the installed libraries goes to Azure: nothing that the app never imports.

msgraph-sdk has 16,700 modules, one for each path and each type of Microsoft Graph. The app asks for a handful of paths.
Which modules that takes is read from our code and from msgraph's, so a new path needs no list to be kept.
"""

import ast
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

MSGRAPH = "msgraph"
_CLIENT = ("msgraph.graph_service_client", "GraphServiceClient")
_TYPES = "msgraph.generated.models."
"""Types load the types of their fields when an answer is read, so all of these are needed with them."""

_SUFFIXES = frozenset({".pyi", ".pyx", ".pxd", ".pxi", ".c", ".h", ".pyc"})
"""Type stubs, and the sources of what is compiled."""
_FILES = frozenset({"py.typed", ".lock"})
_FOLDERS = frozenset({"tests", "test", "__pycache__"})
_OF_AN_INSTALLER = frozenset({"RECORD", "INSTALLER", "REQUESTED", "direct_url.json", "uv_cache.json"})
"""In a *.dist-info: what lists files that are not all here, and who put them there. Names, versions, licences stay."""
COMMAND_LINE = frozenset({"typer", "shellingham", "rich", "pygments", "markdown_it", "markdown_it_py", "mdurl"})
"""What only the command `foresignal` imports, which nobody calls in Azure: typer, rich and what they bring along."""

OPENAI = {
    "resources": frozenset({"__init__.py", "chat", "models.py"}),
    "types": frozenset({"chat", "graders", "responses", "shared", "shared_params"}),
}
"""What of `openai` a second reader loads: of its resources, and of the folders of its types."""


class UnknownPathError(Exception):
    """Our code asks msgraph for something that it has not, or in a way that the rule does not read."""


def prune(site_packages: Path, code: Iterable[Path]) -> None:
    """Delete what `code`, our own files, never loads. UnknownPathError where that cannot be told of msgraph."""
    kept = graph_modules(site_packages, code)
    for path in [path for path in site_packages.rglob("*") if path.is_file()]:
        place = path.relative_to(site_packages)
        if _needless(place) or (place.parts[0] == MSGRAPH and path not in kept):
            path.unlink()
    shutil.rmtree(site_packages / "bin", ignore_errors=True)  # commands, which nobody calls in Azure
    for folder in sorted((path for path in site_packages.rglob("*") if path.is_dir()), reverse=True):
        if not any(folder.iterdir()):
            folder.rmdir()


def _needless(place: Path) -> bool:
    *folders, name = place.parts
    if place.parts[0] == "openai" and _needless_of_openai(place.parts[1:]):
        return True
    if folders and folders[0].partition("-")[0] in COMMAND_LINE:
        return True
    if folders and folders[0].endswith(".dist-info"):
        return name in _OF_AN_INSTALLER
    return place.suffix in _SUFFIXES or name in _FILES or bool(_FOLDERS & set(folders))


def _needless_of_openai(parts: tuple[str, ...]) -> bool:
    part, beside = parts[0], parts[1] if len(parts) > 1 else ""
    if part == "resources":
        return beside not in OPENAI[part]
    return part == "types" and len(parts) > 2 and beside not in OPENAI[part]


def graph_modules(site_packages: Path, code: Iterable[Path]) -> set[Path]:
    """The files of msgraph that are loaded when `code` makes its requests and reads the types that it imports.

    That is: what it imports by name; for each `client.planner.tasks...to_get_request_information()` the module of each
    step; and whatever these import at their top.
    """
    if not (site_packages / MSGRAPH).is_dir():
        return set()
    library, names = _Library(site_packages), set[str]()
    for file in code:
        tree = ast.parse(file.read_text(encoding="utf-8"))
        names |= {name for name in _imported(tree, "") if library.file(name)}
        for path in _requests(tree):
            names |= library.walk(path)
    return library.closure(names)


def _requests(tree: ast.AST) -> Iterator[list[str]]:
    """The paths that are asked for: `client.a.b(c).to_get_request_information()` is [a, b]."""
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Attribute)
            and node.attr.startswith("to_")
            and node.attr.endswith("_request_information")
        ):
            steps, inner = list[str](), node.value
            while isinstance(inner, ast.Attribute | ast.Call):
                if isinstance(inner, ast.Attribute):
                    steps.insert(0, inner.attr)
                inner = inner.value if isinstance(inner, ast.Attribute) else inner.func
            yield steps


def _imported(tree: ast.AST, package: str) -> Iterator[str]:
    """The modules of `from x import y` anywhere under a node, in full; `package` is where relative names begin."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            yield ".".join([*above, *filter(None, [node.module])])


class _Library:
    """msgraph as source text; it is never imported, as it may be for another Python than this one."""

    def __init__(self, site_packages: Path) -> None:
        self._root = site_packages

    def file(self, name: str) -> Path | None:
        """The file of a module or package of msgraph; None for any other name."""
        if not f"{name}.".startswith(f"{MSGRAPH}."):
            return None
        place = self._root.joinpath(*name.split("."))
        return next((file for file in (place.with_suffix(".py"), place / "__init__.py") if file.is_file()), None)

    def walk(self, steps: list[str]) -> set[str]:
        """The modules of the builders on a path, from the client on."""
        (module, builder), walked = _CLIENT, set[str]()
        for step in steps:
            module, builder = self._next(module, builder, step)
            walked.add(module)
        return walked

    def closure(self, names: Iterable[str]) -> set[Path]:
        """Their files, those of their packages, and what all of these load."""
        found, todo = dict[str, Path](), set(names)
        while todo:
            name = todo.pop()
            file = self.file(name)
            if file is None or name in found:
                continue
            found[name] = file
            todo.add(name.rpartition(".")[0])
            tree, package = self._read(name)
            loads = (
                [tree] if name.startswith(_TYPES) else [node for node in tree.body if isinstance(node, ast.ImportFrom)]
            )
            todo.update(each for node in loads for each in _imported(node, package))
        return set(found.values())

    def _next(self, module: str, builder: str, step: str) -> tuple[str, str]:
        """Which builder a step of another leads to, and its module: the step imports it."""
        tree, package = self._read(module)
        [shape] = [node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == builder]
        for node in shape.body:
            if isinstance(node, ast.FunctionDef) and node.name == step:
                for inner in ast.walk(node):
                    if isinstance(inner, ast.ImportFrom):
                        return next(_imported(inner, package)), inner.names[0].name
        for base in shape.bases:
            for node in tree.body:
                if isinstance(node, ast.ImportFrom) and isinstance(base, ast.Name) and node.names[0].name == base.id:
                    above = next(_imported(node, package))
                    if self.file(above):
                        return self._next(above, base.id, step)
        raise UnknownPathError(f"{module}.{builder} has no {step}: is it written as msgraph {MSGRAPH} has it?")

    def _read(self, name: str) -> tuple[ast.Module, str]:
        """A module's tree, and the package that its relative imports start from."""
        file = self.file(name)
        if file is None:
            raise UnknownPathError(f"msgraph has no module {name}")
        package = name if file.name == "__init__.py" else name.rpartition(".")[0]
        return ast.parse(file.read_text(encoding="utf-8")), package
