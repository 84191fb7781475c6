"""A faulty policy is mended by leaving out what is wrong, so that the faults of the rest are told as well."""

import copy
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from shared.adapters.policy.faults import in_file, under
from shared.adapters.policy.yaml_lines import Keys, path_of
from shared.core.policy.model import Policy


def mended(data: Mapping[str, Any]) -> Policy | None:
    teams = data.get("teams")
    if not isinstance(teams, dict) or not teams:
        return None  # every name of a team would be told as undefined
    rest: dict[str, Any] = copy.deepcopy(dict(data))
    for _ in range(5):
        try:
            return Policy.model_validate(rest)
        except ValidationError as error:
            for fault in reversed(error.errors(include_url=False)):
                _mend(rest, in_file(rest, fault["loc"]), fault["type"], next(iter(teams)))
    return None


def _mend(data: dict[str, Any], loc: Keys, wrong: str, team: str) -> None:
    """Take out what is `wrong`; what others refer to by name or index stays, with something harmless inside."""
    *above, last = loc
    place: Any = data
    for key in above:
        place = under(place, key)
    path = path_of(loc)
    harmless = {"team": team, "routes": {"team": team}, "tenants": {"any": {}}, "services": [path]}
    if wrong == "missing":
        place[last] = harmless.get(str(last), path)
    elif wrong == "model_type":
        place[last] = harmless.get(str(last), {})
    elif isinstance(place, dict):
        place.pop(last, None)
    elif above[-1] == "services":
        place[last] = path
    else:
        del place[last]
