"""Which context managers are known not to swallow an exception raised inside."""

from __future__ import annotations

import ast

#: By their last name, from the standard library's documentation: their ``__exit__`` gives no
#: true value. ``suppress``, ``ExitStack``, ``TaskGroup`` or ``pytest.raises`` are not among them.
_LET_THROUGH = frozenset(
    {
        "Connection",
        "NamedTemporaryFile",
        "Pool",
        "Popen",
        "ProcessPoolExecutor",
        "SpooledTemporaryFile",
        "TarFile",
        "TemporaryDirectory",
        "TemporaryFile",
        "ThreadPoolExecutor",
        "ZipFile",
        "catch_warnings",
        "chdir",
        "closing",
        "fdopen",
        "localcontext",
        "memoryview",
        "nullcontext",
        "open",
        "open_text",
        "redirect_stderr",
        "redirect_stdout",
        "scandir",
        "socket",
        "urlopen",
    }
)


def may_suppress(manager: ast.expr) -> bool:
    """Whether ``with manager`` may end an exception; True unless it is known not to.

    Something called a lock, mutex or semaphore is taken for one.
    """
    expression = manager.func if isinstance(manager, ast.Call) else manager
    name = ""
    if isinstance(expression, ast.Name):
        name = expression.id
    elif isinstance(expression, ast.Attribute):
        name = expression.attr
    if name.lower().endswith(("lock", "mutex", "semaphore")):
        return False
    return not (isinstance(manager, ast.Call) and name in _LET_THROUGH)
