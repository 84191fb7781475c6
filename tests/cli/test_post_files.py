"""Every command reads posts in every form in which tools write them, and says once what it cannot read."""

import gzip
import json
import tracemalloc
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sandbox.microsoft365.feed import Feed
from shared.cli import inputs, post_files
from shared.cli.main import app
from shared.cli.post_files import PostFile, each_post, post_of
from shared.core.errors import PermanentError

CASES = Path(__file__).parents[3] / "shared" / "cases"
TYPE = "Microsoft.Graph.PowerShell.Models.MicrosoftGraphKeyValuePair"
POLICY = "tenants: {home: {}}\nteams: {messaging: {owner: ana@example.com}}\nroutes: {team: messaging}\n"


def graph_post(number: int) -> dict[str, object]:
    return {
        "startDateTime": "2026-08-03T09:00:00Z",
        "endDateTime": "2027-02-01T00:00:00Z",
        "lastModifiedDateTime": "2026-08-03T09:00:04.25Z".replace(".25Z", ".250Z"),
        "title": f"Old calendar links stop working, part {number} – for all",
        "id": f"MC130000{number}",
        "category": "planForChange",
        "severity": "normal",
        "tags": ["Retirement"],
        "isMajorChange": True,
        "actionRequiredByDateTime": "2026-12-01T00:00:00Z",
        "services": ["Exchange Online"],
        "hasAttachments": False,
        "viewPoint": None,
        "details": [{"name": "Summary", "value": "Old links stop; share anew."}],
        "body": {"contentType": "html", "content": "<p>We will retire old links.</p><p>They stop in May 2027.</p>"},
    }


POSTS = [graph_post(number) for number in (1, 2, 3)]


def pascal(value: object) -> object:
    if isinstance(value, dict):
        return {key[0].upper() + key[1:]: pascal(inner) for key, inner in value.items()}
    return [pascal(item) for item in value] if isinstance(value, list) else value


def powershell(post: dict[str, object], **changed: object) -> dict[str, object]:
    named = pascal(post)
    assert isinstance(named, dict)
    return {**named, "Attachments": None, "AttachmentsArchive": None, "AdditionalProperties": {}, **changed}


def dated(post: dict[str, object]) -> dict[str, object]:
    """With the dates of Windows PowerShell."""
    dates = {
        "StartDateTime": "/Date(1785747600000)/",
        "EndDateTime": "/Date(1801440000000+0200)/",
        "LastModifiedDateTime": {"value": "/Date(1785747604250)/", "DisplayHint": 2, "DateTime": "Monday"},
        "ActionRequiredByDateTime": "/Date(1796083200000)/",
    }
    return powershell(post, **dates)


def lines(posts: list[object]) -> str:
    return "".join(json.dumps(post, ensure_ascii=False) + "\n" for post in posts)


PAGE = {"@odata.context": "https://graph.microsoft.com/v1.0/$metadata", "value": POSTS}
FORMS: dict[str, bytes] = {
    "JSON lines": lines([*POSTS]).encode(),
    "JSON lines without the last newline": lines([*POSTS]).rstrip().encode(),
    "BOM and CRLF": b"\xef\xbb\xbf" + lines([*POSTS]).replace("\n", "\r\n").encode(),
    "blank lines": ("\n\n" + lines([*POSTS]).replace("\n", "\n\n")).encode(),
    "an indented list": json.dumps(POSTS, indent=2).encode(),
    "a list on one line": json.dumps(POSTS).encode(),
    "a list with one post a line": ("[\n" + ",\n".join(map(json.dumps, POSTS)) + "\n]\n").encode(),
    "a list with tabs and CRLF": json.dumps(POSTS, indent="\t").replace("\n", "\r\n").encode(),
    "a Graph page": json.dumps(PAGE, indent=4).encode(),
    "a Graph page on one line": json.dumps(PAGE).encode(),
    "a Graph page a line": lines([{"value": POSTS[:2]}, {"value": POSTS[2:]}]).encode(),
    "indented pages behind one another": "\n".join(
        json.dumps({"value": part}, indent=2) for part in (POSTS[:1], POSTS[1:])
    ).encode(),
    "indented posts behind one another": "".join(json.dumps(post, indent=1) for post in POSTS).encode(),
    "a list that PowerShell counted": json.dumps({"value": POSTS, "Count": 3}, indent=2).encode(),
    "PowerShell's list": json.dumps([powershell(post) for post in POSTS], indent=2).encode(),
    "PowerShell's lines": lines([powershell(post) for post in POSTS]).encode(),
    "Windows PowerShell's dates": json.dumps([dated(post) for post in POSTS], indent=4).encode("utf-16"),
    "Windows PowerShell's pairs": json.dumps(
        [
            powershell(
                post,
                Details=["@{name=Summary; value=Old links stop; share anew.}"],
                Body=f"@{{contentType=html; content={post['body']['content']}}}",  # type: ignore[index]
                Services="Exchange Online",
                Tags="Retirement",
            )
            for post in POSTS
        ]
    ).encode("utf-16"),
    "UTF-16 with a mark": lines([*POSTS]).encode("utf-16"),
    "UTF-16 the other way": b"\xfe\xff" + lines([*POSTS]).encode("utf-16-be"),
    "UTF-16 without a mark": lines([*POSTS]).encode("utf-16-le"),
    "UTF-32": json.dumps(POSTS, indent=2, ensure_ascii=False).encode("utf-32"),
    "lines with a mark inside": b"\xef\xbb\xbf".join((lines([*POSTS[:1]]).encode(), lines([*POSTS[1:]]).encode())),
    "versions": lines([{"observed": "2026-08-04T00:00:00Z", "post": post} for post in POSTS]).encode(),
    "versions of PowerShell's posts": lines(
        [{"observed": "2026-08-04T00:00:00Z", "post": powershell(post)} for post in POSTS]
    ).encode(),
    "labelled posts": lines([{"post": post, "label": {"kind": "info"}} for post in POSTS]).encode(),
    "ids in small letters": lines([{**post, "id": str(post["id"]).lower()} for post in POSTS]).encode(),
}  # fmt: skip


def run(*arguments: object, given: bytes | None = None):
    return CliRunner().invoke(app, [str(argument) for argument in arguments], input=given)


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    file = tmp_path / "policy.yaml"
    file.write_text(POLICY)
    return file


def answers(file: Path, policy: Path) -> dict[str, str]:
    """What each command says of a file of posts."""
    commands = {
        "classify": ("classify", file),
        "explain": ("explain", "mc1300002", "--posts", file),
        "history": ("history", "Mc1300002", "--posts", file),
        "replay": ("replay", file),
        "backtest": ("backtest", "--posts", file, "--policy", policy, "--json"),
        "check": ("check", policy, "--posts", file),
        "route": ("route", "mc1300002", "--posts", file, "--policy", policy),
    }
    said = {}
    for name, arguments in commands.items():
        result = run(*arguments)
        assert (result.exit_code, result.stderr) == (0, ""), (name, result.output)
        said[name] = result.stdout.replace(str(policy.parent), "")
    return said


@pytest.fixture(scope="module")
def wanted(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("wanted")
    (folder / "posts").write_bytes(FORMS["JSON lines"])
    (folder / "policy.yaml").write_text(POLICY)
    return answers(folder / "posts", folder / "policy.yaml")


@pytest.mark.parametrize("form", FORMS)
def test_every_form_holds_the_same_posts(tmp_path: Path, form: str):
    file = tmp_path / "posts"
    for packed in (FORMS[form], gzip.compress(FORMS[form])):
        file.write_bytes(packed)
        found = [dict(post_of(entry.data) or {}) for entry in PostFile(file)]

        assert [post | {"id": post["id"].upper()} for post in found] == POSTS


@pytest.mark.parametrize(
    "form", ["a Graph page", "PowerShell's list", "Windows PowerShell's dates", "UTF-16 with a mark", "labelled posts",
             "ids in small letters"],
)  # fmt: skip
def test_every_command_says_the_same_of_every_form(tmp_path: Path, policy: Path, wanted: dict[str, str], form: str):
    file = tmp_path / "posts"
    file.write_bytes(FORMS[form])

    assert answers(file, policy) == wanted


@pytest.mark.parametrize("form", FORMS)
def test_the_sandbox_serves_every_form(tmp_path: Path, form: str):
    file = tmp_path / "posts"
    file.write_bytes(FORMS[form])

    ids = [line.id for line in Feed.from_file(file, ["home"])._tenants["home"].lines]

    assert sorted(ids) == [post["id"] for post in POSTS]


@pytest.mark.parametrize("form", ["a Graph page", "UTF-16 with a mark", "PowerShell's list"])
def test_standard_input_is_read_in_every_form(form: str, wanted: dict[str, str]):
    assert run("classify", "-", given=FORMS[form]).stdout == wanted["classify"]


# What was lost before it reached us


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"Details": [TYPE, TYPE]}, "details"),
        ({"Details": TYPE}, "details"),
        ({"Details": ["System.Collections.Hashtable"]}, "details"),
        ({"Body": "Microsoft.Graph.PowerShell.Models.MicrosoftGraphItemBody"}, "body"),
        ({"Services": "System.Object[]"}, "services"),
        ({"Tags": "System.String[]"}, "tags"),
    ],
)
def test_what_powershell_lost_is_said_once_and_the_rest_is_read(tmp_path: Path, changed: dict[str, object], field: str):
    file = tmp_path / "posts.json"
    file.write_text(json.dumps([powershell(post, **changed) for post in POSTS], indent=2), encoding="utf-16")

    result = run("classify", file)

    assert result.exit_code == 0
    assert len(result.stdout.splitlines()) == 3
    (said,) = result.stderr.splitlines()
    assert said.startswith(f"{file}: 3 posts came without `{field}`: ")
    assert "-Depth 8" in said


def test_the_sandbox_says_as_well_what_was_lost(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    file = tmp_path / "posts.json"
    file.write_text(json.dumps([powershell(POSTS[0], Details=[TYPE])]))

    Feed.from_file(file, ["home"])

    assert capsys.readouterr().err.count("a post came without `details`") == 1


# What cannot be read


FAULTS: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "is empty: there is no post in it"),
    "blanks": (b"\r\n \n", "is empty: there is no post in it"),
    "nothing, packed": (gzip.compress(b""), "is empty: there is no post in it"),
    "only a mark": ("\ufeff".encode("utf-16"), "is empty: there is no post in it"),
    "an empty list": (b"[]", "holds no post: its list is empty"),
    "an empty page": (b'{"value": []}', "holds no post: its list is empty"),
    "the admin center's export": (
        b"Message ID,Service,Title,Last updated,Act by\nMC1,Exchange,A,2026-01-01,\n",
        "no bodies",
    ),
    "the export in UTF-16": ("Message ID\tService\tTitle\r\nMC1\tExchange\tA\r\n".encode("utf-16"), "no bodies"),
    "the export for Excel": (b"sep=;\r\nMeldungs-ID;Dienst;Titel\r\n", "no bodies"),
    "a packed export": (gzip.compress(b"\xef\xbb\xbfMessage ID,Service,Title\n"), "no bodies"),
    "PowerShell's CSV": (b'#TYPE Microsoft.Graph\r\n"Id","Title"\r\n', "no bodies"),
    "a web page": (b"<!doctype html><html></html>", "is a web page or XML"),
    "a workbook": (b"PK\x03\x04 and so on", "is a zip archive or an Excel workbook"),
    "other text": (b"ActionRequired : soon\n", "is no JSON: it begins with 'ActionRequired : soon'"),
    "numbers": (b"1\n2\n3\n", "is no JSON: it begins with '1'"),
    "a list of numbers": (b"[1, 2, 3]", "post 1: is no post but a number"),
    "a list that breaks off": (json.dumps(POSTS, indent=2).encode()[:900], ": the JSON breaks off here"),
    "a slip in a list": (json.dumps(POSTS, indent=2).replace('"severity"', "severity").encode(), ":9: is no JSON"),
    "a page that breaks off": (json.dumps(PAGE, indent=2).encode()[:-9], ": the JSON breaks off here"),
    "Graph's refusal": (b'{"error": {"code": "Forbidden", "message": "Insufficient privileges"}}', "Forbidden: Insuff"),
    "no UTF-8": (lines([*POSTS]).encode("cp1252"), ":1: is not written in UTF-8; save the file so"),
    "a list in no UTF-8": (json.dumps(POSTS, indent=2, ensure_ascii=False).encode("cp1252"), ":6: is not written in"),
    "half a letter": (lines([*POSTS]).encode("utf-16")[:-1], "cut off or damaged after line"),
    "half a packed file": (gzip.compress(lines([*POSTS]).encode())[:-9], "cut off or damaged after line"),
    "posts without an id": (b'{"title": "A"}\n{"title": "B"}\n{"title": "C"}\n', "a post without an `id`"),
    "ids that are none": (b'{"id": "A"}\n{"id": "B"}\n', "'A' is no Message Center id"),
    "deep nesting": (b'{"id": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "nested too deeply"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("command", ["classify", "replay", "backtest", "check"])
def test_a_file_that_cannot_be_read_is_one_error_with_name_and_remedy(
    tmp_path: Path, policy: Path, fault: str, command: str
):
    content, said = FAULTS[fault]
    file = tmp_path / "posts"
    file.write_bytes(content)
    arguments = {"backtest": ("--policy", policy, "--posts"), "check": (policy, "--posts")}.get(command, ())

    result = run(command, *arguments, file)

    assert result.exit_code == 1
    (line,) = result.stderr.splitlines()
    assert str(file) in line
    assert said in line
    assert "docs/posts.md" in line or "again" in line


@pytest.mark.parametrize("fault", FAULTS)
def test_the_sandbox_and_explain_name_the_fault_as_well(tmp_path: Path, fault: str):
    from sandbox.errors import SandboxError

    file = tmp_path / "posts"
    file.write_bytes(FAULTS[fault][0])

    with pytest.raises(SandboxError, match=str(file)):
        Feed.from_file(file, ["home"])
    result = run("explain", "MC1300001", "--posts", file)
    assert result.exit_code == 1 or "half" in fault
    assert result.stderr.count("\n") <= 2


def test_many_lines_that_are_no_post_are_told_in_one_line(tmp_path: Path):
    file = tmp_path / "posts.jsonl"
    file.write_text(lines([*POSTS]) + "no\n" * 40)

    result = run("classify", file)

    assert result.exit_code == 1
    assert len(result.stdout.splitlines()) == 3
    (line,) = result.stderr.splitlines()
    assert line.startswith(f"{file}:4: is no JSON ")
    assert line.endswith("; neither can be read: line 5; line 6; line 7; line 8; line 9 and 34 more")


def test_warnings_that_a_tool_wrote_before_the_posts_do_not_hide_them(tmp_path: Path):
    file = tmp_path / "posts.jsonl"
    file.write_text("WARNING: the result is cut at depth 2.\n" + lines([*POSTS]))

    assert len(run("classify", file).stdout.splitlines()) == 3


def test_a_line_that_says_a_post_is_gone_is_no_fault(tmp_path: Path):
    file = tmp_path / "history.jsonl"
    gone = {"observed": "2026-08-05T00:00:00Z", "gone": "MC1300001"}
    file.write_text(lines([{"observed": "2026-08-04T00:00:00Z", "post": POSTS[0]}, gone]))

    for command in ("classify", "replay"):
        result = run(command, file)
        assert (result.exit_code, len(result.stdout.splitlines())) == (0, 1)


# Size


def test_lines_are_never_held_all_at_once(tmp_path: Path):
    file = tmp_path / "posts.jsonl"
    with file.open("w") as into:
        for number in range(4_000):
            into.write(json.dumps({"id": f"MC{1_400_000 + number}", "title": "x" * 5_000}) + "\n")
    seen = []
    tracemalloc.start()
    each_post(file, lambda data: seen.append(data["id"]))
    highest = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert len(seen) == 4_000
    assert highest < 3_000_000 < file.stat().st_size


@pytest.mark.parametrize("content", [json.dumps(POSTS, indent=2), json.dumps(POSTS)], ids=["many lines", "one line"])
def test_a_list_beyond_the_limit_is_refused_with_the_limit(tmp_path: Path, monkeypatch, content: str):
    monkeypatch.setattr(inputs, "LARGEST", 1 << 10)
    monkeypatch.setattr(post_files, "LARGEST", 1 << 10)
    file = tmp_path / "posts.json"
    file.write_text(content)

    with pytest.raises(PermanentError, match=r"more than 0 MB.*; write one post a line"):
        list(PostFile(file))


# Help


@pytest.mark.parametrize(
    "command", ["classify", "explain", "history", "replay", "backtest", "check", "route", "sandbox", "init"]
)
def test_the_help_says_where_to_read_how_to_export_posts(command: str):
    assert "docs/posts.md" in " ".join(run(command, "--help").output.replace("│", " ").split())


# Inputs that failed


@pytest.mark.skipif(not CASES.exists(), reason="needs ../shared/cases beside the checkout")
@pytest.mark.parametrize(
    "name", ["graph_page.json", "array_pretty.json", "pascal_array.json", "ps51.jsonl", "utf16.jsonl", "bom_crlf.jsonl"]
)
def test_the_cases_that_failed_hold_the_same_posts(name: str):
    assert run("classify", CASES / name).stdout == run("classify", CASES / "good.jsonl").stdout
