"""Whether a deployment is right, and what mends it."""
