"""A Python prompt over JSON lines, to be run in a jail. Stands alone: its text is what is run.

Each line in is {"code": …}; each line out is {"output": …, "failed": …}. Names live on from one
line to the next, and the value of a last expression is shown.
"""

from __future__ import annotations

import ast
import contextlib
import io
import json
import os
import sys
import traceback
from typing import Any

LARGEST = 60_000


def run(code: str, names: dict[str, Any]) -> dict[str, Any]:
    """Run ``code`` on ``names`` and give what it printed and what it came to."""
    out = io.StringIO()
    failed = False
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        try:
            tree = ast.parse(code)
            last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
            exec(compile(tree, "<cell>", "exec"), names)  # noqa: S102 - this is what it is for
            if isinstance(last, ast.Expr):
                expression = compile(ast.Expression(last.value), "<cell>", "eval")
                value = eval(expression, names)  # noqa: S307 - as above, in a jail
                if value is not None:
                    out.write(f"{value!r}\n")
        except BaseException:
            failed = True
            traceback.print_exc()
    return {"output": out.getvalue()[-LARGEST:], "failed": failed}


def main() -> None:
    """Answer line by line until the input ends."""
    # Code that writes to the real stdout must not break the protocol.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    sys.path.insert(0, "")
    names: dict[str, Any] = {"__name__": "__main__"}
    for line in sys.stdin:
        answers.write(json.dumps(run(json.loads(line)["code"], names)) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
