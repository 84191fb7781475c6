"""A sandbox Microsoft 365: Graph for several tenants, their Planner, and the Teams channels that get cards."""
