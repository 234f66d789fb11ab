"""Files that go into no prompt and into no copy, by their names."""

from __future__ import annotations

import functools
import re
from fnmatch import translate

#: Names of files and folders; a path is secret if any part of it matches.
SECRET_NAMES = (
    ".env",
    ".env.*",
    "*.env",
    "*.pem",
    "*.key",
    "*.p12",
    "*.pfx",
    "*.jks",
    "*.keystore",
    "*.kdbx",
    "id_rsa*",
    "id_dsa*",
    "id_ecdsa*",
    "id_ed25519*",
    ".netrc",
    "_netrc",
    ".pypirc",
    ".npmrc",
    ".pgpass",
    ".htpasswd",
    ".git-credentials",
    ".aws",
    ".ssh",
    ".gnupg",
    ".kube",
    ".docker",
    ".git",
    "credentials",
    "credentials*.json",
    "service-account*.json",
    "*.tfstate",
    "*.tfstate.*",
    "*.tfvars",
)
#: Templates that are checked in on purpose and hold no secret.
HARMLESS = re.compile(r"\.env\.(example|sample|template|dist)$")


_SECRET = re.compile("|".join(map(translate, SECRET_NAMES)))


def is_secret(path: str) -> bool:
    """Whether ``path`` (relative, with ``/``) names something that is likely to hold a secret."""
    parts = path.lower().split("/")
    return any(map(_is_secret_name, parts)) and not HARMLESS.search(parts[-1])


@functools.lru_cache(maxsize=65_536)
def _is_secret_name(part: str) -> bool:
    return _SECRET.match(part) is not None
