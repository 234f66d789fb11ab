"""Whether Claude can be asked at all: package and key, found without importing anything heavy."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

HOW_TO_GET_A_KEY = (
    "Set ANTHROPIC_API_KEY in the environment your editor starts from (keys are made at "
    "console.anthropic.com), or ANTHROPIC_BASE_URL for a server of your own."
)
HOW_TO_GET_THE_PACKAGE = (
    "The package `anthropic` is not installed beside Architect LSP. Install it with "
    "`pip install anthropic` into the Python that runs the server."
)
#: Clients of the SDK for other clouds, with the variable that tells that they are set up.
CLOUDS = {
    "bedrock": ("AsyncAnthropicBedrock", ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE")),
    "vertex": ("AsyncAnthropicVertex", ("CLOUD_ML_REGION",)),
    "foundry": ("AsyncAnthropicFoundry", ("ANTHROPIC_FOUNDRY_API_KEY",)),
}


#: How Claude Code is told to use another cloud; the same switch works here.
SWITCHES = {f"CLAUDE_CODE_USE_{name.upper()}": name for name in CLOUDS}
ANTHROPIC_HOST = "api.anthropic.com"


def provider_in_use() -> str:
    """The provider: anthropic (or a server that stands in for it), or the cloud switched on."""
    for variable, name in SWITCHES.items():
        if os.environ.get(variable, "").lower() in ("1", "true", "yes"):
            return name
    return "anthropic"


def own_server(environ: Mapping[str, str]) -> bool:
    """Whether ANTHROPIC_BASE_URL leads to somebody else's server, which may want no key at all."""
    url = environ.get("ANTHROPIC_BASE_URL", "")
    return bool(url) and urlsplit(url).hostname != ANTHROPIC_HOST


def package_installed() -> bool:
    """Whether `import anthropic` would find something."""
    return find_spec("anthropic") is not None


def credentials_available(provider: str = "") -> bool:
    """Whether package and credentials are there, so that asking Claude makes sense.

    Looks at the environment and at small files only; nothing is imported and nothing is sent,
    so a key that is there may still be wrong.
    """
    return not why_unavailable(provider)


def why_unavailable(provider: str = "") -> str:
    """One or two sentences on what is missing, empty if nothing is."""
    provider = provider or provider_in_use()
    if not package_installed():
        return HOW_TO_GET_THE_PACKAGE
    if provider in CLOUDS:
        names = CLOUDS[provider][1]
        if any(os.environ.get(name) for name in names):
            return ""
        return f"The provider {provider} is not set up: set {' or '.join(names)}."
    if not own_server(os.environ) and not has_credentials(os.environ):
        return f"There is no key for Claude. {HOW_TO_GET_A_KEY}"
    return ""


def credentials_origin(provider: str = "") -> str:
    """Where a key or what stands for one comes from, in a few words; empty if there is none."""
    provider = provider or provider_in_use()
    if provider in CLOUDS:
        named = [name for name in CLOUDS[provider][1] if os.environ.get(name)]
        return f"{provider}, by {named[0]}" if named else ""
    for variable in ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"):
        if os.environ.get(variable):
            return f"the variable {variable}"
    if _federated(os.environ):
        return "workload identity"
    return "a profile of the SDK" if _has_profile(os.environ) else ""


def has_credentials(environ: Mapping[str, str]) -> bool:
    """Whether the SDK would find a key, a token, an identity or a profile."""
    if environ.get("ANTHROPIC_API_KEY") or environ.get("ANTHROPIC_AUTH_TOKEN"):
        return True
    return _federated(environ) or _has_profile(environ)


def _federated(environ: Mapping[str, str]) -> bool:
    """Workload identity, the way the SDK reads it from the environment."""
    token = environ.get("ANTHROPIC_IDENTITY_TOKEN") or environ.get("ANTHROPIC_IDENTITY_TOKEN_FILE")
    rule = environ.get("ANTHROPIC_FEDERATION_RULE_ID")
    return bool(token and rule and environ.get("ANTHROPIC_ORGANIZATION_ID"))


def _has_profile(environ: Mapping[str, str]) -> bool:
    """A profile of the SDK on disk: the one that is named, or the active one."""
    try:
        folder = _config_folder(environ)
        name = environ.get("ANTHROPIC_PROFILE") or _active_profile(folder)
        return (folder / "configs" / f"{name}.json").is_file()
    except (OSError, RuntimeError, ValueError):
        return False  # no home folder, or a name that is no file name


def _config_folder(environ: Mapping[str, str]) -> Path:
    if named := environ.get("ANTHROPIC_CONFIG_DIR"):
        return Path(named)
    if sys.platform == "win32":
        appdata = environ.get("APPDATA")
        roaming = Path(appdata) if appdata else Path.home() / "AppData" / "Roaming"
        return roaming / "Anthropic"
    return Path.home() / ".config" / "anthropic"


def _active_profile(folder: Path) -> str:
    try:
        return (folder / "active_config").read_text(encoding="utf-8").strip() or "default"
    except OSError:
        return "default"
