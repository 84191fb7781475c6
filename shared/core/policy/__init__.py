"""The policy: its model, its faults, and what it says about people and days."""
