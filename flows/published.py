"""What a finished run says of itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from orgsmith.flows.receipt import Counts
from orgsmith.outputs.remote import Place
from orgsmith.prompts.model.usage import Usage


@dataclass(frozen=True, slots=True)
class Published:
    """A finished run; `remembered` of its `tasks` were done by an earlier one that was cut off.

    `objects` counts records by object, `usage` what calls of a model used up and `seconds` how long
    its tasks took, `checks` outcomes by status. `drifts` tell where the data drift away from the
    version before, `retired` are the versions that were removed as too old; `questions` counts
    those of each task.
    """

    path: Place
    objects: Mapping[str, Counts]
    usage: Mapping[str, Usage]
    seconds: Mapping[str, float]
    checks: Mapping[str, int]
    tasks: int
    remembered: int
    drifts: Sequence[str] = ()
    retired: Sequence[Place] = ()
    questions: Mapping[str, int] = field(default_factory=dict)
