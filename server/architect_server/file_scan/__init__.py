"""Many files on disk, measured and judged: the same for the command line and the workspace."""
