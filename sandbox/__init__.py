"""The whole product on one machine: a sandbox Microsoft 365, Azurite, and the functions under our own host."""
