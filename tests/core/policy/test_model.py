import json
import re
from pathlib import Path

import pytest
import yaml

from shared.adapters.policy.file import DEFAULT, faults, load
from shared.cli.policy_given import schema_text
from shared.core.policy.check import undefined_names
from shared.core.policy.model import Policy, Tenant, walk

# The names that Message Center gave services in posts up to the end of 2025, as it writes them.
SERVICES = [
    "Azure Information Protection", "Basic Mobility and Security", "Dynamics 365 Apps", "Exchange Online",
    "Microsoft 365 Copilot Chat", "Microsoft 365 apps", "Microsoft 365 for the web", "Microsoft 365 suite",
    "Microsoft Bookings", "Microsoft Clipchamp ", "Microsoft Copilot (Microsoft 365)", "Microsoft Copilot Chat",
    "Microsoft Dataverse", "Microsoft Defender XDR", "Microsoft Defender for Cloud Apps", "Microsoft Entra",
    "Microsoft Forms", "Microsoft Intune", "Microsoft OneDrive", "Microsoft Power Automate",
    "Microsoft Power Automate in Microsoft 365", "Microsoft Purview", "Microsoft Stream", "Microsoft Teams",
    "Microsoft Viva", "OneDrive for Business", "Planner", "Power Apps", "Power Apps in Microsoft 365", "Power BI",
    "Power Platform", "Project for the web", "SharePoint Online", "Skype for Business", "Sway", "Universal Print",
    "Windows", "Windows 365", "Windows Autopatch",
]  # fmt: skip
HEAD = """
tenants: {home: {}}
teams: {messaging: {owner: ana@example.com}}
"""


@pytest.fixture(scope="module")
def default() -> Policy:
    return load(DEFAULT.read_text(), "config/policy.yaml")


def test_the_policy_that_ships_has_no_fault():
    assert faults(DEFAULT.read_text(), "config/policy.yaml") == []


@pytest.mark.parametrize("service", SERVICES)
def test_the_policy_that_ships_gives_every_known_service_an_owner(default: Policy, service: str):
    assert default.workload_of(service)


def test_the_policy_that_ships_works_without_any_secret(default: Policy):
    assert [tenant.auth.kind for tenant in default.tenants.values()] == ["managed_identity"]
    assert {outside.kind for outside in default.tickets.values()} == {"register"}
    assert not default.channels
    assert not any(route.cards for _, route in walk(default.routes))


def test_a_comment_stands_above_every_key_of_the_policy_that_ships():
    """The file is the manual: each key of the model is explained where it first stands, if only as an example."""
    text = DEFAULT.read_text()
    for section in Policy.model_fields.keys() - {"asleep"}:  # commands write that one, and nobody else
        mark = "# " if section == "reader" else ""  # an example: it is nothing that everybody has
        above = text[: text.index(f"\n{mark}{section}:")].splitlines()[-1]
        assert above.startswith("#"), section
    for key in (
        "tenant_id", "cloud", "ring", "auth", "plan", "required", "owner", "owner_id", "deputy", "absent", "channel",
        "crb_group", "cover_for", "aliases", "titles", "catch_all", "url", "kind", "mode", "on_cancel", "reopen",
        "inbound", "privacy", "time_zone", "digest", "quiet", "most_a_day", "fallback",
    ):  # fmt: skip
        lines = text.splitlines()
        first = next(index for index, line in enumerate(lines) if line.strip("# ").startswith(f"{key}:"))
        assert lines[first - 1].strip().startswith("#"), key


def test_the_example_channel_of_the_policy_that_ships_is_right_once_its_marks_are_gone():
    text = DEFAULT.read_text()
    start = text.index("channels: {}")
    end = text.index("\n\n", start)
    example = text[start:end].replace("channels: {}", "channels:").replace("\n#", "\n")
    text = (text[:start] + example + text[end:]).replace("# channel: workplace", "channel: workplace")
    text = text.replace("# cards: owner", "cards: owner")

    assert faults(text, "edited") == []
    assert load(text, "edited").teams["workplace"].channel == "workplace"


def test_the_schema_beside_the_policy_is_current():
    """Else: foresignal policy schema > config/policy.schema.json."""
    assert DEFAULT.with_name("policy.schema.json").read_text() == schema_text()


def test_editors_find_the_schema_in_the_first_line():
    assert DEFAULT.read_text().startswith("# yaml-language-server: $schema=policy.schema.json\n")


def test_the_schema_takes_the_policy_that_ships_and_one_value_for_a_list():
    jsonschema = pytest.importorskip("jsonschema")
    check = jsonschema.Draft202012Validator(json.loads(schema_text())).iter_errors
    plain = yaml.safe_load(DEFAULT.read_text())

    assert not list(check(plain))
    plain["routes"]["routes"] = [{"match": {"kind": "retirement"}, "cards": "owner", "continue": True}]
    assert not list(check(plain))
    plain["routes"]["routes"] = [{"match": {"kind": "removal"}}]
    assert list(check(plain))


def test_a_service_is_known_whatever_its_case_and_blanks():
    policy = load(HEAD + "workloads: {clipchamp: {services: Microsoft Clipchamp, team: messaging}}\n"
                  "routes: {team: messaging}", "x")  # fmt: skip

    assert policy.workload_of("Microsoft Clipchamp ") == "clipchamp"
    assert policy.workload_of("microsoft  CLIPCHAMP") == "clipchamp"
    assert policy.workload_of("Microsoft Clip") is None


def test_off_is_a_word_and_not_false():
    policy = load(HEAD + "routes: {team: messaging, routes: [{match: {default: off, crb: true}}]}", "x")
    match = policy.routes.routes[0].match

    assert match is not None
    assert match.default == ("off",)
    assert match.crb is True


def test_a_team_may_be_called_by_a_number():
    text = "tenants: {home: {}}\nteams: {365: {owner: ana@example.com}}\nroutes: {team: '365'}"

    assert list(load(text, "x").teams) == ["365"]


def test_one_value_counts_as_a_list_of_one():
    policy = load(HEAD + "routes: {team: messaging, cards: owner, routes: [{match: {kind: security}}]}", "x")

    assert policy.routes.cards == ("owner",)
    assert policy.routes.routes[0].match.kind == ("security",)


def test_the_tree_is_walked_with_paths_as_they_stand_in_the_file():
    policy = load(HEAD + "routes: {team: messaging, routes: [{routes: [{team: messaging}]}, {}]}", "x")

    assert [path for path, _ in walk(policy.routes)] == [
        "routes", "routes.routes[0]", "routes.routes[0].routes[0]", "routes.routes[1]",
    ]  # fmt: skip


def test_what_may_be_a_secret_is_not_repeated_in_a_fault():
    address = "https://example.logic.azure.com/workflows/1?sig=hidden"
    text = (
        HEAD
        + f"channels: {{mail: {{kind: teams_workflow, settings: {{url: '{address}'}}}}}}\nroutes: {{team: messaging}}"
    )

    (fault,) = faults(text, "x")
    assert ": channels.mail.settings.url: " in fault
    assert "sig" not in fault


def test_a_policy_made_in_code_is_checked_as_well():
    policy = Policy.model_validate(
        {"tenants": {"home": {}}, "teams": {"messaging": {"owner": "ana"}}, "routes": {"team": "ghost"}}
    )

    assert undefined_names(policy) == [("routes.team", "undefined team 'ghost' (known: messaging)")]


def test_a_file_with_a_byte_order_mark_and_windows_line_ends_is_a_file():
    text = (HEAD + "routes: {team: messaging}\n").replace("\n", "\r\n")

    assert faults("\ufeff" + text, "x") == []


def test_the_default_is_found_beside_the_package():
    assert Path(__file__).parents[3] / "config" / "policy.yaml" == DEFAULT


def documented() -> list[str]:
    """The YAML examples of docs/policy.md."""
    text = (DEFAULT.parents[1] / "docs" / "policy.md").read_text()
    return [block.partition("```")[0] for block in text.split("```yaml\n")[1:]]


def test_the_example_in_the_documentation_has_no_fault():
    assert faults(documented()[0], "docs/policy.md") == []


@pytest.mark.parametrize("routes", documented()[1:])
def test_the_other_examples_in_the_documentation_have_no_fault(routes: str):
    text = DEFAULT.read_text() + "\n"
    board = "    - name: Ticket for the board\n      match: {crb: true}\n      ticket: crb\n"
    key = re.match(r"\w+:", routes)
    place = re.search(rf"^{key[0]}.*\n(?:[ #].*\n)*", text, re.MULTILINE)[0] if key else board
    if routes.startswith("channels:"):
        place = text[text.index("channels: {}") : text.index("\n# Where tickets go")]
        others = "  workplace: {kind: teams_workflow, settings: {url: TEAMS_WORKPLACE_URL}}\n"
        routes = routes.replace("channels:\n", f"channels:\n{others}{others.replace('workplace', 'helpdesk')}")
    text = text.replace(place, routes)
    text = text.replace("    owner:", "    channel: helpdesk\n    owner:")
    text = text.replace(
        "channels: {}", "channels: {helpdesk: {kind: teams_workflow, settings: {url: TEAMS_HELPDESK_URL}}}"
    )

    names = ("help_desk", "process_owner", "executive_sponsor")
    filled = ", ".join(f"{name}: {{who: {name}@example.com, channel: helpdesk}}" for name in names)
    text = text.replace("roles: {}", f"roles: {{{filled}}}")

    assert routes in text
    assert faults(text, "docs/policy.md") == []


def test_the_documentation_names_every_key_of_a_match_and_every_value():
    text = (DEFAULT.parents[1] / "docs" / "policy.md").read_text()
    matches = json.loads(schema_text())["$defs"]["Match"]["properties"]
    known = re.findall(r'"enum": \[(.*?)\]', json.dumps(matches))

    assert all(f"`{key}`" in text for key in matches)
    assert [value for values in known for value in re.findall(r'"(.*?)"', values) if f"`{value}`" not in text] == []


@pytest.mark.parametrize(
    ("written", "plans"),
    [("p1", ("p1",)), ("", ()), (["p1", "p2", "p1"], ("p1", "p2")), ([], ()), ([""], ())],
)
def test_a_tenant_has_no_plan_one_or_several(written, plans):
    assert Tenant(plan=written).plan == plans
