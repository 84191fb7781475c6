"""Where announcements come from: one outside system a file."""
