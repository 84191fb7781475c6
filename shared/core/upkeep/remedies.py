"""What mends each fault that the doctor knows, in one table (docs/doctor.md has the same)."""

from collections.abc import Mapping
from typing import NamedTuple


class Remedy(NamedTuple):
    """`fault`: what is wrong, for the documentation. `text`: what to do, with places for what the command needs.

    Commands are for sh and PowerShell alike.
    """

    fault: str
    text: str


_APP = '--name "$(azd env get-value FORESIGNAL_APP_NAME)" --resource-group "$(azd env get-value AZURE_RESOURCE_GROUP)"'
_RESTART = f"az functionapp restart {_APP}"
_LET_IN = (
    "Let this network in: `azd env set FORESIGNAL_ALLOWED_ADDRESSES ADDRESSES`, then `azd provision`. ADDRESSES: this "
    "network's public address, and those that `azd env get-values` shows there already, with commas between them and "
    "no blanks"
)
_PUSH = "then `foresignal policy push FILE`"

REMEDIES: Mapping[str, Remedy] = {
    # who we are
    "signed_out": Remedy("nobody is signed in on this machine", "Sign in: `az login`"),
    "no_identity": Remedy(
        "the app gets no token of its own identity", f"Attach it again: `azd provision`, then `{_RESTART}`"
    ),
    # the app settings
    "reference_unresolved": Remedy(
        "an app setting holds a Key Vault reference as it is written",
        "Give the app's identity the role: `az role assignment create --role \"Key Vault Secrets User\" "
        '--assignee-object-id "$(azd env get-value FORESIGNAL_IDENTITY_PRINCIPAL_ID)" '
        "--assignee-principal-type ServicePrincipal "
        '--scope "$(az keyvault show --name $(azd env get-value FORESIGNAL_KEY_VAULT_NAME) --query id --output tsv)"`, '
        f"look that the secret is there, then `{_RESTART}`",
    ),
    "setting_missing": Remedy(
        "an app setting is missing",
        "On your machine: run the line of docs/deploying.md, step 3, with `azd env get-values`; beside a sandbox add "
        "--state DIR. In Azure: `azd provision`",
    ),
    # storage
    "right_missing": Remedy("storage does not let us read or write", "{commands}"),
    "network_closed": Remedy(
        "storage takes no calls from this network",
        _LET_IN,
    ),
    "token_refused": Remedy(
        "storage refuses our token or key",
        "Sign in to the subscription's tenant: `az login --tenant \"$(azd env get-value AZURE_TENANT_ID)\"`; look at "
        "this machine's clock, too",
    ),
    "storage_unreachable": Remedy(
        "storage does not answer",
        "Look at the address (`azd env get-value {storage_url}`), and whether this network lets calls to it out",
    ),
    "part_missing": Remedy("a table, queue or container is not there", "Make it: `azd provision`"),
    # the policy
    "asleep": Remedy(
        "the deployment is asleep",
        "When every other deployment of its name is asleep or deleted, wake it: `foresignal wake`",
    ),
    "half_imported": Remedy(
        "an import ended in the middle", "Repeat it with the same file: `foresignal import FILE`"
    ),
    "policy_faulty": Remedy(
        "the policy that was pushed last is not in force",
        f"See every fault with its line: `foresignal check FILE`, mend them, {_PUSH}",
    ),
    # secrets
    "vault_refused": Remedy(
        "Key Vault does not let us read",
        'Give the role: `az role assignment create --role "Key Vault Secrets User" --assignee-object-id {principal} '
        '--assignee-principal-type {kind} --scope "$(az keyvault show --name {vault} --query id --output tsv)"`',
    ),
    "vault_closed": Remedy(
        "Key Vault takes no calls from this network",
        _LET_IN,
    ),
    "vault_unreachable": Remedy(
        "Key Vault does not answer",
        "Look at FORESIGNAL_KEY_VAULT_URL (`azd env get-value FORESIGNAL_KEY_VAULT_URL`), and whether this network "
        "lets calls to it out",
    ),
    "secret_missing": Remedy("a secret that the policy names is not there", "Set it: {set_it}"),
    "secret_disabled": Remedy(
        "a secret is switched off",
        "Switch it on: `az keyvault secret set-attributes --vault-name {vault} --name {name} --enabled true`",
    ),
    "secret_unresolved": Remedy(
        "a secret holds a Key Vault reference as it is written",
        "Store the secret's own value, no reference: {set_it}",
    ),
    "secret_empty": Remedy("a secret is empty", "Set it: {set_it}"),
    "secret_padded": Remedy(
        "a secret has a newline or blank at one of its ends",
        "Store it without: {set_it}. A file ends with a newline, so do not use --file with one that an editor wrote",
    ),
    "secret_broken": Remedy(
        "a secret has a newline in its middle", "Copy it again, as one line, and store it: {set_it}"
    ),
    "secret_unbound": Remedy(
        "a secret has no tag that says where it may be sent",
        "Say where: `az keyvault secret set-attributes --vault-name {vault} --name {name} "
        "--tags foresignal-hosts=HOST`, HOST being the ticket system's",
    ),
    "secret_expired": Remedy(
        "a secret has ended, or ends within 30 days",
        "Make a new one in the system that it is for, and store it with its new end: {set_it}",
    ),
    "inbound_weak": Remedy(
        "the secret with which a ticket system calls us is none to rely on",
        'Make one with 32 random bytes: `python -c "import secrets; print(secrets.token_urlsafe(32))"`, store it: '
        "{set_it}, and give it to the ticket system (docs/tickets-inbound.md)",
    ),
    "answer_key_bad": Remedy(
        "the keys that sign the links of cards cannot be read",
        'Put a line `ID:KEY` there, with a key of `python -c "import secrets; print(secrets.token_urlsafe(32))"`: '
        "{set_it}",
    ),
    # tenants
    "role_missing": Remedy(
        "our identity lacks an application role on Microsoft Graph",
        "Grant it: `foresignal grant`; whoever may not prints the request for who may: `foresignal grant --print`. It "
        "counts with the next token, up to 24 hours later",
    ),
    "role_missing_there": Remedy(
        "the app registration lacks an application role in a tenant",
        "Add the permission to the app registration {app} (Entra, App registrations, API permissions, Microsoft Graph, "
        "Application permissions), then have an administrator of the tenant open `{consent}`",
    ),
    "consent_missing": Remedy(
        "a tenant does not know our app, or has not consented",
        "Have an administrator of the tenant (Privileged Role Administrator or Global Administrator) open `{consent}`",
    ),
    "tenant_unknown": Remedy(
        "Entra knows no such tenant",
        f"Put right tenants.{{tenant}}.tenant_id in the policy (Entra, Overview, Tenant ID), {_PUSH}",
    ),
    "wrong_tenant": Remedy(
        "the token is of another tenant than the policy names",
        "Say which tenant is meant: tenants.{tenant}.tenant_id: {actual} in the policy, or, to read {expected}, "
        f"`auth: {{{{kind: federated, client_id: ...}}}}` (docs/many-tenants.md), {_PUSH}",
    ),
    "federation_wrong": Remedy(
        "the app registration does not trust our identity",
        "Let it trust the identity: `az ad app federated-credential create --id {app} --parameters credential.json`, "
        "with this in that file: "
        '{{"name": "foresignal", "issuer": "https://{login}/OUR-TENANT-ID/v2.0", '
        '"subject": "OBJECT-ID-OF-OUR-IDENTITY", "audiences": ["{audience}"]}}; '
        "the two ids: `azd env get-value AZURE_TENANT_ID`, `azd env get-value FORESIGNAL_IDENTITY_PRINCIPAL_ID`",
    ),
    "client_secret_wrong": Remedy(
        "the client secret of a tenant is wrong or has ended",
        "Make a new one: `az ad app credential reset --id {app} --append`, and store it: {set_it}",
    ),
    "sign_in_failed": Remedy(
        "a tenant gives no token",
        "Look the code up at https://login.microsoftonline.com/error; look at tenants.{tenant}.tenant_id and .auth in "
        f"the policy, {_PUSH}",
    ),
    "graph_refuses": Remedy(
        "Graph does not let us read the posts",
        "Grant ServiceMessage.Read.All there: `foresignal grant` for our own tenant, "
        "`foresignal grant --consent {tenant}` for another one",
    ),
    "graph_silent": Remedy(
        "Graph does not answer",
        "Look whether this network lets calls to {host} out, and at tenants.{tenant}.cloud and .graph_url in the "
        "policy",
    ),
    # channels
    "channel_down": Remedy("a channel takes no cards", "{remedy} Then `foresignal parked probe`"),
    "channel_address": Remedy("a channel's address leads nowhere", "{remedy}"),
    "card_refused": Remedy("a channel did not take the sample card", "{remedy}"),
    "reader_missing": Remedy(
        "the policy has a second reader, and the app has none",
        "Deploy it: `azd env set FORESIGNAL_READER_ACCOUNT RESOURCE-ID`, then `azd up` (docs/deploying.md, A second "
        "reader); or take `reader` out of the policy, then `foresignal policy push FILE`",
    ),
    "reader_refuses": Remedy("the second reader does not let us ask", "{remedy}"),
    "mail_for_all": Remedy(
        "our identity may send mail as everybody in the organisation",
        "Give it Mail.Send for one mailbox in Exchange first (docs/deploying.md, Mail), then take the role away in "
        "Entra. Its assignment: `az rest --url "
        '"https://{graph}/v1.0/servicePrincipals/{principal}/appRoleAssignments" '
        "--query \"value[?appRoleId=='b633e1c5-b582-4048-a93e-9f11b44c7e96'].id\" --output tsv`; delete it: "
        "`az rest --method DELETE --url "
        '"https://{graph}/v1.0/servicePrincipals/{principal}/appRoleAssignments/ASSIGNMENT"`. '
        "It counts with the next token, up to 24 hours later",
    ),
    # ticket systems
    "tickets_down": Remedy("a ticket system takes nothing", "{remedy} Then `foresignal parked probe`"),
    "tickets_refuse": Remedy(
        "a ticket system does not let us in, or lacks what we need",
        "{remedy} Look at tickets.{name} in the policy and at docs/tickets-{page}.md; try again with "
        "`foresignal check --online`",
    ),
    "tickets_silent": Remedy(
        "a ticket system does not answer",
        "Look whether it runs, and whether this network lets calls to it out; its address is in tickets.{name} of the "
        "policy",
    ),
    # the clock
    "clock_off": Remedy(
        "the clock is more than 5 minutes off, so that signatures and tokens fail",
        "Set this machine's clock: `w32tm /resync` on Windows, `sudo timedatectl set-ntp true` on Linux, "
        f"`sudo sntp -sS time.apple.com` on macOS; the app's: `{_RESTART}`",
    ),
    # what should have happened
    "fetch_failing": Remedy(
        "a tenant was not read for two hours, as it fails",
        "Mend what it says; the next fetch is 15 minutes away at most. `foresignal health` shows whether it went well",
    ),
    "fetch_stale": Remedy(
        "a tenant was not read for two hours, and nothing failed",
        "Look whether the timers run: `az functionapp function list " + _APP + " --output table`; without "
        "functions look at Failures in Application Insights, else `" + _RESTART + "`",
    ),
    "parked": Remedy(
        "something is parked",
        "See what, and why: `foresignal parked list`; mend it, then `foresignal parked replay KEY`",
    ),
    "lists_old": Remedy(
        "the lists of the pages are old or missing",
        f"The timer `index` makes them every ten minutes: `azd provision` after an upgrade, else `{_RESTART}`",
    ),
}  # fmt: skip
