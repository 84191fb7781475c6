"""Posts with the labels that people gave them, read from a file of one JSON object a line: `post` and `label`."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shared.core.classify.document import Document, read_document
from shared.core.classify.evidence import read_findings
from shared.core.classify.findings import Findings
from shared.core.posts.post import Post, read_post


@dataclass(frozen=True, slots=True)
class Labelled:
    """One post, read as far as nothing is decided, and what it should be read as. `day` is YYYY-MM-DD."""

    post: Post
    label: dict[str, Any]
    day: str
    document: Document
    findings: Findings

    def want(self, field: str) -> str:
        """The label of a field that weights decide."""
        if field == "crb":
            return "yes" if self.label["crb"] else "no"
        return str(self.label[{"need": "action", "user": "user_impact"}.get(field, field)])

    def names(self) -> dict[str, float]:
        """Every finding with how far it holds, in the order of names: sums, and so the fit, depend on the order."""
        found = self.findings
        names = dict.fromkeys(found.signals, 1.0) | dict.fromkeys(found.terms, 1.0) | found.marks
        return dict(sorted(names.items()))


def read_labelled(path: Path) -> list[Labelled]:
    """All labelled posts of a file, in the order of their days."""
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return sorted((_labelled(json.loads(line)) for line in lines), key=lambda one: (one.day, one.post.id))


def _labelled(row: dict[str, Any]) -> Labelled:
    post = read_post(row["post"])
    document = read_document(post)
    findings = read_findings(post, document, None)
    return Labelled(post, row["label"], row["post"]["startDateTime"][:10], document, findings)
