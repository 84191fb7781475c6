"""What is asked of whoever may grant: commands, and the letter that goes with them."""

from collections.abc import Sequence

from shared.core.clouds import CLOUDS
from shared.core.terms import Cloud
from shared.core.upkeep.graph_roles import GRAPH, MAIL, AppRole


def assignments_url(cloud: Cloud, principal: str) -> str:
    """Where the application roles of a service principal are read and given."""
    return f"https://{CLOUDS[cloud].graph}/v1.0/servicePrincipals/{principal}/appRoleAssignments"


def commands(cloud: Cloud, identity: str, roles: Sequence[AppRole]) -> str:
    """What grants the roles, for a shell such as Cloud Shell's Bash, which every administrator has in the browser."""
    url = assignments_url(cloud, identity)
    lines = [f"graph=$(az ad sp show --id {GRAPH} --query id --output tsv)"]
    for role in roles:
        body = (
            f'{{\\"principalId\\": \\"{identity}\\", \\"resourceId\\": \\"$graph\\", \\"appRoleId\\": \\"{role.id}\\"}}'
        )
        lines += [f"# {role.name}", f'az rest --method POST --url {url} --body "{body}"']
    lines += ["# what is granted now", f'az rest --url {url} --query "value[].appRoleId"']
    return "\n".join(lines)


def letter(
    cloud: Cloud, identity: str, roles: Sequence[AppRole], deployment: str = "", *, sends_mail: bool = False
) -> str:
    """The request to a Privileged Role Administrator or Global Administrator."""
    named = f" {deployment}" if deployment else ""
    asked = "\n\n".join(
        f"{number}. {role.name} ({role.id})\n   Why: {role.why}.\n   It allows to {role.allows}."
        for number, role in enumerate(roles, 1)
    )
    mail = f"\nMail is sent, too. Do not grant {MAIL} for it: {_MAIL}\n" if sends_mail else ""
    return f"""\
Subject: Please grant {len(roles)} application role{"" if len(roles) == 1 else "s"} on Microsoft Graph to Foresignal

Hello,

we run Foresignal{named} in our Azure subscription. It follows Microsoft 365 changes from the Message Center to tickets
and cards. It signs in with a managed identity of its own: there is no password and no secret that anybody could copy.
Please grant that identity, object id {identity}:

{asked}

These are application permissions: they hold without a signed-in user, and nobody signs in with them. To grant them
takes the role Privileged Role Administrator or Global Administrator. Open Azure Cloud Shell (Bash) at
https://shell.azure.com and run:

{commands(cloud, identity, roles)}

The last command prints the ids above. To take a role away again: Entra, Enterprise applications, All applications
(Managed identities), the identity, Permissions.
{mail}
Thank you.
"""


_MAIL = (
    "it would allow to send as everybody in the organisation. Exchange gives the right for one mailbox\n"
    "(docs/deploying.md, Mail)."
)
