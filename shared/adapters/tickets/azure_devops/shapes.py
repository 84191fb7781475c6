"""What Azure DevOps' answers must look like where we look into them."""

from collections.abc import Mapping

from shared.adapters.ticketing.shapes import Shape

_FIELDS: Shape = {"System.State?": str, "System.Tags?": str, "System.TeamProject?": str, "System.WorkItemType?": str}
ITEM: Shape = {"id": int, "rev": int, "fields": _FIELDS, "relations?": [{}]}
ITEMS: Shape = [(type(None), {"id": int, "fields": _FIELDS})]
UPDATES: Shape = [{"fields?": {"System.History?": {}}}]
KIND: Shape = {"states": [{"name": str, "category": str}], "transitions?": {"*": [{"to": str}]}, "fields?": [{}]}
NAMED: Shape = [{}]
HOLDS: Mapping[str, Shape] = {"value": list, "workItems": [{"id": int}], "authenticatedUser": {}}
