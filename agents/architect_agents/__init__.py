"""The architects: who proposes a refactoring, and the gate that every proposal passes."""
