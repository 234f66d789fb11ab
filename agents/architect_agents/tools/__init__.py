"""The tools of a run, one module each, under the names and input shapes that agent files use."""
