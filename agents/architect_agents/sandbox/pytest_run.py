"""Runs pytest in the jail and reads off how each test went."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from architect_agents.sandbox.jail import Jail, JailResult, Limits

#: pytest's summary: after the name of a test that did not pass, a message may follow.
_LINE = re.compile(
    r"^(?:(PASSED|XPASS) (\S+\.py::.+)|(FAILED|ERROR|XFAIL) (\S+?\.py(?:::.+?)?)(?: - .*)?)$",
    re.MULTILINE,
)
#: Where there are more tests than this, their files are named instead.
MOST_ARGUMENTS = 400


@dataclass(frozen=True, slots=True)
class TestRun:
    """``outcomes`` has the outcome of each test by its pytest name; empty if pytest never ran."""

    __test__ = False  # nothing for pytest to collect

    outcomes: Mapping[str, str]
    result: JailResult

    @property
    def passed(self) -> frozenset[str]:
        return frozenset(test for test, how in self.outcomes.items() if how == "PASSED")

    @property
    def has_no_pytest(self) -> bool:
        return "No module named pytest" in self.result.output


async def run_tests(
    jail: Jail, tests: Sequence[str], limits: Limits, environment: Mapping[str, str]
) -> TestRun:
    """Run ``tests`` (files or single tests) with the project's own pytest settings.

    Raises:
        RefusedError: there is no jail on this machine.
    """
    command = [str(jail.interpreter), "-m", "pytest", "-rA", "-q", "--tb=no", "--no-header"]
    command += ["-p", "no:cacheprovider", "--color=no", "--rootdir=."]
    if len(tests) > MOST_ARGUMENTS:
        tests = sorted({test.split("::")[0] for test in tests})
    result = await jail.run([*command, *tests], limits, environment)
    found = (match.groups() for match in _LINE.finditer(result.output))
    return TestRun({good or bad: how or other for how, good, other, bad in found}, result)
