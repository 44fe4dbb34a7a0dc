"""What hides behind the agents: time on duty, skill, speed, wrong queues."""

from orgsmith.schema.declaration import Latent
from orgsmith.schema.latents.columns import count, day, number, record, text

TENURE = Latent(
    name="Tenure",
    description="When each agent is on duty, in which seat, and in which shift",
    distribution=(
        "A fixed number of seats; the agents of a seat follow one another, their shares of its "
        "time Dirichlet with a floor of three months (question spread simulation, variant F). "
        "Those on duty on the first day started up to 18 months before it. Shifts and days off "
        "follow the seat, so that every hour is covered."
    ),
    blocked=False,
    drawn_from=(),
    key=("UserId",),
    fields=(
        record("UserId", "User", "The agent"),
        count("seat", "Number of the seat"),
        day("start", "First day on duty"),
        day("end", "Day after the last one; empty while on duty", nullable=True),
        text("time_zone", "Time zone of the agent (IANA name)"),
        number("shift_start", "Hour of the day the shift starts, local time", 0),
        number("shift_hours", "Length of the shift in hours", 1),
        count("days_off", "Weekdays off as a bit mask, Monday = 1"),
        number("load", "Relative share of cases, lognormal", 0),
    ),
)

SKILL = Latent(
    name="Skill",
    description="Which issues an agent can solve, and how strongly they are sent such cases",
    distribution=(
        "Three issues for each agent, weights 1 : 0.25 : 0.12; the main issue is dealt in turn by "
        "join date so that two or three specialists of each issue are on duty (question spread "
        "simulation, variant F)."
    ),
    blocked=False,
    drawn_from=("Tenure", "Issue__c"),
    key=("UserId", "IssueId"),
    fields=(
        record("UserId", "User", "The agent"),
        record("IssueId", "Issue__c", "The issue"),
        number("weight", "Relative share of this issue's cases", 0),
    ),
)

RESPONSE_TIME = Latent(
    name="ResponseTime",
    description="How much slower or faster than others an agent works",
    distribution="Lognormal, sigma 0.35 (question spread simulation, variant F).",
    blocked=False,
    drawn_from=("Tenure",),
    key=("UserId",),
    fields=(
        record("UserId", "User", "The agent"),
        number("factor", "Factor on every handle time, median 1", 0),
    ),
)

MISROUTING = Latent(
    name="Misrouting",
    description="Episodes in which a wrong queue rule sends most misrouted cases to one agent",
    distribution=(
        "Back-to-back episodes of equal length, each with another agent on duty (question spread "
        "simulation: random misrouting leaves most agents at one transfer)."
    ),
    blocked=False,
    drawn_from=("Tenure",),
    key=("episode",),
    fields=(
        count("episode", "Running number"),
        record("UserId", "User", "The agent who wrongly receives cases"),
        day("start", "First day"),
        day("end", "Day after the last one"),
    ),
)
