"""Names of queues, tables, containers and app settings: those of infra/ and no others (a test compares them)."""

QUEUES = ("fetches", "posts", "changes", "tickets", "cards", "tasks")
POISON = "-poison"
TABLES = (
    "changes", "tenants", "tasks", "open", "closings", "parked", "register", "dryruns", "webhooks", "numbers",
    "deliveries",
)  # fmt: skip
CONTAINERS = ("config", "oversize")
