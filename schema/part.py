"""What every section of an industry pack shares: its base and the types of its values."""

import re
from typing import Annotated, ClassVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Share = Annotated[float, Field(ge=0, le=1)]
Weight = Annotated[float, Field(gt=0)]
Sigma = Annotated[float, Field(ge=0, le=3)]
MonthDay = Annotated[str, StringConstraints(pattern=r"^(0[1-9]|1[0-2])-([0-2][0-9]|3[01])$")]

SLOT = re.compile(r"\{([^{}]*)\}")


class Part(BaseModel):
    """Base of every section: unknown fields are errors, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    SLOTS: ClassVar[dict[str, tuple[str, ...]]] = {}
    """Phrase lists of this section and the slots each may use."""
