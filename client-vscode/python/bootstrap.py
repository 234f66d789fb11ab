"""Start the server from the copy inside the extension: ``python bootstrap.py serve``.

The bundled packages come first on Python's search path, so that the extension runs with the
versions it was tested with. What they lack, such as the model's SDK, is still found in the
interpreter's own packages, then in those that came with the extension for this version of Python,
and last in the folder ARCHITECT_PACKAGES, into which the extension fetches on the person's word.
"""

import os
import runpy
import sys
from pathlib import Path

if __name__ == "__main__":
    if sys.version_info < (3, 11):  # noqa: UP036 - this file is what an old Python gets to see
        sys.exit(f"Architect LSP needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
    here = Path(__file__).resolve().parent
    sys.path.insert(0, str(here / "libs"))
    for name in (f"{sys.version_info[0]}.{sys.version_info[1]}", "any"):
        sys.path.append(str(here / "native" / name))
    if packages := os.environ.get("ARCHITECT_PACKAGES"):
        sys.path.append(packages)
    runpy.run_module("architect_server", run_name="__main__", alter_sys=True)
