"""GitLab's code quality report: the JSON list that a job uploads as its artifact."""

from __future__ import annotations

import json
from collections.abc import Sequence

from architect_server.analysis.model import Severity
from architect_server.cli.formats.reported import active
from architect_server.file_scan.checked import Checked

# GitLab knows info, minor, major, critical and blocker.
_SEVERITY: dict[Severity, str] = {
    "error": "critical",
    "warning": "major",
    "information": "minor",
    "hint": "info",
}


def as_gitlab(results: Sequence[Checked]) -> str:
    """An entry for each finding that counts; paths as seen from the working directory."""
    entries = [
        {
            "description": found.remark.message,
            "check_name": found.remark.rule,
            "fingerprint": found.fingerprint,
            "severity": _SEVERITY[found.remark.severity],
            "location": {"path": found.path, "lines": {"begin": found.remark.line}},
        }
        for found in active(results)
    ]
    return json.dumps(entries, indent=2, ensure_ascii=False) + "\n"
