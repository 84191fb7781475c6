"""Reports: made of what is recorded, kept as they are sent, and sent."""
