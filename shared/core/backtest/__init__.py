"""Past posts through today's rules."""
