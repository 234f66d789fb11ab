"""Walls around a run: what is blacked out, what is copied, what may run and where."""
