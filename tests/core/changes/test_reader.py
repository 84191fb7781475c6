"""Whoever changes what is read raises the version of the reader; the sandbox's sample posts notice it."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

from shared.core.changes.change import READER
from shared.core.changes.facts import facts_of

SAMPLES = Path(__file__).parents[3] / "sandbox" / "samples" / "history.jsonl"
READ_BY = (5, "8026902db8c9273a")
"""The version of the reader, and the digest of what it reads out of the samples."""


def digest():
    lines = [json.loads(line) for line in SAMPLES.read_text(encoding="utf-8").splitlines()]
    facts = [repr(replace(facts_of(line["post"]), reader=0)) for line in lines if "post" in line]
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()[:16]


def test_what_is_read_out_of_the_samples_changes_with_the_readers_version_only():
    assert (READER, digest()) == READ_BY, (
        "The samples are read otherwise than by the version that is named here. Where that version is released, raise "
        "READER in shared/core/changes/change.py, so that known changes are read anew and nobody is woken; then put "
        "the new pair here."
    )
