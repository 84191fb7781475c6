"""A sandbox ServiceNow."""
