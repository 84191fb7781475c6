"""The ports: what use cases need from outside. Adapters implement them; tests run one contract over each."""
