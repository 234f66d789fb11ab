"""Stands before the server and writes down what the editor says of itself when it connects.

``architect`` on the editor's PATH, for the length of a test. Environment: RECORDING (the file to
write), SERVER (the real command, words separated by newlines). Everything else passes unchanged.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

_LENGTH = re.compile(rb"Content-Length: *(\d+)", re.IGNORECASE)


def first_message(received: bytes) -> Any:
    """The first message of a stream as JSON; None as long as it is not whole."""
    header, separator, rest = received.partition(b"\r\n\r\n")
    length = _LENGTH.search(header)
    if not separator or length is None or len(rest) < int(length[1]):
        return None
    return json.loads(rest[: int(length[1])])


def recording(initialize: Any) -> dict[str, Any]:
    """What a test needs to play this client: who it is, and what it can do."""
    params = initialize["params"]
    return {"clientInfo": params.get("clientInfo"), "capabilities": params["capabilities"]}


def main() -> int:
    """Pass the editor's bytes on until it ends; the server answers the editor directly."""
    command = os.environ["SERVER"].split("\n")
    server = subprocess.Popen([*command, *sys.argv[1:]], stdin=subprocess.PIPE)
    assert server.stdin is not None
    received, recorded = b"", False
    while chunk := os.read(0, 65536):
        server.stdin.write(chunk)
        server.stdin.flush()
        if not recorded:
            received += chunk
            if (message := first_message(received)) is not None:
                text = json.dumps(recording(message), indent=2, sort_keys=True)
                Path(os.environ["RECORDING"]).write_text(text + "\n", "utf-8")
                recorded = True
    server.stdin.close()
    return server.wait()


if __name__ == "__main__":
    sys.exit(main())
