"""What Microsoft published."""
