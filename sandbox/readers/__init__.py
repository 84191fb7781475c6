"""Second readers of the sandbox: a service's API, answered by any function."""
