"""Where cards go: one kind of channel a file; the file name is the `kind` in the policy."""
