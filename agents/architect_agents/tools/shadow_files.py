"""The files of a shadow copy, which tools may also write to."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import PurePosixPath

from architect_agents.tools.open_beneath import open_beneath
from architect_agents.tools.tool import ToolFailure
from architect_agents.tools.workspace_files import LARGEST_FILE, WorkspaceFiles


@dataclass(frozen=True, slots=True)
class ShadowFiles(WorkspaceFiles):
    """Reads and writes below ``root``, which is a copy; unsaved text is in it already."""

    def write(self, path: str, content: str) -> None:
        """Write a whole text file, with its folders.

        Raises:
            ToolFailure: it would leave the copy, or can't be written.
        """
        relative = self.relative(path)
        data = content.encode("utf-8", errors="surrogatepass")
        if not relative:
            raise ToolFailure("A folder can't be written.")
        if len(data) > LARGEST_FILE:
            raise ToolFailure(f"More than {LARGEST_FILE // 2**20} MB can't be written.")
        parent = PurePosixPath(relative).parent
        self.check_target(parent.as_posix() if parent.name else "")
        self.check_target(relative)
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NONBLOCK", 0)
        try:
            (self.root / parent).mkdir(parents=True, exist_ok=True)
            handle = open_beneath(self.root, relative, flags, 0o644)
            with os.fdopen(handle, "wb") as file:
                file.write(data)
        except OSError as error:
            raise ToolFailure(f"{path} can't be written: {error.strerror}.") from None
