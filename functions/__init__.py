"""Triggers: decode, call one use case, done."""
