"""What ``architect doctor`` and the command ``architect.doctor`` report, each with its fix."""
