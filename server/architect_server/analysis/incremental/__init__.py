"""Measuring after an edit: only what changed is read again, with the same result as the whole."""
