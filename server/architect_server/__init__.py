"""Architect LSP: complexity findings while you type, and refactorings checked before they are shown."""

__version__ = "0.1.0"
