"""The SDK's own clients for other clouds, with the right settings, as far as loopback reaches."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from architect_agents import errors
from architect_agents.model import ModelRequest, Text, UserTurn
from architect_agents.models.claude import ClaudeModel, Patience
from architect_server.model_access import model_provider
from fake_messages import FakeMessages, message, text, tool_use

QUICK = Patience(attempts=1, first_pause=0.01, longest_pause=0.05, connect=5, silence=7)
REQUEST = ModelRequest(system="You help.", turns=(UserTurn((Text("Simplify f."),)),))
FINE = message(text("All is well."), tool_use("Read", {"file_path": "a.py"}))
ENVIRONMENT = {
    "bedrock": {
        "CLAUDE_CODE_USE_BEDROCK": "1",
        "AWS_REGION": "eu-west-1",
        "AWS_BEARER_TOKEN_BEDROCK": "bearer-of-bedrock",
    },
    "vertex": {
        "CLAUDE_CODE_USE_VERTEX": "1",
        "CLOUD_ML_REGION": "europe-west1",
        "ANTHROPIC_VERTEX_PROJECT_ID": "my-project",
    },
    "foundry": {"CLAUDE_CODE_USE_FOUNDRY": "1", "ANTHROPIC_FOUNDRY_API_KEY": "key-of-foundry"},
}


class Google:
    """What google-auth would give, which is not installed here."""

    token, expired = "token-of-google", False


@pytest.fixture
async def fake(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeMessages]:
    async with FakeMessages([FINE]) as server:
        for name in ("BEDROCK", "VERTEX", "FOUNDRY"):
            monkeypatch.setenv(f"ANTHROPIC_{name}_BASE_URL", server.base_url)
        monkeypatch.setattr(
            "anthropic.lib.vertex._client.load_auth", lambda project_id: (Google(), project_id)
        )
        yield server


@pytest.mark.parametrize(
    ("cloud", "path", "header"),
    [
        (
            "vertex",
            "/projects/my-project/locations/europe-west1/publishers/anthropic/models/"
            "some-model:streamRawPredict",
            ("authorization", "Bearer token-of-google"),
        ),
        ("foundry", "/v1/messages", ("api-key", "key-of-foundry")),
    ],
)
async def test_a_whole_answer_comes_over_the_clouds_own_client(
    monkeypatch: pytest.MonkeyPatch,
    fake: FakeMessages,
    cloud: str,
    path: str,
    header: tuple[str, str],
) -> None:
    for name, value in ENVIRONMENT[cloud].items():
        monkeypatch.setenv(name, value)
    model = ClaudeModel("some-model", patience=QUICK)
    said: list[tuple[str, str]] = []
    answer = await model.turn(REQUEST, lambda kind, words: said.append((kind, words)))
    assert model.provider == cloud
    assert answer.text == "All is well."
    assert answer.calls[0].arguments == {"file_path": "a.py"}
    assert ("tool", "Read") in said
    client: Any = model._client
    assert type(client).__name__ == f"AsyncAnthropic{cloud.capitalize()}"
    assert client.max_retries == 0, "we count attempts ourselves"
    assert (client.timeout.read, client.timeout.connect) == (7, 5)
    await model.close()
    (sent,) = [one for one in fake.requests if one.method == "POST"]
    assert sent.path == path
    assert sent.headers[header[0]] == header[1]
    assert sent.json["stream"] is True


async def test_bedrock_is_asked_and_says_which_package_its_answer_needs(
    monkeypatch: pytest.MonkeyPatch, fake: FakeMessages
) -> None:
    """Its answers come in a format that only botocore reads, which is not installed here."""
    for name, value in ENVIRONMENT["bedrock"].items():
        monkeypatch.setenv(name, value)
    model = ClaudeModel("anthropic.some-model-v1:0", patience=QUICK)
    with pytest.raises(errors.NoCredentials, match="botocore"):
        await model.turn(REQUEST, lambda *_: None)
    await model.close()
    (sent,) = [one for one in fake.requests if one.method == "POST"]
    assert sent.path == "/model/anthropic.some-model-v1:0/invoke-with-response-stream"
    assert sent.headers["authorization"] == "Bearer bearer-of-bedrock"
    assert sent.json["anthropic_version"]
    assert "model" not in sent.json, "it stands in the address"


@pytest.mark.parametrize(
    ("cloud", "who"),
    [
        ("bedrock", "Amazon Bedrock (eu-west-1)"),
        ("vertex", "Google Vertex AI (my-project, europe-west1)"),
        ("foundry", "Microsoft Foundry (my-resource)"),
    ],
)
def test_consent_names_the_cloud(monkeypatch: pytest.MonkeyPatch, cloud: str, who: str) -> None:
    monkeypatch.setenv("ANTHROPIC_BASE_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("ANTHROPIC_FOUNDRY_RESOURCE", "my-resource")
    for name, value in ENVIRONMENT[cloud].items():
        monkeypatch.setenv(name, value)
    assert model_provider() == who
