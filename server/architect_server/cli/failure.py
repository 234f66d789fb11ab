"""Wrong use or unreadable input."""


class Failure(Exception):
    """``str`` is one sentence for the person, printed on stderr; the exit code is 2."""
