"""Where this user's own files are kept: never in a repository."""

from __future__ import annotations

from pathlib import Path

from platformdirs import user_cache_path, user_data_path, user_state_path

APPLICATION = "architect-lsp"


def memory_file() -> Path:
    """Where this user's knowledge graph is kept."""
    return user_data_path(APPLICATION) / "memory.sqlite3"


def transcript_folder() -> Path:
    """Where the records of runs go."""
    return user_state_path(APPLICATION) / "transcripts"


def approvals_file() -> Path:
    """Which servers this user approved for which workspace."""
    return user_state_path(APPLICATION) / "approvals.json"


def server_logs() -> Path:
    """Where MCP servers' stderr goes."""
    return user_state_path(APPLICATION) / "servers"


def cache_folder() -> Path:
    """What can be asked for again."""
    return user_cache_path(APPLICATION)
