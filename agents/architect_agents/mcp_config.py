"""Servers that a `.mcp.json` names: reading them, and whether the person approved of each."""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FILE_NAME = ".mcp.json"
LARGEST = 256 * 1024
_VARIABLE = re.compile(r"\$\{(?P<name>[A-Za-z_]\w*)(?::-(?P<default>[^}]*))?\}")


@dataclass(frozen=True, slots=True)
class ServerEntry:
    """One server: a command with arguments (``url`` empty), or a URL with headers.

    ``fingerprint`` is the hash of the entry as it is written, before variables are put in. An
    approval is good for this fingerprint only.
    """

    name: str
    command: str = ""
    args: tuple[str, ...] = ()
    env: tuple[tuple[str, str], ...] = ()
    url: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    fingerprint: str = ""

    @property
    def summary(self) -> str:
        """What a person is asked to approve: what would run, or where it would connect."""
        return self.url or " ".join([self.command, *self.args])


@dataclass(frozen=True, slots=True)
class McpConfig:
    """The servers of a file, and for each that can't be used the reason."""

    servers: tuple[ServerEntry, ...] = ()
    problems: tuple[tuple[str, str], ...] = ()


def read_config(folder: Path, environ: Mapping[str, str]) -> McpConfig:
    """The `.mcp.json` of ``folder``; a file that is absent names no servers. Never raises."""
    path = folder / FILE_NAME
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            return McpConfig()  # to read a pipe would wait for ever
        if found.st_size > LARGEST:
            return McpConfig(problems=((FILE_NAME, "it is too large"),))
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return McpConfig()
    except (OSError, ValueError) as error:
        return McpConfig(problems=((FILE_NAME, f"it can't be read ({error})"),))
    return parse_config(text, environ)


def parse_config(text: str, environ: Mapping[str, str]) -> McpConfig:
    """The servers in ``text``, with `${VAR}` and `${VAR:-default}` taken from ``environ``."""
    try:
        entries = json.loads(text)["mcpServers"].items()
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return McpConfig(problems=((FILE_NAME, "it has no object mcpServers"),))
    servers: list[ServerEntry] = []
    problems: list[tuple[str, str]] = []
    for name, raw in entries:
        try:
            servers.append(_entry(name, raw, environ))
        except ValueError as error:
            problems.append((name, str(error)))
    return McpConfig(tuple(servers), tuple(problems))


def _entry(name: str, raw: Any, environ: Mapping[str, str]) -> ServerEntry:
    if not isinstance(raw, dict):
        raise ValueError("it is no object")
    fingerprint = hashlib.sha256(json.dumps(raw, sort_keys=True).encode()).hexdigest()
    kind = raw.get("type") or ("http" if "url" in raw else "stdio")
    if kind in ("http", "streamable-http", "streamableHttp"):
        url = _expanded(raw.get("url"), environ)
        if not url.startswith(("http://", "https://")):
            raise ValueError("its url is no http address")
        headers = _pairs(raw.get("headers"), environ)
        return ServerEntry(name, url=url, headers=headers, fingerprint=fingerprint)
    if kind != "stdio":
        raise ValueError(f"its type {kind} is not supported")
    args = raw.get("args") or []
    if not isinstance(args, list):
        raise ValueError("its args are no list")
    return ServerEntry(
        name,
        command=_expanded(raw.get("command"), environ),
        args=tuple(_expanded(arg, environ) for arg in args),
        env=_pairs(raw.get("env"), environ),
        fingerprint=fingerprint,
    )


def _pairs(raw: Any, environ: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    if raw is None:
        return ()
    if not isinstance(raw, dict):
        raise ValueError("its env or headers are no object")
    return tuple((str(key), _expanded(value, environ)) for key, value in raw.items())


def _expanded(value: Any, environ: Mapping[str, str]) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError("a value in it is missing or no text")

    def put_in(match: re.Match[str]) -> str:
        found = environ.get(match["name"], match["default"])
        if found is None:
            raise ValueError(f"the variable {match['name']} is not set")
        return found

    return _VARIABLE.sub(put_in, value)


@dataclass(frozen=True, slots=True)
class Approvals:
    """What the person approved of, in a file of their own state, never in a repository."""

    file: Path

    def has(self, workspace: Path, entry: ServerEntry) -> bool:
        """Whether exactly this entry was approved for this workspace."""
        return (
            bool(entry.fingerprint)
            and self._read().get(_key(workspace), {}).get(entry.name) == entry.fingerprint
        )

    def grant(self, workspace: Path, entry: ServerEntry) -> None:
        """Keep the person's yes.

        Raises:
            OSError: the state can't be written.
        """
        granted = self._read()
        granted.setdefault(_key(workspace), {})[entry.name] = entry.fingerprint
        self._write(granted)

    def revoke(self, workspace: Path) -> None:
        """Forget all that was approved for a workspace."""
        granted = self._read()
        if granted.pop(_key(workspace), None) is not None:
            self._write(granted)

    def _read(self) -> dict[str, dict[str, str]]:
        try:
            kept = json.loads(self.file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        if not isinstance(kept, dict):
            return {}
        return {key: value for key, value in kept.items() if isinstance(value, dict)}

    def _write(self, granted: Mapping[str, Mapping[str, str]]) -> None:
        self.file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = self.file.with_name(f"{self.file.name}.{os.getpid()}")
        fresh.write_text(json.dumps(granted, indent=1), encoding="utf-8")
        fresh.replace(self.file)


def _key(workspace: Path) -> str:
    return str(workspace.resolve())
