"""Every extraction that is possible in a function, and whether it behaves as the original does."""

from __future__ import annotations

from architect_agents.refactoring.blocks import blocks
from architect_agents.refactoring.conditions import conditions
from architect_agents.refactoring.extract_block import plan_extraction
from architect_agents.refactoring.extract_predicate import plan_predicate, write_predicate
from architect_agents.refactoring.module_source import read_module
from architect_agents.refactoring.refusal import RefusedError
from architect_agents.refactoring.subject import Subject
from architect_agents.refactoring.write_block import suggest_name, write_extraction
from observed_behaviour import behaviour

#: A generator is closed early with the last of them.
ARGUMENTS = [(0, 1), (1, 2), (2, None), ([], 0)]


def extractions(source: str) -> list[str]:
    """The module after each extraction that is possible in ``f``."""
    module = read_module(source)
    subject = Subject(module, module.functions[0])
    done = []
    for block, _ in blocks(subject, least=0):
        try:
            plan = plan_extraction(subject, block)
            done.append(write_extraction(subject, plan, suggest_name(subject, plan)))
        except RefusedError:
            continue
    for condition in conditions(subject, least=0):
        try:
            done.append(write_predicate(subject, plan_predicate(subject, condition), "_holds"))
        except RefusedError:
            continue
    return done


def difference(before: str, after: str) -> str:
    """How the two behave differently on some arguments; empty if they never do."""
    for arguments in ARGUMENTS:
        closed_after = 2 if arguments == ARGUMENTS[-1] else 9
        expected = behaviour(before, arguments, closed_after)
        found = behaviour(after, arguments, closed_after)
        if found != expected:
            return f"\n{before}\n{after}\n{arguments}\n{expected}\n{found}"
    return ""
