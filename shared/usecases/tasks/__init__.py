"""Planner tasks on their way in."""
