"""A sandbox Jira."""
