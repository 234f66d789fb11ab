"""What ``make demo`` runs: find the worst function of the example service, and simplify it.

Needs no key and no network: the embedded architect answers.
"""

import json
import subprocess
import sys
from pathlib import Path

SERVICE = Path(__file__).with_name("order_service.py")


def main() -> int:
    """Check, ask about the worst finding, show the diff and the verdict."""
    say(f"architect check {SERVICE.name}")
    run("check", SERVICE.name)
    report = json.loads(run("check", SERVICE.name, "--format", "json", show=False))
    findings = [finding for file in report["files"] for finding in file["findings"]]
    if not findings:
        print("No finding: somebody has simplified the example already.")
        return 1
    worst = max(findings, key=lambda finding: finding["value"] / finding["limit"])
    say(f"architect ask {SERVICE.name}:{worst['function']} --offline")
    run("ask", f"{SERVICE.name}:{worst['function']}", "--offline")
    return 0


def say(command: str) -> None:
    """Show the command that is about to run."""
    print(f"\n$ {command}", flush=True)


def run(*arguments: str, show: bool = True) -> str:
    """Run ``architect``; a finding (exit code 1) is no failure here."""
    command = [sys.executable, "-P", "-m", "architect_server", *arguments]
    done = subprocess.run(command, cwd=SERVICE.parent, text=True, capture_output=not show)
    if done.returncode not in (0, 1):
        sys.exit(done.stderr or f"{' '.join(arguments)} ended with {done.returncode}")
    return done.stdout or ""


if __name__ == "__main__":
    sys.exit(main())
