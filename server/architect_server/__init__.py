"""Architect LSP: complexity findings while you type, and refactorings that were checked."""

__version__ = "0.1.0"
