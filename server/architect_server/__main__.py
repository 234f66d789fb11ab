"""``python -m architect_server`` is the ``architect`` command."""

import sys

from architect_server.cli import main

if __name__ == "__main__":
    sys.exit(main())
