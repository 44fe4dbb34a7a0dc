"""The rules of the tasks: each one value, used by question, answer, solver and card.

Days are days of UTC. What happened on a question's day or later is not known yet: cases, hand-overs
and closings count by what their time stamps say of the time before its first moment.
"""

TODAY_RULE = (
    "Days begin at 00:00 UTC. Only what happened before the first moment of today counts; "
    "ignore whatever the records say of today and later."
)

FIRST_OWNER_RULE = (
    "An agent manages a case if the agent was the first it was assigned to, whoever owned it later."
)

HANDLE_TIME_FLOOR = 2
"""Closed cases that an agent needs to be compared by handle time."""

HANDLE_TIME_MARGIN = 0.05
"""By how much, as a share of the winner's, the next agent's mean handle time must differ."""

FEWEST_COMPARED = 3
"""Agents, or states, that a question compares at least."""

REGION_FLOOR = 3
"""Closed cases that a state needs to be compared."""

REGION_MARGIN = 0.05
"""By how much, as a share of the winner's, the next state's mean closing time must differ."""

ISSUE_FLOOR = 2
"""Cases that the most reported issue has at least."""

TREND_FLOOR = 3
"""Cases that a month needs to stand out."""

TREND_FACTOR = 2
"""How many times as many cases as in any other month of the window."""

TREND_MONTHS = (3, 11)
"""Shortest and longest window of a trend in calendar months."""

ROUTING_DAYS = 365
"""Days before today within which closed cases count for routing."""

ALIKE = 0.6
"""Share of a clue's words from which a product's texts may be taken to say the clue."""

MESSAGES = 2
"""Messages, or lines of a chat, that a customer has written at least: fewer may tell no mood."""
