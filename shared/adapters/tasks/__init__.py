"""Where Planner tasks come from."""
