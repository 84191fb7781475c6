"""Second readers, one file a kind: `Settings` and `build`."""
