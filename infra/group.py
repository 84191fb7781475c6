"""`azd provision` for those who may only deploy into a resource group that exists: python infra/group.py GROUP.

It reads the azd environment, deploys group.bicep with az, and gives the outputs to azd, so that every other step of
docs/deploying.md is the same. On any computer.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

INFRA = Path(__file__).resolve().parent
DEPLOYMENT = "foresignal"


class FailedError(Exception):
    """A program that this one needs is missing or failed; the message says what to do."""


def run(*command: str, environment: Mapping[str, str] | None = None) -> str:
    """What a command prints; its errors and progress go where ours go."""
    program = shutil.which(command[0])  # az is az.cmd on Windows
    if program is None:
        raise FailedError(f"{command[0]} is not installed, or not in the PATH (docs/deploying.md, What you need)")
    done = subprocess.run(  # noqa: S603
        [program, *command[1:]], stdout=subprocess.PIPE, text=True, encoding="utf-8", check=False, env=environment
    )
    if done.returncode:
        raise FailedError(f"{' '.join(command[:4])} ... failed with status {done.returncode}")
    return done.stdout


def provision(group: str) -> dict[str, str]:
    """Deploys into the group; the outputs, which azd has now, too."""
    values = {
        name: str(value) for name, value in json.loads(run("azd", "env", "get-values", "--output", "json")).items()
    }
    missing = [name for name in ("AZURE_ENV_NAME", "AZURE_SUBSCRIPTION_ID", "AZURE_LOCATION") if not values.get(name)]
    if missing:
        raise FailedError(f"first: {'; '.join(f'azd env set {name} VALUE' for name in missing)}")
    if not values.get("AZURE_PRINCIPAL_ID") and values.get("AZURE_PRINCIPAL_TYPE", "User") == "User":
        values["AZURE_PRINCIPAL_ID"] = run(
            "az", "ad", "signed-in-user", "show", "--query", "id", "--output", "tsv"
        ).strip()
    if not values.get("FORESIGNAL_APP_NAME") and not values.get("FORESIGNAL_SECRET_HOSTS"):
        values |= {"FORESIGNAL_SECRET_HOSTS": "required"}  # as azure.yaml does for a new deployment
    subscription = ("--subscription", values["AZURE_SUBSCRIPTION_ID"])
    answer = run(
        *("az", "deployment", "group", "create", "--resource-group", group, "--name", DEPLOYMENT, *subscription),
        *("--parameters", str(INFRA / "group.bicepparam"), "--query", "properties.outputs", "--output", "json"),
        environment={**os.environ, **values},  # group.bicepparam reads them
    )
    # Azure hands outputs back as it stored them, and may write a name's first letters small.
    outputs = {name.upper(): str(output["value"]) for name, output in json.loads(answer).items()}
    kept = ("AZURE_PRINCIPAL_ID", "FORESIGNAL_SECRET_HOSTS")
    for name, value in {**{name: values[name] for name in kept if values.get(name)}, **outputs}.items():
        run("azd", "env", "set", name, value)
    return outputs


def main(arguments: list[str]) -> int:
    if len(arguments) != 1 or arguments[0].startswith("-"):
        sys.stderr.write("usage: python infra/group.py GROUP   (a resource group that exists)\n")
        return 2
    try:
        outputs = provision(arguments[0])
    except FailedError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write("".join(f"{name}={value}\n" for name, value in sorted(outputs.items())))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
