"""Workflows: each may only do what it says, runs what was looked at, and gives no secret away."""

import re
from pathlib import Path

import pytest
import yaml

from infra import package

ROOT = Path(__file__).resolve().parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
WRITES = {("security", "codeql", "security-events"), ("release", "publish", "contents")}
"""Workflow, job and right, for each job that may write anything."""
OF_GITHUB = ("actions/", "github/")
VENDORED = {"shared/adapters/pages/assets/htmx.min.js", "shared/adapters/pages/assets/uPlot.iife.min.js"}


def read(file):
    text = file.read_text(encoding="utf-8")
    return text, yaml.safe_load(text.replace("\non:", "\n'on':", 1))  # YAML 1.1 reads `on` as true


def steps(workflow):
    return [step for job in workflow["jobs"].values() for step in job["steps"]]


each_workflow = pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.stem)


def test_there_are_the_workflows_that_the_pages_speak_of():
    assert [file.stem for file in WORKFLOWS] == ["ci", "release", "security"]


@each_workflow
def test_it_says_what_it_may_do_and_that_is_reading(file):
    _, workflow = read(file)

    assert workflow["permissions"] == {"contents": "read"}
    for name, job in workflow["jobs"].items():
        may = job.get("permissions", {})
        assert isinstance(may, dict), f"{name}: rights are named one by one"
        assert {(file.stem, name, right) for right, how in may.items() if how != "read"} <= WRITES


@each_workflow
def test_a_stranger_s_pull_request_gets_no_rights_and_no_secret(file):
    text, workflow = read(file)

    assert not {"pull_request_target", "workflow_run", "issue_comment"} & set(workflow["on"])
    assert not re.search(r"\bsecrets\s*[.\[]|\binherit\b", text)
    for step in steps(workflow):
        # What somebody else writes (a title, a branch) would be run as a command; a token would be printed with it.
        assert "${{" not in step.get("run", ""), step
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False
        if "github.token" in str(step):
            assert step["env"]["GH_TOKEN"] == "${{ github.token }}"
            assert not re.search(r"GH_TOKEN|\benv\b|\bprintenv\b|\bset -x\b", step["run"])


@each_workflow
def test_every_action_is_github_s_own_and_named_by_its_commit(file):
    text, workflow = read(file)

    for step in steps(workflow):
        if action := step.get("uses"):
            assert action.startswith(OF_GITHUB), action
            assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", action), action
            assert re.search(re.escape(action) + r" # v\d+\.\d+\.\d+$", text, re.MULTILINE), action


def test_who_writes_a_release_runs_no_code_of_others():
    _, workflow = read(ROOT / ".github" / "workflows" / "release.yml")
    publish = workflow["jobs"]["publish"]

    assert [step["uses"].split("@")[0] for step in publish["steps"] if "uses" in step] == ["actions/download-artifact"]
    assert not any(re.search(r"\b(pip|npm|python|make|curl)\b", step.get("run", "")) for step in publish["steps"])


def test_a_release_has_the_package_and_its_contents_for_each_python():
    _, workflow = read(ROOT / ".github" / "workflows" / "release.yml")
    build = workflow["jobs"]["build"]
    commands = "\n".join(step.get("run", "") for step in build["steps"])

    assert build["strategy"]["matrix"]["python"] == list(package.VERSIONS)
    assert build["env"] == {"FORESIGNAL_PYTHON_VERSION": "${{ matrix.python }}"}
    assert "make package sbom" in commands
    assert "foresignal.zip" in commands
    assert "foresignal.cdx.json" in commands


def test_every_template_is_compiled_without_a_list_of_them():
    text, _ = read(ROOT / ".github" / "workflows" / "ci.yml")

    assert "find infra -name '*.bicep'" in text
    assert "find infra -name '*.bicepparam'" in text
    assert not re.search(r"infra/\S+\.bicep", text)


def test_code_of_others_is_not_searched_for_flaws_of_ours():
    config = yaml.safe_load((ROOT / ".github" / "codeql.yml").read_text(encoding="utf-8"))

    assert set(config["paths-ignore"]) == VENDORED
    assert all((ROOT / name).is_file() for name in VENDORED)


def test_everything_that_is_locked_is_kept_fresh():
    config = yaml.safe_load((ROOT / ".github" / "dependabot.yml").read_text(encoding="utf-8"))
    places = {(update["package-ecosystem"], update["directory"]) for update in config["updates"]}

    assert places == {("pip", "/"), ("pip", "/infra/lock"), ("npm", "/"), ("github-actions", "/")}
