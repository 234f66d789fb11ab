"""Check the VS Code client: strict types, lint, unit tests. Needs Node.js 20 or newer and npm."""

from __future__ import annotations

import sys

from build import BuildError, install_packages, run

if __name__ == "__main__":
    try:
        install_packages()
        for script in ("lint", "test"):
            run("npm", "run", script)
    except BuildError as error:
        sys.exit(str(error))
