"""How a change looks in Teams: Adaptive Cards from templates."""
