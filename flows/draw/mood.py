"""The mood each customer writes in."""

import numpy as np
import polars as pl

from orgsmith.flows.draw.deals import deck
from orgsmith.flows.draw.frames import node_frame
from orgsmith.flows.draw.parents import Parents
from orgsmith.flows.draw.shares import quotas
from orgsmith.schema.organisation import Organisation
from orgsmith.schema.streams import stream

MOODS = ("Negative", "Neutral", "Positive")


def draw_customer_mood(organisation: Organisation, parents: Parents, block: int) -> pl.DataFrame:
    """One block's moods, in exact shares, and the tone of the words."""
    parameters = organisation.industry.latents.CustomerMood
    rng = stream(organisation.seed, "CustomerMood", block, "moods")
    cases = parents["CasePlan"]["CaseId"]
    shares = np.array([parameters.negative, parameters.neutral, parameters.positive])
    mood = deck(quotas(shares, len(cases)), rng)
    follows = rng.random(mood.size) < parameters.tone_strength
    tone = np.where(follows, mood, rng.integers(0, len(MOODS), mood.size))
    names = pl.Series(MOODS)
    return node_frame(
        "CustomerMood", {"CaseId": cases, "mood": names.gather(mood), "tone": names.gather(tone)}
    )
