"""How many questions are asked unless a run is told otherwise."""

QUESTIONS = 130
"""Of each task at scale 1: as many as CRMArena has."""

NONE_SHARE = 0.15
"""Share of those that suppose something false, in the tasks that have such."""
