"""The fit of the weights, over posts of our own writing."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("sklearn", reason="scikit-learn is not installed: pip install -e '.[fit]'")

from tools.calibrating import calibrate
from tools.fit_weights import calibration_module, module
from tools.fitting import Setting, fit
from tools.labelled import read_labelled

STORED = Path(__file__).parent / "fitted_sample.json"
THINGS = ("pages", "lists", "forms", "boards", "notes", "plans")
LABELS = {
    "new_feature": {"default": "on", "action": "none", "user_impact": "low", "crb": False},
    "retirement": {"default": "removed", "action": "required", "user_impact": "high", "crb": True},
    "security": {"default": "on", "action": "optional", "user_impact": "medium", "crb": True},
}
UNDATED = {"rollouts": [], "status": "no_schedule", "act_by": None, "training": False}
ADMIN = {"none": "low", "optional": "medium", "required": "high"}
TEXTS = {
    "new_feature": ("Pin {}", "New feature", "You can now pin {}. No action is required."),
    "retirement": ("{} will retire", "Retirement", "{} stop working. You must move them before May 2026."),
    "security": ("Enforced permissions for {}", "Admin impact", "Access to {} is enforced. Review who may read them."),
}


def write_posts(path: Path) -> Path:
    rows = []
    for number, (kind, thing) in enumerate((kind, thing) for thing in THINGS for kind in LABELS):
        title, tag, text = TEXTS[kind]
        post = {
            "id": f"MC{9_100_000 + number}",
            "title": title.format(thing),
            "startDateTime": f"2026-01-{number + 1:02}T08:00:00Z",
            "lastModifiedDateTime": f"2026-01-{number + 1:02}T08:00:00Z",
            "category": "stayInformed",
            "tags": [tag],
            "services": ["Contoso Notes"],
            "body": {"contentType": "html", "content": f"<p>{text.format(thing)}</p>"},
        }
        label = UNDATED | LABELS[kind] | {"kind": kind, "admin_impact": ADMIN[str(LABELS[kind]["action"])]}
        rows.append(json.dumps({"post": post, "label": label}))
    path.write_text("\n".join(rows), encoding="utf-8")
    return path


def fitted(tmp_path: Path) -> dict[str, dict[str, dict[str, int]]]:
    posts = read_labelled(write_posts(tmp_path / "labelled.jsonl"))
    fields = ("kind", "default", "need", "user", "crb")
    weights = fit(posts, dict.fromkeys(fields, Setting(0.2, terms=10)))
    return {name: {field: dict(each) for field, each in of.items()} for name, of in weights.by_finding.items()}


def flat(weights: dict[str, dict[str, dict[str, int]]]) -> dict[tuple[str, str, str], int]:
    return {(n, f, v): weight for n, of in weights.items() for f, each in of.items() for v, weight in each.items()}


def test_a_fit_gives_the_stored_weights_but_for_one_unit(tmp_path: Path) -> None:
    found, stored = flat(fitted(tmp_path)), flat(json.loads(STORED.read_text("utf-8")))

    assert len(stored) > 100
    assert max(abs(found.get(key, 0) - stored.get(key, 0)) for key in found.keys() | stored.keys()) <= 1


def test_what_tells_values_apart_counts_for_them(tmp_path: Path) -> None:
    weights = fitted(tmp_path)

    assert weights["tags: retirement ..."]["kind"]["retirement"] > 0
    assert weights["tags: retirement ..."]["kind"].get("new_feature", 0) < 0


def test_a_fit_says_what_it_was_fitted_on(tmp_path: Path) -> None:
    posts = read_labelled(write_posts(tmp_path / "labelled.jsonl"))
    text = module(fit(posts), len(posts), posts[0].day, posts[-1].day)

    assert "18 labelled posts of 2026-01-01 to 2026-01-18" in text
    compile(text, "fitted.py", "exec")


def test_the_same_posts_give_the_same_weights_whatever_order_sets_are_in(tmp_path: Path) -> None:
    write_posts(tmp_path / "labelled.jsonl")
    texts = set()
    for seed in "1", "2":
        arguments = [sys.executable, "-m", "tools.fit_weights", str(tmp_path / "labelled.jsonl"), "--to", str(tmp_path)]
        subprocess.run(arguments, check=True, capture_output=True, env=os.environ | {"PYTHONHASHSEED": seed})
        texts.add((tmp_path / "fitted.py").read_text("utf-8") + (tmp_path / "calibrated.py").read_text("utf-8"))

    assert len(texts) == 1


def test_a_field_that_is_read_rightly_is_sure_and_one_that_is_not_is_unsure(tmp_path: Path) -> None:
    posts = read_labelled(write_posts(tmp_path / "labelled.jsonl"))
    for one in posts:
        one.label["act_by"] = "1999-01-01"
    weights = calibrate(fit(posts), posts)

    assert weights.calibrations["rollouts"].share_right("none", 0.6) > 0.9
    assert weights.calibrations["act_by"].share_right("none", 0.9) < 0.1
    compile(calibration_module(weights, 18, "a", "b"), "calibrated.py", "exec")
