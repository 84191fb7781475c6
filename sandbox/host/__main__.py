"""`python -m sandbox.host`: the host as a process."""

import sys

from sandbox.host.server import main

if __name__ == "__main__":
    sys.exit(main())
