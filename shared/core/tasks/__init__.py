"""Planner tasks."""
