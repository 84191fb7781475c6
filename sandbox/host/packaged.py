"""`python -I -S packaged.py PLACES FOLDER ...`: the host over an unzipped package, without this computer's libraries.

As in Azure the app finds its own code and its .python_packages, and nothing else. The host is no part of a package, so
it brings along what it alone needs; `PLACES` are the folders where that is, as one path.
"""

import os
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder

OWN = ("sandbox", "croniter", "dateutil", "six", "pytz")


class OwnParts:
    """Finds the host's own modules, and only these, in places that nothing else is looked for in."""

    def __init__(self, places: Sequence[str]) -> None:
        self._places = places

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        """An importer's hook; `path` is given for what is inside of a package, and then Python finds it by itself."""
        del target
        return PathFinder.find_spec(name, self._places) if path is None and name in OWN else None


def run(places: str, folder: str, *arguments: str) -> int:
    sys.meta_path.append(OwnParts(places.split(os.pathsep)))
    sys.path[:0] = [folder, os.path.join(folder, ".python_packages", "lib", "site-packages")]  # noqa: PTH118 - as strings
    from sandbox.host.server import main

    sys.argv = ["sandbox.host", *arguments, "--folder", folder]
    return main()


if __name__ == "__main__":
    sys.exit(run(*sys.argv[1:]))
