"""A feed compared with the last look at it, and cut into messages."""
