"""The knowledge graph that agents consult before a task and feed after it."""
