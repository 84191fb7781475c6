"""The names that infra/ declares, read from its Bicep files without a Bicep compiler."""

import re
from pathlib import Path

INFRA = Path(__file__).resolve().parents[2] / "infra"

_COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
_STRING = re.compile(r"'(?:\\.|[^'\\\n])*'")
_PLAIN = re.compile(r"'[\w-]+'")
_SETTINGS = re.compile(r"\bname: 'appsettings'\s+properties: \{(.*?)\n\s*\}", re.DOTALL)
_SETTING = re.compile(r"^\s*'?(\w+)'?:", re.MULTILINE)


def declared(infra: Path = INFRA) -> dict[str, set[str]]:
    """Names by kind: queues, tables, containers, settings; ValueError where one is not declared exactly once."""
    text = "\n".join(code(path) for path in bicep_files(infra))
    names = {kind: _array(text, kind) for kind in ("queues", "tables", "containers")}
    return names | {"settings": set(_SETTING.findall(_only(_SETTINGS.findall(text), "settings")))}


def bicep_files(infra: Path = INFRA) -> list[Path]:
    return sorted(infra.rglob("*.bicep"))


def code(path: Path) -> str:
    """A Bicep file without its comments."""
    kept = re.compile(rf"({_STRING.pattern})|{_COMMENT.pattern}", re.DOTALL)
    return kept.sub(lambda found: found[1] or "", path.read_text(encoding="utf-8"))


def _array(text: str, name: str) -> set[str]:
    body = _only(re.findall(rf"^var {name} = \[(.*?)\]", text, re.DOTALL | re.MULTILINE), name)
    items = body.split()
    if len(items) != len(set(items)) or not all(_PLAIN.fullmatch(item) for item in items):
        raise ValueError(f"{name} must be plain names, each once: {items}")
    return {item.strip("'") for item in items}


def _only(found: list[str], what: str) -> str:
    if len(found) != 1:
        raise ValueError(f"infra declares {what} {len(found)} times; it must be once, as a plain literal")
    return found[0]
