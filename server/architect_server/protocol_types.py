"""Loads the protocol's typed objects in half of the memory that an import of them takes.

attrs gives each of the 550 classes a copy of all names in their module, if that is among the
loaded ones, so that ``typing.get_type_hints`` can read the annotations of an ``__init__``; and it
keeps the source of the methods that it writes, for debuggers. Nobody here asks for either.
Together that is seven megabytes.
"""

from __future__ import annotations

import linecache
import sys
from importlib.util import find_spec, module_from_spec

_NAME = "lsprotocol.types"


def load_types() -> None:
    """Load ``lsprotocol.types``, for all who import it later; at the start, on one thread."""
    spec = find_spec(_NAME)
    if _NAME in sys.modules or spec is None or spec.loader is None:
        return
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    # Only now: while its classes are made it must not be found.
    sys.modules[_NAME] = module
    setattr(sys.modules["lsprotocol"], "types", module)  # noqa: B010 - as an import does
    linecache.clearcache()
