"""Which model an alias means: the environment, the provider's listing, then our table."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from architect_agents.models.claude import ClaudeModel
from architect_agents.models.names import Listed, ListingCache, resolve
from fake_messages import FakeMessages

LISTING = [
    Listed("claude-sonnet-6", "sonnet", "active", "2026-11-01"),
    Listed("claude-sonnet-5-5", "sonnet", "active", "2026-09-29"),
    Listed("claude-sonnet-7", "sonnet", "deprecated", "2026-12-01"),
    Listed("claude-opus-9", "opus", "retired", "2026-12-01"),
]
NOWHERE = ListingCache(None, "here")


async def listing() -> Sequence[Listed]:
    return LISTING


async def no_listing() -> Sequence[Listed]:
    raise OSError("this server can't list")


@pytest.mark.parametrize(
    ("wanted", "environ", "expected"),
    [
        ("sonnet", {}, "claude-sonnet-6"),
        ("", {}, "claude-sonnet-6"),
        ("inherit", {}, "claude-sonnet-6"),
        ("Sonnet", {}, "claude-sonnet-6"),
        ("opus", {}, "claude-opus-5-5"),
        ("sonnet", {"ANTHROPIC_DEFAULT_SONNET_MODEL": "my-own"}, "my-own"),
        ("opus", {"ANTHROPIC_DEFAULT_SONNET_MODEL": "my-own"}, "claude-opus-5-5"),
        ("qwen3:32b", {"ANTHROPIC_DEFAULT_SONNET_MODEL": "my-own"}, "qwen3:32b"),
        ("claude-sonnet-5-5", {}, "claude-sonnet-5-5"),
        ("mythos", {}, "mythos"),
    ],
)
async def test_a_name_becomes_the_id_the_provider_knows(
    wanted: str, environ: dict[str, str], expected: str
) -> None:
    assert await resolve(wanted, environ, listing, NOWHERE) == expected


async def test_a_server_that_can_not_list_gets_the_table() -> None:
    assert await resolve("haiku", {}, no_listing, NOWHERE) == "claude-haiku-5-5"


async def test_the_listing_is_asked_for_once_a_day(tmp_path: Path) -> None:
    now = 1_000_000.0
    asked = []

    async def counted() -> Sequence[Listed]:
        asked.append(now)
        return LISTING

    cache = ListingCache(tmp_path / "new", "here", lambda: now)
    for _ in range(3):
        assert await resolve("sonnet", {}, counted, cache) == "claude-sonnet-6"
    assert len(asked) == 1
    now += 25 * 3600
    await resolve("sonnet", {}, counted, cache)
    assert len(asked) == 2
    await resolve("sonnet", {}, counted, ListingCache(tmp_path / "new", "elsewhere", lambda: now))
    assert len(asked) == 3


async def test_a_damaged_cache_only_means_asking_again(tmp_path: Path) -> None:
    (tmp_path / "models.json").write_text('{"server": "here", "when": "yesterday"')
    cache = ListingCache(tmp_path, "here")
    assert await resolve("sonnet", {}, listing, cache) == "claude-sonnet-6"


async def test_the_sdk_lists_the_models(monkeypatch: pytest.MonkeyPatch) -> None:
    from architect_agents.model import ModelRequest, Text, UserTurn

    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-test")
    models = (("claude-sonnet-9", "sonnet", "active", "2027-01-01"),)
    async with FakeMessages([], models) as fake:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", fake.base_url)
        model = ClaudeModel("sonnet")
        await model.count_tokens(ModelRequest("", (UserTurn((Text("x"),)),)))
        assert model.name == "claude-sonnet-9"
        await model.close()
