"""`foresignal report`: in the terminal, as a page in a file, and what it says where something is wrong."""

import asyncio
from datetime import datetime

import pytest
from typer.testing import CliRunner

from shared.cli import report as command
from shared.cli.main import app
from tests.usecases.world import World, post


@pytest.fixture
def run(monkeypatch):
    """Commands over one deployment with two open changes; it is Wednesday, 16 September 2026."""
    world = World()

    async def fill():
        await world.arrive(post(), post("MC1200002", services=["Viva Goals"]))
        world.clock.now = datetime(2026, 9, 16, 9, tzinfo=world.clock.now.tzinfo)
        if not world.empty:
            await world.mend()

    def with_world(_, work):
        return asyncio.run(work(world.deps))

    world.empty = False
    monkeypatch.setattr(command, "with_deployment", with_world)

    def ran(*arguments, built=True):
        world.empty = not built
        asyncio.run(fill())
        return CliRunner().invoke(app, ["report", *map(str, arguments)])

    return ran


def test_the_agenda_is_told_in_the_terminal_topic_by_topic(run):
    result = run("weekly")

    assert result.exit_code == 0, result.output
    assert result.output.startswith("Agenda of the weekly review, 2026-W38, as of 2026-09-16 09:00 UTC\n2 open")
    assert "MC1200001" in result.output
    assert "Nothing is overdue, and nothing is over a target." not in result.output
    assert "Viva Goals: 1 open (MC1200002)" in result.output


def test_a_month_is_told_with_the_one_before_and_the_formula(run):
    result = run("monthly", "--period", "2026-08")

    assert result.exit_code == 0, result.output
    assert "Microsoft 365 changes in 2026-08, as of 2026-09-01 00:00 UTC" in result.output
    assert "100 less 40" in result.output
    assert "Median time to close" in result.output


@pytest.mark.parametrize(
    ("arguments", "title"),
    [
        (("weekly",), "Agenda of the weekly review"),
        (("monthly",), "Microsoft 365 changes in August 2026"),
        (("owner", "--team", "messaging"), "What is due: messaging"),
    ],
)
def test_to_a_file_a_report_is_a_page_unless_text_is_asked_for(run, tmp_path, arguments, title):
    page, text = tmp_path / "report.html", tmp_path / "report.txt"

    result = run(*arguments, "--out", page)
    assert (result.exit_code, result.output) == (0, f"The report is in {page}.\n")
    assert page.read_text().startswith("<!doctype html>")
    assert f"<h1>{title}</h1>" in page.read_text()
    assert run(*arguments, "--text", "--out", text).exit_code == 0
    assert "<" not in text.read_text()
    assert run(*arguments, "--html").output.startswith("<!doctype html>")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("weekly", "--period", "2026-05"), "is no week such as 2026-W19"),
        (("monthly", "--period", "May"), "is no month such as 2026-05"),
        (("owner", "--team", "mesaging"), "the policy has no team 'mesaging' (known: workplace, messaging)"),
        (("owner",), "Missing option '--team'"),
    ],
)
def test_what_nobody_can_mean_is_wrong_usage(run, arguments, words):
    result = run(*arguments)

    assert result.exit_code == 2
    assert words in " ".join(result.output.replace("│", " ").split())


def test_while_the_lists_are_not_built_it_says_what_the_report_is_about(run):
    assert "only about the last three days" in run("weekly", built=False).output
