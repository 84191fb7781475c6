"""The organisation's change: merged from editions, with its events and relations."""
