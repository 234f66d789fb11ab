"""The architect that needs no key: deterministic refactorings of Python, each passed by the gate.

``architect.py`` is what others ask; ``work.py`` is one request from the search to the verdicts;
``apart.py`` and ``child.py`` are the two ends of a process that does that work beside the caller's
and can be killed; ``patience.py`` says how long all of it may take; ``words.py`` is how it is told.
"""

from architect_agents.embedded.architect import EmbeddedArchitect

__all__ = ["EmbeddedArchitect"]
