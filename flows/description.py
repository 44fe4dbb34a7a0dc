"""What is made in a work folder, as its tasks read it there, in whatever process they run."""

import datetime as dt
import json
import secrets
from dataclasses import asdict, dataclass
from typing import Self

from orgsmith.arena.benchmark.wanted import Wanted
from orgsmith.prompts.writing import Writing
from orgsmith.schema.industry import Industry
from orgsmith.schema.organisation import Organisation


@dataclass(frozen=True, slots=True)
class Description:
    """The organisation, who writes its texts, how many questions are asked, and the run's name."""

    organisation: Organisation
    writing: Writing
    wanted: Wanted
    run: str

    @classmethod
    def of(cls, organisation: Organisation, writing: Writing, wanted: Wanted) -> Self:
        """That of a run that begins: with a name of its own."""
        return cls(organisation, writing, wanted, secrets.token_hex(8))

    def dumps(self) -> str:
        """As JSON."""
        facts = {
            "industry": self.organisation.industry.model_dump(mode="json"),
            "seed": self.organisation.seed,
            "scale": self.organisation.scale,
            "as_of": self.organisation.as_of.isoformat(),
            "writing": asdict(self.writing),
            "wanted": asdict(self.wanted),
            "run": self.run,
        }
        return json.dumps(facts)

    @classmethod
    def loads(cls, text: str) -> Self:
        """From JSON."""
        facts = json.loads(text)
        organisation = Organisation(
            industry=Industry.model_validate(facts["industry"]),
            seed=facts["seed"],
            scale=facts["scale"],
            as_of=dt.date.fromisoformat(facts["as_of"]),
        )
        return cls(
            organisation, Writing(**facts["writing"]), Wanted(**facts["wanted"]), facts["run"]
        )
