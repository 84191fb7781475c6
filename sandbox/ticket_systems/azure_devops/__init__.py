"""A sandbox Azure DevOps."""
