"""Deterministic refactorings of Python and the checks that prove them. Pure: text in, data out."""
