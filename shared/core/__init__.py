"""The pure core: posts, editions, changes, decisions. No I/O, no clock, no environment."""
