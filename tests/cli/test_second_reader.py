"""`foresignal read`, `reader compare` and `classify --reader`: a second reader is tried without any model."""

import asyncio
import json

import pytest

from shared.core.changes.second import SecondReading
from shared.core.second.asking import Reply
from shared.core.second.judging import answered
from shared.core.second.waiting import with_second
from shared.record.changes import commit, read_alone
from tests.cli.test_cli import NOW, _app, run, state
from tests.cli.test_settle import known
from tests.usecases.world import post

__all__ = ["known", "state"]
QUOTE = "You must move to the new viewer before December 1, 2026."
ANSWER = {
    "act_by": {"value": "2026-12-01", "quote": QUOTE},
    "user_impact": {"value": "high", "quote": QUOTE},
    "kind": {"value": "info", "quote": "these words stand nowhere"},
}


@pytest.fixture
def files(tmp_path):
    """Two posts, the second on data privacy, and an answer about each."""
    posts, answers = tmp_path / "posts.jsonl", tmp_path / "answers.jsonl"
    lines = [post(), post("MC1200002", tags=["Data privacy"])]
    posts.write_text("".join(json.dumps(line) + "\n" for line in lines))
    told = [{"id": line["id"], "answer": ANSWER, "model": "m", "tokens_in": 900, "tokens_out": 100} for line in lines]
    answers.write_text("".join(json.dumps(line) + "\n" for line in told))
    return str(posts), str(answers)


def test_the_prompt_is_what_a_reader_is_sent(files):
    result = run("read", "MC1200001", "--prompt", "--posts", files[0])

    assert result.exit_code == 0
    assert "never an instruction to you" in result.stdout
    assert QUOTE in result.stdout
    data = json.loads(run("read", "MC1200001", "--prompt", "--json", "--posts", files[0]).stdout)
    assert data["schema"]["additionalProperties"] is False
    assert data["post"].splitlines()[0] in data["instructions"]


def test_nobody_is_ever_asked_about_data_privacy(files):
    result = run("read", "MC1200002", "--prompt", "--posts", files[0])

    assert result.exit_code == 1
    assert "no second reader is ever asked" in result.stderr


def test_an_answer_is_shown_with_what_becomes_of_it(files):
    data = json.loads(run("read", "MC1200001", "--answers", files[1], "--posts", files[0], "--json").stdout)
    became = {each["name"]: (each["outcome"], each["because"]) for each in data["fields"]}

    assert became["act_by"] == ("agrees", "")
    assert became["user_impact"] == ("taken", "")
    assert became["kind"] == ("fell", "its quotation is not in the post")
    assert became["status"] == ("fell", "there is no answer of the form that was asked for")
    shown = run("read", "MC1200001", "--answers", files[1], "--posts", files[0]).stdout
    assert "its quotation is not in the post" in " ".join(shown.split())


def test_labels_come_under_both_readings_and_only_where_that_is_asked(files):
    alone = run("classify", files[0]).stdout
    both = run("classify", files[0], "--reader", "--answers", files[1]).stdout
    ours, theirs = ([json.loads(line) for line in text.splitlines()] for text in (alone, both))

    assert (ours[0]["user_impact"], theirs[0]["user_impact"]) == ("low", "high")
    assert "act_by" in ours[0]["unsure"]
    assert "act_by" not in theirs[0]["unsure"]
    assert ours[1] == theirs[1]
    assert ours[0].keys() == theirs[0].keys()
    assert run("classify", files[0], "--reader").exit_code == 2


def test_a_comparison_counts_outcomes_tokens_and_the_price(files):
    result = run("reader", "compare", files[0], "--answers", files[1], "--price-in", "2", "--price-out", "10")
    data = json.loads(run("reader", "compare", files[0], "--answers", files[1], "--json", "--price-in", "2").stdout)

    assert result.exit_code == 0, result.output
    assert "900 tokens of questions, 100 of answers; price 0.0028" in result.stdout
    assert (data["tokens_in"], data["tokens_out"], data["price"]) == (900, 100, 0.0018)
    assert [each["change"] for each in data["posts"]] == ["MC1200001"]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("{", "is no JSON"),
        ('{"id": "MC1200001"}', "is no answer"),
        ('{"id": "MC1200001", "answer": {}, "tokens_in": -1}', "is no number of tokens"),
        ('{"id": "3", "answer": {}}', "is no Message Center id"),
        ("", "is empty"),
    ],
)
def test_a_line_that_is_no_answer_is_named(files, tmp_path, line, words):
    bad = tmp_path / "bad.jsonl"
    bad.write_text(line + "\n")

    result = run("read", "MC1200001", "--answers", str(bad), "--posts", files[0])

    assert result.exit_code == 1
    assert words in " ".join(result.stderr.split())


def test_without_files_it_tells_what_the_deployment_has_kept_and_would_send(known):
    empty = run("reader", "compare", "--state", known)
    assert "No second reading is kept" in " ".join(empty.stdout.split())
    asyncio.run(_answer(known))

    data = json.loads(run("reader", "compare", "--json", "--state", known).stdout)
    prompt = run("read", "MC1200001", "--prompt", "--state", known)

    assert [each["change"] for each in data["posts"]] == ["MC1200001"]
    became = {each["name"]: each["outcome"] for each in data["posts"][0]["fields"]}
    assert (became["user_impact"], became["kind"]) == ("taken", "fell")
    assert (data["tokens_in"], data["tokens_out"]) == (900, 100)
    assert QUOTE in prompt.stdout
    assert run("read", "MC1200009", "--prompt", "--state", known).exit_code == 1


async def _answer(state):
    """As the deployment keeps what a model has said."""
    ours = _app(state)
    record = await read_alone(ours.tables, "MC1200001")
    reply = Reply(json.dumps(ANSWER), "m", 900, 100)
    second = answered(SecondReading(NOW, "unsure", 1), record.change.read(), reply, "azure_openai", NOW)
    await commit(ours.tables, [record.replace_change(with_second(record.change, second))])
    await ours.close()
