"""Where this user's own files are kept: never in a repository."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from platformdirs import user_cache_path, user_data_path, user_state_path

from architect_agents.limits import Price
from architect_agents.spending import DailySpending
from architect_agents.tools.ide_tools import Diagnostics
from architect_agents.tools.postgres_tool import configured_url
from architect_agents.types import Listen
from architect_agents.workbench import Facilities

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


def spending_file() -> Path:
    """What was spent today."""
    return user_state_path(APPLICATION) / "spending.txt"


def cache_folder() -> Path:
    """What can be asked for again."""
    return user_cache_path(APPLICATION)


def user_facilities(
    web: bool = False,
    diagnostics: Diagnostics | None = None,
    daily_usd: float | None = None,
    listen: Listen | None = None,
    prices: Mapping[str, Price] | None = None,
) -> Facilities:
    """What this user's installation offers to runs.

    ``web`` lets the provider search and fetch, ``diagnostics`` tells what the editor shows,
    ``daily_usd`` is the most that all runs of a day may cost (None: no cap), ``listen`` hears of
    every step, ``prices`` are the user's own by the start of a model's id.
    """
    return Facilities(
        memory=memory_file(),
        approvals=approvals_file(),
        server_logs=server_logs(),
        postgres_url=configured_url(os.environ),
        web=web,
        diagnostics=diagnostics,
        spending=DailySpending(spending_file(), daily_usd),
        listen=listen,
        prices=prices or {},
    )
