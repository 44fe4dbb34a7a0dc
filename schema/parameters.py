"""Parameters of the latent variables: every pack may set them, each effect can be switched off."""

from typing import Annotated

from pydantic import Field

from orgsmith.schema.part import Part, Share, Sigma, Weight


class ShoppingHabitParameters(Part):
    """When in the year a customer buys, and what. Strength 0 switches an effect off."""

    season_strength: Share = 0.55
    category_strength: Share = 0.6
    sale_share: Share = 0.5
    rate_sigma: Sigma = 0.5


class ComplaintHabitParameters(Part):
    """How often a customer complains, and about what."""

    rate_sigma: Sigma = 0.6
    issue_strength: Share = 0.5


class SkillParameters(Part):
    """Which issues an agent can solve: weights of the main, second and third issue."""

    weights: Annotated[tuple[Weight, ...], Field(min_length=1)] = (1.0, 0.25, 0.12)
    routing_strength: Share = 1.0


class ResponseTimeParameters(Part):
    """How fast agents are: medians by channel and the spread of their sources, in log time."""

    chat_minutes: Weight = 18.0
    chat_sigma: Sigma = 0.3
    mail_hours: Weight = 7.0
    mail_sigma: Sigma = 0.5
    agent_sigma: Sigma = 0.35
    issue_sigma: Sigma = 0.2


class PolicyViolationParameters(Part):
    """The share of closed cases in which the agent's offer breaks company policy."""

    share: Share = 0.15


class SolutionParameters(Part):
    """Whether agents keep to a remedy's time limits (1) or never look at them (0)."""

    limit_strength: Share = 1.0


class IssueSolutionParameters(Part):
    """Whether agents offer what the issue's policy allows (1) or any remedy (0)."""

    policy_strength: Share = 1.0


class CustomerMoodParameters(Part):
    """Shares of moods, and how far the words follow the mood (0: not at all)."""

    negative: Share = 0.36
    neutral: Share = 0.33
    positive: Share = 0.31
    tone_strength: Share = 1.0


class ProductTroubleParameters(Part):
    """Bursts: batches of one product's cases about one issue around one month.

    Defaults from our own simulation of which data can carry good questions.
    """

    bursts: Annotated[int, Field(ge=0)] = 80
    cases_per_burst: Annotated[int, Field(ge=3, le=12)] = 5
    in_peak_month: Annotated[int, Field(ge=1)] = 3
    month_share: Share = 0.8
    issue_share: Share = 0.75
    popularity_exponent: Sigma = 0.8


class TenureParameters(Part):
    """How long agents stay: mean and shortest time on duty in months; load spread of seats."""

    mean_months: Weight = 11.5
    shortest_months: Weight = 3.0
    load_sigma: Sigma = 0.3
    turnover: bool = True


class MisroutingParameters(Part):
    """Episodes in which one agent wrongly receives most of the misrouted cases."""

    episodes: Annotated[int, Field(ge=0)] = 40
    episode_share: Share = 0.9


class RegionEffectParameters(Part):
    """How much longer or shorter cases of a state take, in log time."""

    sigma: Sigma = 0.15


class Latents(Part):
    """Parameters of the latent variables, one section each."""

    Solution: SolutionParameters = SolutionParameters()
    IssueSolution: IssueSolutionParameters = IssueSolutionParameters()
    ShoppingHabit: ShoppingHabitParameters = ShoppingHabitParameters()
    ComplaintHabit: ComplaintHabitParameters = ComplaintHabitParameters()
    Skill: SkillParameters = SkillParameters()
    ResponseTime: ResponseTimeParameters = ResponseTimeParameters()
    PolicyViolation: PolicyViolationParameters = PolicyViolationParameters()
    CustomerMood: CustomerMoodParameters = CustomerMoodParameters()
    ProductTrouble: ProductTroubleParameters = ProductTroubleParameters()
    Tenure: TenureParameters = TenureParameters()
    Misrouting: MisroutingParameters = MisroutingParameters()
    RegionEffect: RegionEffectParameters = RegionEffectParameters()
