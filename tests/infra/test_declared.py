"""What the templates declare: rights, closed doors, alerts, sizes, parameters, and that two entries are one."""

import re
import subprocess
from typing import get_args

import pytest

from shared import settings
from shared.core import names
from shared.usecases import telling
from tests.infra.bicep_names import INFRA, code
from tests.infra.bicep_tree import body, kinds, last_names, resources, tree
from tools import infra_checks

ROOT = INFRA.parent
MODULES = INFRA / "modules"
GROUP = tree(INFRA / "group.bicep")
MAIN = tree(INFRA / "main.bicep")
PARAMETERS = (INFRA / "main.bicepparam", INFRA / "group.bicepparam")
SITE = {"minTlsVersion": "1.2", "scmMinTlsVersion": "1.2", "http20Enabled": True}
RIGHTS = {
    "appRoles": {
        "account": ["storageBlobDataOwner", "storageQueueDataContributor", "storageTableDataContributor"],
        "containers": [],
        "on containers": None,
        "vault": ["keyVaultSecretsUser"],
        "insights": ["monitoringMetricsPublisher"],
    },
    "personRoles": {
        "account": ["storageQueueDataContributor", "storageTableDataContributor"],
        "containers": ["config", "lists", "oversize", "reports"],
        "on containers": "storageBlobDataContributor",
        "vault": ["keyVaultSecretsOfficer"],
        "insights": [],
    },
    "policyRoles": {
        "account": [],
        "containers": ["config"],
        "on containers": "storageBlobDataContributor",
        "vault": [],
        "insights": [],
    },
}
"""Everything that anybody is given. Somebody who changes this changes docs/deploying.md, Every right, too."""


def test_every_module_and_entry_can_be_read() -> None:
    for path in sorted(INFRA.rglob("*.bicep")):
        assert tree(path), path


def test_who_gets_which_right_is_exactly_this() -> None:
    given = {name: body(each)["params"] for name, each in GROUP["modules"].items() if "roles" in each["detail"]["path"]}

    assert {
        name: {
            "account": last_names(params["storageRoleIds"]),
            "containers": params.get("containers", []),
            "on containers": last_names([params["containerRoleId"]])[0] if "containerRoleId" in params else None,
            "vault": last_names(params["vaultRoleIds"]),
            "insights": last_names(params["insightsRoleIds"]),
        }
        for name, params in given.items()
    } == RIGHTS


def test_the_page_lists_every_right_and_no_other() -> None:
    table = (ROOT / "docs" / "deploying.md").read_text(encoding="utf-8").split("## Every right")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (the app's identity|`\w+`) \| ([A-Za-z ]+) \| ([^|]+) \|", table, re.MULTILINE)
    who = {
        "appRoles": "the app's identity",
        "personRoles": "`AZURE_PRINCIPAL_ID`",
        "policyRoles": "`FORESIGNAL_POLICY_PRINCIPAL_ID`",
    }
    words = {
        "account": "the storage account",
        "vault": "the vault",
        "insights": "Application Insights",
    }

    def said(role: str) -> str:
        return re.sub(r"(?<!^)([A-Z])", r" \1", role[0].upper() + role[1:])

    expected = {
        (who[name], said(role), words[place])
        for name, rights in RIGHTS.items()
        for place in words
        for role in rights[place]
    } | {
        (who[name], said(rights["on containers"]), " ".join(sorted(rights["containers"])))
        for name, rights in RIGHTS.items()
        if rights["containers"]
    }
    expected.add(("the app's identity", "Cognitive Services OpenAI User", "the Azure OpenAI account"))
    found = {
        (
            each,
            role,
            " ".join(sorted(re.findall(r"`(\w+)`", on))) if on.startswith("container") else on.split(",")[0].strip(),
        )
        for each, role, on in rows
    }
    assert found == expected
    assert len(rows) == len(expected)


def test_the_page_says_what_the_sizes_are() -> None:
    page = (ROOT / "docs" / "deploying.md").read_text(encoding="utf-8").split("### Sizes")[1].split("\n### ")[0]
    sizes = {name.strip("'"): size for name, size in GROUP["variables"]["sizes"]["value"].items()}
    inputs = {
        "FORESIGNAL_INSTANCE_MEMORY_MB": "instanceMemoryMB",
        "FORESIGNAL_MAXIMUM_INSTANCES": "maximumInstanceCount",
        "FORESIGNAL_ALWAYS_READY": "alwaysReadyInstances",
        "FORESIGNAL_HTTP_CONCURRENCY": "httpConcurrency",
        "FORESIGNAL_RETENTION_DAYS": "retentionDays",
    }
    rows = {
        name: re.findall(r"\d+", cells)
        for name, cells in re.findall(r"^\|[^|]*`(FORESIGNAL_\w+)`[^|]*\|(.+)\|$", page, re.MULTILINE)
    }

    assert re.search(r"^\| \| `(.+)` \|$", page, re.MULTILINE)[1].split("` | `") == list(sizes)
    assert rows == {shown: [str(size[name]) for size in sizes.values()] for shown, name in inputs.items()}


def test_rights_are_given_by_two_modules_and_never_on_the_group_or_the_subscription() -> None:
    for path in sorted(INFRA.rglob("*.bicep")):
        assigned = [
            body(each)["scope"]
            for each in tree(path).get("resources", {}).values()
            if each["type"] == "Microsoft.Authorization/roleAssignments"
        ]
        if path.name == "roles.bicep":
            assert len(assigned) == 4
            assert [scope for scope in assigned if isinstance(scope, str)] == ["account", "vault", "insights"]
        elif path.name == "reader.bicep":  # of another resource group
            assert assigned == ["account"]
        else:
            assert assigned == []


def test_nothing_is_made_besides_these_kinds_of_resources() -> None:
    assert kinds(INFRA) == {
        "Microsoft.Authorization/roleAssignments",
        "Microsoft.EventGrid/systemTopics",
        "Microsoft.EventGrid/systemTopics/eventSubscriptions",
        "Microsoft.Graph/appRoleAssignedTo",
        "Microsoft.Graph/applications",
        "Microsoft.Graph/applications/federatedIdentityCredentials",
        "Microsoft.Insights/actionGroups",
        "Microsoft.Insights/components",
        "Microsoft.Insights/diagnosticSettings",
        "Microsoft.Insights/scheduledQueryRules",
        "Microsoft.Insights/workbooks",
        "Microsoft.KeyVault/vaults",
        "Microsoft.ManagedIdentity/userAssignedIdentities",
        "Microsoft.Network/networkSecurityGroups",
        "Microsoft.Network/privateDnsZones",
        "Microsoft.Network/privateDnsZones/virtualNetworkLinks",
        "Microsoft.Network/privateEndpoints",
        "Microsoft.Network/privateEndpoints/privateDnsZoneGroups",
        "Microsoft.Network/virtualNetworks",
        "Microsoft.OperationalInsights/workspaces",
        "Microsoft.Resources/resourceGroups",
        "Microsoft.Storage/storageAccounts",
        "Microsoft.Storage/storageAccounts/blobServices",
        "Microsoft.Storage/storageAccounts/blobServices/containers",
        "Microsoft.Storage/storageAccounts/queueServices",
        "Microsoft.Storage/storageAccounts/queueServices/queues",
        "Microsoft.Storage/storageAccounts/tableServices",
        "Microsoft.Storage/storageAccounts/tableServices/tables",
        "Microsoft.Web/serverfarms",
        "Microsoft.Web/sites",
        "Microsoft.Web/sites/basicPublishingCredentialsPolicies",
        "Microsoft.Web/sites/config",
    }  # a vault's secrets are not among them: no template holds a value


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("Microsoft.Storage/storageAccounts", {"allowSharedKeyAccess": False, "defaultToOAuthAuthentication": True}),
        ("Microsoft.Storage/storageAccounts", {"minimumTlsVersion": "TLS1_2", "supportsHttpsTrafficOnly": True}),
        ("Microsoft.Storage/storageAccounts", {"allowBlobPublicAccess": False, "allowCrossTenantReplication": False}),
        ("Microsoft.Storage/storageAccounts/blobServices/containers", {"publicAccess": "None"}),
        ("Microsoft.KeyVault/vaults", {"enableRbacAuthorization": True, "enableSoftDelete": True}),
        ("Microsoft.Insights/components", {"DisableLocalAuth": True}),
        ("Microsoft.Web/sites", {"httpsOnly": True, "siteConfig": SITE}),
        ("Microsoft.Web/sites/basicPublishingCredentialsPolicies", {"allow": False}),
    ],
)  # fmt: skip
def test_doors_are_closed(kind: str, said: dict[str, object]) -> None:
    found = resources(INFRA, kind)

    assert found
    for each in found:
        assert {name: each["properties"].get(name) for name in said} == said


def test_queues_tables_containers_and_settings_are_those_of_the_code() -> None:
    storage = tree(MODULES / "storage.bicep")["variables"]
    [app] = [each for each in resources(INFRA, "Microsoft.Web/sites/config") if each["name"] == "appsettings"]

    assert storage["queues"]["value"] == [*names.EVERY_QUEUE, *(queue + names.POISON for queue in names.EVERY_QUEUE)]
    assert set(storage["tables"]["value"]) == set(names.TABLES)
    assert storage["containers"]["value"] == [*names.CONTAINERS, "deployments"]
    assert set(app["properties"]) == set(settings.NAMES)


def test_no_setting_holds_a_secret_or_a_reference_to_one() -> None:
    text = "\n".join(code(path) for path in sorted(INFRA.rglob("*.bicep*")))

    assert "@Microsoft.KeyVault" not in text
    assert "Microsoft.KeyVault/vaults/secrets" not in text
    assert not re.search(r"@secure|getSecret|clientSecret|passwordCredentials|keyCredentials", text, re.IGNORECASE)


def test_alerts_are_made_where_somebody_gets_them_and_all_go_to_the_group() -> None:
    alerts = tree(MODULES / "alerts.bicep")
    [rules] = resources(MODULES, "Microsoft.Insights/scheduledQueryRules")
    [event] = resources(MODULES, "Microsoft.EventGrid/systemTopics/eventSubscriptions")

    assert "module alerts 'modules/alerts.bicep' = if (!empty(alertAddresses)) {" in code(INFRA / "group.bicep")
    assert {rule["name"] for rule in alerts["variables"]["rules"]["value"]} == {
        "no-fetch",
        "parked",
        "down",
        "failures",
    }
    assert "actions: { actionGroups: [people.id] }" in code(MODULES / "alerts.bicep")
    assert rules["properties"]["enabled"] is True
    assert event["properties"]["eventDeliverySchema"] == "CloudEventSchemaV1_0"
    assert event["properties"]["destination"]["endpointType"] == "MonitorAlert"
    assert event["properties"]["filter"]["includedEventTypes"] == [
        "Microsoft.KeyVault.SecretNearExpiry",
        "Microsoft.KeyVault.SecretExpired",
    ]
    assert code(MODULES / "alerts.bicep").count("actionGroups: [people.id]") == 2


def test_alerts_and_workbook_ask_for_outcomes_properties_and_counters_that_the_app_writes() -> None:
    text = code(MODULES / "alerts.bicep") + code(MODULES / "workbook.bicep")
    lists = re.findall(r"outcome\)? (?:in|==) (\([^)]*\)|\"\w+\")", text)
    asked = {name for each in lists for name in re.findall(r"\w+", each)}

    assert {"fetched", "fetch_failed", "parked", "down", "up"} <= asked <= set(get_args(telling.Outcome))
    assert set(re.findall(r"Properties\.(\w+)", text)) == {"outcome", "tenant", "target", "change"}
    assert all(name.startswith("foresignal.") for name in (*telling.COUNTERS.values(), telling.GRAPH_CALLS))
    assert 'Name startswith "foresignal."' in text
    assert text.count('Message startswith "outcome "') == 4


def test_alerts_look_far_enough_back_and_mend_themselves() -> None:
    windows = {rule["name"]: rule["window"] for rule in tree(MODULES / "alerts.bicep")["variables"]["rules"]["value"]}
    [rules] = resources(MODULES, "Microsoft.Insights/scheduledQueryRules")

    assert windows == {"no-fetch": "P2D", "parked": "PT15M", "down": "P2D", "failures": "PT1H"}
    assert (
        rules["properties"]["evaluationFrequency"] == "PT15M"
    )  # no longer than the shortest window: nothing is missed
    assert rules["properties"]["autoMitigate"] is True


def test_each_size_says_the_same_things_and_they_are_what_azure_takes() -> None:
    sizes = GROUP["variables"]["sizes"]["value"]
    [offered] = [each["argument"] for each in GROUP["parameters"]["size"]["decorators"] if each["type"] == "allowed"]
    sizes = {name.strip("'"): size for name, size in sizes.items()}

    assert list(sizes) == offered
    assert sizes["small"] == {  # what there was before there were sizes: an upgrade changes nothing
        "instanceMemoryMB": 2048,
        "maximumInstanceCount": 40,
        "alwaysReadyInstances": 0,
        "httpConcurrency": 8,
        "retentionDays": 30,
    }
    for size in sizes.values():
        assert list(size) == list(sizes["small"])
        assert size["instanceMemoryMB"] in {512, 2048, 4096}
        assert size["instanceMemoryMB"] * size["maximumInstanceCount"] <= 512_000  # a region's quota
        assert 30 <= size["retentionDays"] <= 730


def test_a_size_is_used_only_where_nothing_else_is_said() -> None:
    text = code(INFRA / "group.bicep")

    for name in GROUP["variables"]["sizes"]["value"]["small"]:
        none = -1 if name == "alwaysReadyInstances" else 0
        assert f"param {name} int = {none}\n" in text
        assert f"{name}: {name} == {none} ? chosen.{name} : {name}\n" in text


def test_both_entries_have_the_same_parameters_and_outputs() -> None:
    def said(entry: str) -> str:
        text = code(INFRA / entry)
        return text[text.index("@description") : text.index("\nvar ")]

    assert said("main.bicep") == said("group.bicep")
    assert MAIN["parameters"] == GROUP["parameters"]
    assert list(MAIN["outputs"]) == list(GROUP["outputs"])
    passed = body(MAIN["modules"]["content"])["params"]
    assert passed == {name: name for name in MAIN["parameters"]}


def test_what_resources_are_called_does_not_depend_on_the_entry() -> None:
    assert "var resourceToken = toLower(uniqueString(subscription().id, environmentName, location))\n" in code(
        INFRA / "group.bicep"
    )
    assert "name: 'rg-${environmentName}'\n" in code(INFRA / "main.bicep")


def test_both_files_of_parameters_say_the_same_and_explain_each_one_above_it() -> None:
    main, group = (path.read_text(encoding="utf-8") for path in PARAMETERS)

    assert main.replace("using 'main.bicep'", "using 'group.bicep'") == group
    lines = main.splitlines()
    given = [at for at, line in enumerate(lines) if line.startswith("param ")]
    assert [lines[at].split()[1] for at in given] == list(MAIN["parameters"])
    for at in given:
        assert re.match(r"// [A-Z0-9a-z].*[.]$", lines[at - 1]), lines[at]
        assert lines[at - 2] == "", lines[at]


def test_every_parameter_says_what_it_is_for() -> None:
    for name, parameter in GROUP["parameters"].items():
        assert [each for each in parameter["decorators"] if each["type"] == "description"], name


def test_graph_rights_are_the_two_that_the_page_names_and_azd_never_gives_them() -> None:
    [grants, tenants] = (tree(INFRA / "graph" / name)["variables"] for name in ("rights.bicep", "tenants.bicep"))
    given = {"serviceMessageReadAll", "tasksReadAll", "tasksReadWriteAll", "roles"}

    assert set(grants) == given
    assert grants == tenants
    assert grants["roles"]["value"] == {
        "none": ["serviceMessageReadAll"],
        "read": ["serviceMessageReadAll", "tasksReadAll"],
        "write": ["serviceMessageReadAll", "tasksReadWriteAll"],
    }
    assert "graph/" not in code(INFRA / "main.bicep") + code(INFRA / "group.bicep")
    assert not (INFRA / "bicepconfig.json").exists()  # an extension from a registry is for that folder alone


def test_every_finding_that_is_left_out_is_explained_in_a_sentence() -> None:
    rows = re.findall(
        r"^\| (CKV\w+) \| ([^|]+) \| ([^|]+) \|$", infra_checks.EXPLAINED.read_text(encoding="utf-8"), re.MULTILINE
    )

    assert [row[0] for row in rows] == infra_checks.explained()
    assert len({row[0] for row in rows}) == len(rows) > 0
    assert all(row[2].strip().endswith((".", ")")) for row in rows)


def test_the_simpler_copy_has_the_same_resources(tmp_path) -> None:
    for path in sorted({*INFRA.rglob("*.bicep")} - {MODULES / "names.bicep"}):
        copy = tmp_path / path.name
        copy.write_text(infra_checks.simpler(path.read_text(encoding="utf-8")), encoding="utf-8")
        of = {name: each["type"] for name, each in tree(path).get("resources", {}).items()}
        assert {name: each["type"] for name, each in tree(copy).get("resources", {}).items()} == of


def test_checks_that_cannot_read_a_file_fail(tmp_path, capsys) -> None:
    program = tmp_path / "checkov"
    program.write_text(
        "#!/bin/sh\necho 'Passed checks: 1, Failed checks: 0, Parsing errors: 1'\necho 'Error parsing file x'\n"
    )
    program.chmod(0o755)

    assert infra_checks.main([str(program)]) == 1
    assert "could not read every file" in capsys.readouterr().err


def test_the_template_of_a_group_is_found_by_git() -> None:
    tracked = subprocess.run(["git", "ls-files", "infra"], cwd=ROOT, capture_output=True, text=True, check=True).stdout

    assert {"infra/group.bicep", "infra/group.bicepparam", "infra/group.py", "infra/graph/bicepconfig.json"} <= set(
        tracked.split()
    )
