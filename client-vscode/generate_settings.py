"""Write the server's settings into package.json, from the server's own table.

``python client-vscode/generate_settings.py`` renews the manifest; a test fails while it
is out of date.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from architect_server.settings import SETTINGS, Kind, Setting

MANIFEST = Path(__file__).with_name("package.json")

#: The title by which the generated section is found again in ``contributes.configuration``.
TITLE = "Analysis and architect"

_TYPES: dict[Kind, dict[str, Any]] = {
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "string": {"type": "string"},
    "strings": {"type": "array", "items": {"type": "string"}},
    "overrides": {
        "type": "array",
        "items": {
            "type": "object",
            "required": ["reason", "limits"],
            "additionalProperties": False,
            "properties": {
                "paths": {"type": "array", "items": {"type": "string"}},
                "languages": {"type": "array", "items": {"type": "string"}},
                "reason": {"type": "string", "minLength": 1},
                "limits": {
                    "type": "object",
                    "additionalProperties": {"type": "integer", "minimum": 0},
                },
            },
        },
    },
    "prices": {
        "type": "object",
        "additionalProperties": {
            "type": "object",
            "required": ["input", "output"],
            "additionalProperties": False,
            "properties": {
                name: {"type": "number", "minimum": 0}
                for name in ("input", "output", "cacheWrite", "cacheRead")
            },
        },
    },
}


def property_of(setting: Setting) -> dict[str, Any]:
    """The JSON schema that VS Code shows for one setting."""
    schema = dict(_TYPES[setting.kind])
    if setting.minimum is not None:
        schema["minimum"] = setting.minimum
    schema["default"] = setting.default
    # A repository must not set what spends the user's money: such settings stay the user's own.
    schema["scope"] = "application" if setting.user_only else "resource"
    # Markdown stands back where there is nothing to mark up: VS Code draws plain text faster.
    if setting.examples:
        schema["examples"] = list(setting.examples)
        shown = json.dumps(setting.examples[0], ensure_ascii=False)
        schema["markdownDescription"] = f"{setting.description} For example `{shown}`."
    else:
        schema["description"] = setting.description
    return schema


def with_settings(manifest: dict[str, Any], settings: Sequence[Setting]) -> dict[str, Any]:
    """``manifest`` with its generated section made anew; everything else stays as it is."""
    contributes = manifest["contributes"]
    kept = [section for section in contributes["configuration"] if section["title"] != TITLE]
    properties = {f"architect.{setting.key}": property_of(setting) for setting in settings}
    section = {"title": TITLE, "properties": properties}
    return {**manifest, "contributes": {**contributes, "configuration": [*kept, section]}}


def render(manifest: dict[str, Any]) -> str:
    return json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    current = json.loads(MANIFEST.read_text(encoding="utf-8"))
    MANIFEST.write_text(render(with_settings(current, SETTINGS)), encoding="utf-8")
