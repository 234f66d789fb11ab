"""The answer that is given before the full server is loaded is that server's own."""

from __future__ import annotations

import json
from typing import Any

import pytest

from architect_server.app import full_answer
from architect_server.clients import client_facts
from architect_server.greeting import answer
from editor import CLIENTS as RECORDED
from editor import NEW_EGLOT, OLDER_RECORDINGS, recorded

CLIENTS = [*RECORDED, *sorted(path.stem for path in OLDER_RECORDINGS.glob("*.json"))]


def _params(client: str, **general: Any) -> dict[str, Any]:
    capabilities = recorded(client)["capabilities"]
    if general:
        capabilities["general"] = {**(capabilities.get("general") or {}), **general}
    params = {"processId": None, "rootUri": None, "capabilities": capabilities}
    return {**params, "clientInfo": recorded(client).get("clientInfo")}


def _full(params: dict[str, Any]) -> dict[str, Any]:
    """The full server's answer without what only repeats the protocol's default."""
    result = full_answer(params)
    sync = result["capabilities"]["textDocumentSync"]
    for key in ("willSave", "willSaveWaitUntil"):
        assert not sync.pop(key, False)
    return result


@pytest.mark.parametrize("client", CLIENTS)
def test_every_recorded_client_gets_the_full_servers_answer(client: str) -> None:
    params = _params(client)
    assert json.loads(answer(params)) == _full(params)


@pytest.mark.parametrize(
    "encodings", [[], ["utf-8"], ["utf-16"], ["utf-32", "utf-8"], ["utf-7", "utf-8"], ["utf-7"]]
)
def test_the_encoding_is_the_one_that_the_full_server_would_choose(encodings: list[str]) -> None:
    params = _params(CLIENTS[0], positionEncodings=encodings)
    assert json.loads(answer(params)) == _full(params)
    chosen = json.loads(answer(params))["capabilities"]["positionEncoding"]
    assert client_facts(params).encoding == chosen


@pytest.mark.parametrize("prepares", [False, True])
def test_the_client_with_one_server_is_offered_the_full_servers_rename(prepares: bool) -> None:
    params = _params(NEW_EGLOT)
    params["clientInfo"] = {"name": "Eglot"}
    params["capabilities"]["textDocument"]["rename"] = {"prepareSupport": prepares}
    assert json.loads(answer(params)) == _full(params)
    assert "renameProvider" in _full(params)["capabilities"]


def test_the_smallest_client_gets_the_full_servers_answer() -> None:
    params: dict[str, Any] = {"processId": None, "capabilities": {}}
    assert json.loads(answer(params)) == _full(params)
    assert client_facts(params).encoding == "utf-16"


def test_what_does_not_say_what_it_can_do_is_left_to_the_full_server() -> None:
    with pytest.raises((TypeError, KeyError)):
        answer({"processId": None})
    with pytest.raises((TypeError, KeyError)):
        answer({"processId": None, "capabilities": None})
