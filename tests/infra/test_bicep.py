"""The infrastructure: it checks, it has no keys, its parts fit each other, the project and docs/deploying.md."""

import json
import re
import subprocess
import sys
import tomllib
from itertools import pairwise

import pytest
import yaml
from packaging.specifiers import SpecifierSet

from infra import package
from tests.infra.bicep_names import INFRA, bicep_files, code, declared

ROOT = INFRA.parent
BICEP_CHECK = ROOT.parent / "shared" / "tools" / "bicep-check" / "bicep-check"
MAIN = INFRA / "main.bicep"
GROUP = INFRA / "group.bicep"
PARAMETERS = INFRA / "main.bicepparam"
ENTRIES = (MAIN, GROUP, INFRA / "graph" / "rights.bicep", INFRA / "graph" / "tenants.bicep")
DEPLOYING = ROOT / "docs" / "deploying.md"

BUILT_IN_ROLES = {
    "storageBlobDataOwner": "b7e6dc6d-f1e8-4753-8033-0f276bb0955b",
    "storageBlobDataContributor": "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
    "storageQueueDataContributor": "974c5e8b-45b9-4653-ba55-5f855dd0fb88",
    "storageTableDataContributor": "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3",
    "keyVaultSecretsUser": "4633458b-17de-408a-b874-0445c86b69e6",
    "keyVaultSecretsOfficer": "b86a8fe4-44ce-4948-aee5-eccb2c155cd7",
    "monitoringMetricsPublisher": "3913510d-42f4-4e42-8a64-420c390055eb",
    "cognitiveServicesOpenAIUser": "5e0bd9bd-7b93-4f28-af87-19fc36ad61bd",
}
GRAPH_ROLES = {
    "ServiceMessage.Read.All": "1b620472-6534-4fe6-9df2-4680e8aa28ec",
    "Tasks.Read.All": "f10e1f91-74ed-437f-a6fd-d6ae88e26c1f",
    "Tasks.ReadWrite.All": "44e666d1-d276-445b-a5fc-8815eeb81d55",
}
IN_THE_PACKAGE = {"function_app.py", "host.json", "requirements.txt", "config", "functions", "shared", "LICENSE"}
LONGEST = {
    "id-": 128, "st": 24, "kv-": 24, "log-": 63, "appi-": 260, "plan-": 60, "func-": 60,
    "vnet-": 64 - len("pep-queue-"), "ag-": 260, "evgt-": 50, "alert-": 260 - len("-failures"),
}  # fmt: skip
"""The longest name that Azure takes, by the prefix of ours."""
GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def all_code() -> str:
    return "\n".join(code(path) for path in bicep_files())


def resource(name: str) -> str:
    """One of the resources in app.bicep."""
    app = code(INFRA / "modules" / "app.bicep")
    return re.search(rf"^resource {name} .*?^}}", app, re.DOTALL | re.MULTILINE)[0]


def words_of(array: str) -> set[str]:
    return set(re.findall(r"'([^']*)'", array))


def module(name: str) -> str:
    """One module's call in group.bicep."""
    return re.search(rf"^module {name} .*?^}}", code(GROUP), re.DOTALL | re.MULTILINE)[0]


@pytest.mark.skipif(not BICEP_CHECK.exists(), reason="../shared/tools/bicep-check is not beside this checkout")
def test_bicep_check_reports_nothing() -> None:
    found = subprocess.run(
        [sys.executable, BICEP_CHECK, *ENTRIES, PARAMETERS, INFRA / "group.bicepparam"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (found.returncode, found.stdout, found.stderr) == (0, "", "")


def test_every_module_that_is_used_exists_and_every_module_is_used() -> None:
    used = {
        (path.parent / name).resolve()
        for path in bicep_files()
        for name in re.findall(r"^(?:module \w+|import {.*} from) '([^']+)'", code(path), re.MULTILINE)
    }

    assert used - {GROUP.resolve()} == {path.resolve() for path in bicep_files()} - {each.resolve() for each in ENTRIES}
    assert GROUP.resolve() in used


def test_storage_takes_no_keys_and_shows_nothing_to_the_public() -> None:
    text = all_code()

    assert re.findall(r"allowSharedKeyAccess: (\w+)", text) == ["false"]
    assert re.findall(r"allowBlobPublicAccess: (\w+)", text) == ["false"]
    assert re.findall(r"publicAccess: (\S+)", text) == ["'None'"]
    assert re.findall(r"minimumTlsVersion: (\S+)", text) == ["'TLS1_2'"]


def test_nothing_asks_for_a_key_or_a_password() -> None:
    text = all_code()

    assert not re.search(r"\blist(?:Keys|AccountSas|ServiceSas|Secrets)?\(", text)
    forbidden = r"AccountKey|SharedAccessSignature|InstrumentationKey|ClientSecret|@secure"
    assert not re.search(forbidden, text, re.IGNORECASE)
    assert re.findall(r"DisableLocalAuth: (\w+)", text) == ["true"]
    assert re.findall(r"enableRbacAuthorization: (\w+)", text) == ["true"]
    assert re.findall(r"\ballow: (\w+)", text) == ["false", "false"]


def test_people_sign_in_with_this_tenant_where_a_client_id_is_given_and_nothing_is_set_up_where_none_is() -> None:
    sign_in = resource("signIn")

    assert "= if (!empty(signInClientId)) {" in sign_in
    assert "param signInClientId string = ''\n" in code(MAIN)
    for line in (
        "name: 'authsettingsV2'",
        "platform: { enabled: true }",
        "requireAuthentication: true",
        "unauthenticatedClientAction: 'RedirectToLoginPage'",
        "openIdIssuer: uri(environment().authentication.loginEndpoint, '${subscription().tenantId}/v2.0')",
        "clientId: signInClientId",
        "allowedAudiences: [signInClientId]",
        "tokenStore: { enabled: false }",
        "httpSettings: { requireHttps: true }",
    ):
        assert line in sign_in, line


def test_without_sign_in_health_is_reached_and_the_door_for_ticket_systems_and_a_feed_and_no_other_function() -> None:
    [excluded] = re.findall(r"excludedPaths: \[(.*?)\]", all_code())
    assert json.loads((ROOT / "host.json").read_text(encoding="utf-8"))["extensions"]["http"] == {"routePrefix": ""}
    modules = [path.read_text(encoding="utf-8") for path in (ROOT / "functions").rglob("*.py")]
    routes = {f"/{route}" for text in modules for route in re.findall(r'route="([^"]+)"', text)}

    # /admin is the Functions host's own; excluded paths may be read as beginnings of paths.
    assert words_of(excluded) == {"/api/health", "/api/tickets/*", "/api/feeds/*", "/admin/*"}
    open_to_all = {
        route for route in routes if route.startswith(("/api/health", "/api/tickets", "/api/feeds", "/admin"))
    }
    assert open_to_all == {"/api/health", "/api/tickets/{system}", "/api/feeds/{token}/calendar.ics"}


def test_changes_of_the_site_come_one_after_the_other() -> None:
    order = ["settings", "ftpPassword", "scmPassword", "signIn"]
    before = {name: re.findall(r"dependsOn: \[(.*?)\]", resource(name)) for name in order}

    children = re.findall(r"^resource (\w+) .*\n  parent: app$", code(INFRA / "modules" / "app.bicep"), re.MULTILINE)
    assert children == order
    assert before == {"settings": []} | {later: [earlier] for earlier, later in pairwise(order)}


def test_the_page_that_is_shown_without_sign_in_points_to_a_section_that_exists() -> None:
    closed = (ROOT / "functions" / "pages" / "respond.py").read_text(encoding="utf-8")
    sections = re.findall(r"^## (.+)$", DEPLOYING.read_text(encoding="utf-8"), re.MULTILINE)

    assert set(re.findall(r"“([^”]+)” in docs/deploying.md", closed)) == {"Sign-in for the pages"}
    assert sections.count("Sign-in for the pages") == 1


def test_names_of_resources_fit_whatever_the_environment_and_the_region_are_called() -> None:
    token = "a" * 13  # as long as uniqueString's, which has small letters and digits only
    names = {kind: f"{kind}{token}" for kind in re.findall(r"'([a-z-]*)\$\{resourceToken\}'", code(GROUP))}

    assert set(names) == set(LONGEST)
    for kind, name in names.items():
        assert len(name) <= LONGEST[kind], name
        assert re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name), name
    assert re.fullmatch(r"[a-z0-9]{3,24}", names["st"])
    # The environment's own name, 64 characters at most, is only in the resource group's, which may have 90.
    assert re.findall(r"'([^']*)\$\{environmentName\}[^']*'", code(MAIN) + code(GROUP)) == ["rg-"]
    assert "@maxLength(64)\nparam environmentName string\n" in code(MAIN)


def test_every_queue_has_its_poison_queue_and_no_other_has_one() -> None:
    queues = declared()["queues"]
    poison = {name for name in queues if name.endswith("-poison")}

    assert poison == {f"{name}-poison" for name in queues - poison}


def test_names_are_ones_that_azure_takes() -> None:
    names = declared()

    for name in names["queues"] | names["containers"]:
        assert re.fullmatch(r"(?=.{3,63}$)[a-z0-9]+(-[a-z0-9]+)*", name), name
    for name in names["tables"]:
        assert re.fullmatch(r"[A-Za-z][A-Za-z0-9]{2,62}", name), name


def test_the_package_goes_into_a_container_that_exists() -> None:
    used = re.findall(r"output deploymentContainerName string = '([^']+)'", all_code())

    assert len(used) == 1
    assert set(used) < declared()["containers"]


def test_settings_that_flex_consumption_refuses_are_not_there() -> None:
    refused = re.compile(r"FUNCTIONS_|WEBSITE_|SCM_|ENABLE_ORYX_BUILD|AzureWebJobsStorage$")

    assert {name for name in declared()["settings"] if refused.match(name)} == set()


def test_roles_are_the_built_in_ones_and_there_are_no_others() -> None:
    roles = dict(re.findall(rf"^  (\w+): '({GUID.pattern})'", code(GROUP), re.MULTILINE))
    azure = "\n".join(code(path) for path in bicep_files() if path.parent.name != "graph")

    assert roles == BUILT_IN_ROLES
    assert set(GUID.findall(azure)) == set(BUILT_IN_ROLES.values())


def test_the_app_may_read_secrets_and_only_people_may_write_them() -> None:
    given = {name: set(re.findall(r"\broleIds\.(\w+)", module(name))) for name in ("appRoles", "personRoles")}
    both = {"storageQueueDataContributor", "storageTableDataContributor"}

    assert given["appRoles"] == both | {"storageBlobDataOwner", "keyVaultSecretsUser", "monitoringMetricsPublisher"}
    assert given["personRoles"] == both | {"storageBlobDataContributor", "keyVaultSecretsOfficer"}


def test_who_pushes_policies_cannot_replace_the_code() -> None:
    [package] = re.findall(r"output deploymentContainerName string = '([^']+)'", all_code())
    blobs = {
        name: [words_of(each) for each in re.findall(r"\bcontainers: \[(.*?)\]", module(name))]
        for name in ("personRoles", "policyRoles")
    }

    assert blobs == {"personRoles": [{"config", "lists", "oversize", "reports"}], "policyRoles": [{"config"}]}
    assert all(package not in names and names <= declared()["containers"] for [names] in blobs.values())
    for name in blobs:  # what is given for the whole account holds no blob
        [account] = re.findall(r"\bstorageRoleIds: \[(.*?)\]", module(name), re.DOTALL)
        assert "Blob" not in account
    assert set(re.findall(r"\broleIds\.(\w+)", module("policyRoles"))) == {"storageBlobDataContributor"}
    roles = code(INFRA / "modules" / "roles.bicep")
    [scoped] = re.findall(r"^resource containerRoles .*?^\]", roles, re.DOTALL | re.MULTILINE)
    assert "scope: blobContainers[index]" in scoped
    assert "name: container\n" in re.findall(r"^resource blobContainers .*?^\]", roles, re.DOTALL | re.MULTILINE)[0]


def test_the_page_says_how_the_old_rights_of_people_are_removed_and_keeps_those_of_the_app() -> None:
    page = DEPLOYING.read_text(encoding="utf-8")
    [removal] = re.findall(r"^az role assignment delete .*?^```", page, re.DOTALL | re.MULTILINE)

    assert '--scope "$account"' in removal
    assert '"Storage Blob Data Contributor"' in removal
    assert "Owner" not in removal


def test_purge_protection_is_asked_for_and_never_refused() -> None:
    assert "param purgeProtection bool = false\n" in code(MAIN)
    # Azure fails an update that sends false to a vault that was protected once.
    assert re.findall(r"enablePurgeProtection: (.+?)\s*\n", all_code()) == ["purgeProtection ? true : null"]
    assert "enableSoftDelete: true" in all_code()


def test_each_use_of_a_secret_is_written_down_unless_somebody_does_so_already() -> None:
    [audit] = re.findall(r"^resource audit .*?^}", code(INFRA / "modules" / "vault.bicep"), re.DOTALL | re.MULTILINE)

    assert "if (!empty(auditWorkspaceId))" in audit
    assert "scope: vault\n" in audit
    assert "{ category: 'AuditEvent', enabled: true }" in audit
    assert "auditWorkspaceId: vaultAudit ? monitoring.outputs.workspaceId : ''" in module("vault")
    assert "param vaultAudit bool = true\n" in code(MAIN)


@pytest.mark.parametrize("name", ["storage", "vault"])
def test_the_network_is_closed_only_where_the_app_has_a_subnet_to_come_from(name: str) -> None:
    text = code(INFRA / "modules" / f"{name}.bicep")
    [rules] = re.findall(r"^var closed = (\{.*?^\})", text, re.DOTALL | re.MULTILINE)

    assert "    networkAcls: privateOnly || !empty(subnetId) ? closed : null\n" in text.replace(" \n", "\n")
    assert "    publicNetworkAccess: !privateOnly ? null : empty(allowedAddresses) ? 'disabled' : " in text.replace(
        "'Dis", "'dis"
    )
    assert "defaultAction: 'Deny'" in rules
    assert "id: subnetId" in rules
    assert "ipRules: map(allowedAddresses, address => { value: address" in rules
    assert "privateOnly: privateNetwork\n    subnetId: subnetId\n    allowedAddresses: allowedAddresses\n" in module(
        name
    )
    assert "param subnetId string = ''\n" in code(MAIN)
    assert "virtualNetworkSubnetId: empty(subnetId) ? null : subnetId\n" in all_code()
    assert "subnetId: appSubnetId\n" in module("app")
    [chosen] = re.findall(r"^var appSubnetId = (.+)$", code(GROUP), re.MULTILINE)
    assert chosen.startswith("!privateNetwork ? subnetId : empty(subnetId) ? ownSubnetId : fail(")


def test_every_parameter_that_azd_can_set_stands_on_the_page() -> None:
    page = DEPLOYING.read_text(encoding="utf-8")
    inputs = set(re.findall(r"readEnvironmentVariable\('(\w+)'", code(PARAMETERS)))

    unmentioned = {name for name in inputs if not re.search(rf"\b{name}\b", page)}
    assert unmentioned == {"AZURE_ENV_NAME", "AZURE_LOCATION"}, "azd asks for these itself"


def test_nobody_gets_a_role_unless_named() -> None:
    assert "param principalId string = ''\n" in code(MAIN)
    assert "if (!empty(principalId))" in module("personRoles")
    assert "param policyPrincipalId string = ''\n" in code(MAIN)
    assert "if (!empty(policyPrincipalId))" in module("policyRoles")


def test_a_second_reader_is_there_only_where_its_account_is_named_and_may_be_asked_by_the_app_alone() -> None:
    role = module("readerRole")

    assert "param readerAccountId string = ''\n" in code(MAIN)
    assert "= if (!empty(readerAccountId)) {" in role
    assert "scope: resourceGroup(readerAccount[2], readerAccount[4])" in role  # in any resource group
    assert "principalId: identity.outputs.principalId" in role
    assert set(re.findall(r"\broleIds\.(\w+)", role)) == {"cognitiveServicesOpenAIUser"}
    assert "cognitiveServicesOpenAIUser" not in "".join(map(module, ("appRoles", "personRoles", "policyRoles")))
    assert "reader: !empty(readerAccountId)" in module("app")
    assert "FORESIGNAL_READER: reader ? 'on' : ''\n" in code(INFRA / "modules" / "app.bicep")
    assert "readerAccountId is no resource id" in code(GROUP)


def test_the_pythons_on_offer_are_those_that_the_project_and_the_package_builder_support() -> None:
    offered, default = re.search(
        r"@allowed\(\[([^\]]*)\]\)\nparam pythonVersion string = '([^']+)'", code(MAIN)
    ).groups()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    supported = SpecifierSet(project["requires-python"])

    assert words_of(offered) == set(package.VERSIONS)
    assert words_of(offered) == {f"3.{minor}" for minor in range(100) if supported.contains(f"3.{minor}.0")}
    assert default == package.DEFAULT_VERSION


def test_parameters_default_to_the_same_in_both_files() -> None:
    main = dict(re.findall(r"^param (\w+) \w+ = (\S+)$", code(MAIN), re.MULTILINE))
    given = dict(
        re.findall(
            r"^param (\w+) = (?:(?:int|bool)\()?readEnvironmentVariable\('\w+', ('[^']*')\)",
            code(PARAMETERS),
            re.MULTILINE,
        )
    )

    assert {
        "pythonVersion",
        "size",
        "storageSku",
        "privateNetwork",
        "alwaysReadyInstances",
        "instanceMemoryMB",
        "maximumInstanceCount",
        "principalType",
        "nameInUse",
        "policyPrincipalType",
        "purgeProtection",
        "vaultAudit",
        "subnetId",
        "privateHosts",
        "readerAccountId",
    } <= given.keys()
    assert {name: value.strip("'") for name, value in given.items()} == {name: main[name].strip("'") for name in given}


def test_a_python_that_is_not_supported_is_refused_with_the_names_of_those_that_are(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FORESIGNAL_PYTHON_VERSION", "3.9")

    assert package.main() == 2
    assert "'3.9'; it must be one of 3.11, 3.12, 3.13" in capsys.readouterr().err


def test_azd_finds_the_app_and_uploads_what_was_built_here() -> None:
    azure = yaml.safe_load((ROOT / "azure.yaml").read_text(encoding="utf-8"))
    [(name, service)] = azure["services"].items()

    assert f"'azd-service-name': '{name}'" in all_code()
    assert all("'azd-env-name': environmentName" in code(path) for path in (MAIN, GROUP))
    assert (service["project"], service["host"], service["remoteBuild"]) == (".", "function", False)
    for hook in service["hooks"]["prepackage"].values():
        assert hook["run"].split()[-1] == "infra/package.py"
    assert azure["requiredVersions"]["azd"] == ">= 1.23.5"
    assert "1.23.5" in DEPLOYING.read_text(encoding="utf-8")


def test_only_the_app_goes_into_the_package() -> None:
    lines = (ROOT / ".funcignore").read_text(encoding="utf-8").splitlines()
    patterns = {line for line in lines if line and not line.startswith("#")}
    ignored = {pattern.removeprefix("/") for pattern in patterns}
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout
    there = {name.split("/")[0] for name in tracked.splitlines()}

    assert there - ignored <= IN_THE_PACKAGE, "say in .funcignore, or in this test, whether these go to Azure"
    assert not ignored & (IN_THE_PACKAGE | {".python_packages"})
    # An unanchored name would also match folders inside the libraries; wildcards mean different things to azd and func.
    assert all(pattern.startswith("/") for pattern in patterns)
    assert not {pattern for pattern in patterns if set("*?!") & set(pattern)}


def test_what_git_ignores_stays_at_home_too_except_the_libraries() -> None:
    made_here = {line.strip("/") for line in (ROOT / ".gitignore").read_text(encoding="utf-8").split()}
    ignored = {line.strip("/") for line in (ROOT / ".funcignore").read_text(encoding="utf-8").split()}

    # compiled libraries go to Azure (decision 0034); what Python left beside our own sources is swept before
    assert made_here - ignored == {".python_packages", "*.egg-info", "__pycache__"}
    assert "foresignal.egg-info" in ignored


def test_the_deploying_page_uses_names_and_ids_that_exist() -> None:
    page = DEPLOYING.read_text(encoding="utf-8")
    outputs = set(re.findall(r"^output ([A-Z_]+) ", code(MAIN), re.MULTILINE)) | {"AZURE_SUBSCRIPTION_ID"}  # azd's own
    inputs = set(re.findall(r"readEnvironmentVariable\('(\w+)'", code(PARAMETERS)))

    assert set(re.findall(r"azd env get-value (\w+)", page)) <= outputs
    assert set(re.findall(r"\b(?:FORESIGNAL|AZURE)_[A-Z_]*[A-Z]\b", page)) <= outputs | inputs
    assert set(re.findall(r"AzureWebJobsStorage__\w+", page)) <= declared()["settings"]
    assert set(GUID.findall(page)) == {*GRAPH_ROLES.values(), "00000003-0000-0000-c000-000000000000"}
    assert all(name in page for name in GRAPH_ROLES)


def test_outputs_are_in_capitals_as_azd_keeps_them() -> None:
    outputs = re.findall(r"^output (\w+) ", code(MAIN), re.MULTILINE)

    assert outputs
    assert all(re.fullmatch(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*", name) for name in outputs)


def test_links_of_the_decision_and_the_page_lead_somewhere() -> None:
    for path in (ROOT / "azure.yaml", INFRA / "package.py", GROUP, DEPLOYING):
        text = path.read_text(encoding="utf-8")
        for number in re.findall(r"decisions?[ /](\d{4})", text):
            assert list((ROOT / "docs" / "decisions").glob(f"{number}-*.md")), (path.name, number)
