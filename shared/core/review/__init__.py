"""What people decide about changes."""
