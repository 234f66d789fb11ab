"""A bare client of language servers over stdio, with as little of its own time as possible."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import threading
import time
from pathlib import Path
from typing import Any

Message = dict[str, Any]


class Server:
    """One running server. Messages are kept with the time (seconds) at which they came."""

    def __init__(self, command: list[str], environment: dict[str, str] | None = None) -> None:
        self.started = time.perf_counter()
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **(environment or {})},
        )
        #: Whether every change must carry the whole text.
        self.full_sync = False
        #: The numbers of the requests whose answers have been read.
        self.answered: set[int] = set()
        #: When the newest request was sent.
        self.asked = 0.0
        self._identifier = 0
        self._messages: queue.Queue[tuple[float, Message]] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        stream = self.process.stdout
        assert stream is not None
        while True:
            length = 0
            while (line := stream.readline()).strip():
                name, _, value = line.partition(b":")
                if name.lower() == b"content-length":
                    length = int(value)
            if not length:
                return
            body = stream.read(length)
            came = time.perf_counter()
            self._messages.put((came, json.loads(body)))

    def send(self, message: Message) -> float:
        """Send one message; the time just before."""
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        stream = self.process.stdin
        assert stream is not None
        before = time.perf_counter()
        stream.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        stream.flush()
        return before

    def notify(self, method: str, parameters: Any) -> float:
        return self.send({"method": method, "params": parameters})

    def request(self, method: str, parameters: Any, patience: float = 60.0) -> tuple[float, Any]:
        """Seconds until the answer, and its result."""
        identifier = self.ask(method, parameters)
        sent = self.asked
        while True:
            came, message = self._next(patience)
            if "id" in message and "method" not in message:
                self.answered.add(message["id"])
                if message["id"] == identifier:
                    return came - sent, message.get("result")

    def ask(self, method: str, parameters: Any) -> int:
        """Send a request without waiting; its number, which ``answered`` will hold."""
        self._identifier += 1
        self.asked = self.send({"id": self._identifier, "method": method, "params": parameters})
        return self._identifier

    def diagnostics(
        self, uri: str, version: int, patience: float = 60.0
    ) -> tuple[float, list[Any]]:
        """When the diagnostics of this version or a later one came, and what they are."""
        while True:
            came, message = self._next(patience)
            if message.get("method") == "textDocument/publishDiagnostics":
                parameters = message["params"]
                shown = parameters.get("version")
                if parameters["uri"] == uri and (shown is None or shown >= version):
                    return came, parameters["diagnostics"]

    def _next(self, patience: float) -> tuple[float, Message]:
        came, message = self._messages.get(timeout=patience)
        if "id" in message and "method" in message:
            items = message.get("params", {}).get("items", [])
            result = [None] * len(items) if message["method"].endswith("configuration") else None
            self.send({"id": message["id"], "result": result})
        return came, message

    def start(self, folder: Path, options: Any = None, pull: bool = False) -> float:
        """Initialize; seconds from the process's start to the answer.

        With ``pull`` the client asks for diagnostics itself.
        """
        parameters = {
            "processId": os.getpid(),
            "rootUri": folder.as_uri(),
            "workspaceFolders": [{"uri": folder.as_uri(), "name": "bench"}],
            "capabilities": {
                "textDocument": {
                    "publishDiagnostics": {"versionSupport": True},
                    "synchronization": {},
                    **({"diagnostic": {}} if pull else {}),
                    "codeAction": {
                        "codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["refactor"]}}
                    },
                },
                "workspace": {"configuration": False},
            },
            "initializationOptions": options,
        }
        _, result = self.request("initialize", parameters)
        sync = result["capabilities"].get("textDocumentSync", 1)
        self.full_sync = (sync.get("change") if isinstance(sync, dict) else sync) == 1
        answered = time.perf_counter() - self.started
        self.notify("initialized", {})
        return answered

    def open(self, uri: str, text: str) -> float:
        item = {"uri": uri, "languageId": "python", "version": 0, "text": text}
        return self.notify("textDocument/didOpen", {"textDocument": item})

    def change(self, uri: str, version: int, changes: list[Message]) -> float:
        document = {"uri": uri, "version": version}
        return self.notify(
            "textDocument/didChange", {"textDocument": document, "contentChanges": changes}
        )

    def resident(self) -> float:
        """Megabytes of the process and its children."""
        return sum(self.residents())

    def residents(self) -> list[float]:
        """Megabytes of the process and of each of its children."""
        return [_resident(process) for process in _family(self.process.pid)]

    def stop(self) -> None:
        try:
            self.request("shutdown", None, patience=5)
            self.notify("exit", None)
            self.process.wait(5)
        except (OSError, queue.Empty, subprocess.TimeoutExpired):
            self.process.kill()
            self.process.wait()


def _family(process: int) -> list[int]:
    found = [process]
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == process:
            found += _family(int(stat.parent.name))
    return found


def _resident(process: int) -> float:
    try:
        pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
