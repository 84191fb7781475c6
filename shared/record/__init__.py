"""What is kept: one file a table, its keys, its rows, and the conditional reads and writes on it."""
