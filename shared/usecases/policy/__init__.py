"""The policy in force, watched."""
