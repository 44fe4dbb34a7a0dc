"""What a run is told: command line > ORGSMITH_* > .env > pyproject [tool.orgsmith] > default."""

import datetime as dt
import os
import re
import tomllib
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field, StringConstraints, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    PyprojectTomlConfigSettingsSource,
    SettingsConfigDict,
)

from orgsmith.prompts.model.shape import MODES
from orgsmith.prompts.writing import PHRASEBOOK, Limits, Writing
from orgsmith.schema.errors import UsageError
from orgsmith.schema.organisation import LARGEST_SCALE, SMALLEST_SCALE

PREFIX = "ORGSMITH_"
TABLE = ("tool", "orgsmith")
ANSWERS = ".answers"
"""Where below the output folder answers of models are kept, unless another folder is named."""

LARGEST_SEED = 2**63 - 1
FIRST_DAY = dt.date(1990, 1, 1)
LAST_DAY = dt.date(2100, 1, 1)
MOST_WORKERS = 64
MOST_CALLS = 1_000
MODEL_NAME = r"[A-Za-z0-9_-]+/[^\s/][^\s]*"

NEEDS = {
    "industry": "must name an industry, as `orgsmith industries list` shows them, or a YAML file",
    "scale": f"must be a number from {SMALLEST_SCALE:g} to {LARGEST_SCALE:g}; 1 makes 200 accounts",
    "seed": f"must be a whole number from 0 to {LARGEST_SEED}",
    "as_of": f"must be a day from {FIRST_DAY} to {LAST_DAY}, written YYYY-MM-DD",
    "writer": f"must be {PHRASEBOOK}, or PROVIDER/MODEL such as openai/gpt-4o-mini",
    "base_url": "must be an http:// or https:// address",
    "checker": "must be PROVIDER/MODEL such as openai/gpt-4o-mini",
    "max_cost": "must be an amount in US dollars, 0 or more",
    "mode": f"must be one of {', '.join(MODES)}",
    "temperature": "must be a number from 0 to 2",
    "thinking": "must be a whole number of tokens from 0 to 100000",
    "concurrency": f"must be a whole number from 1 to {MOST_CALLS}",
    "timeout": "must be a number of seconds from 1 to 3600",
    "prompt_price": "must be US dollars per million tokens, 0 or more",
    "completion_price": "must be US dollars per million tokens, 0 or more",
    "answers": "must be a folder",
    "out": "must be a folder",
    "workers": f"must be a whole number from 1 to {MOST_WORKERS}",
}
"""What each setting must be: the second half of its error message, and its help."""


def _iso_day(value: object) -> object:
    """Refuses what is no written day: pydantic would take 20250101 for seconds since 1970."""
    if isinstance(value, str) and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        raise ValueError("no written day")
    return value


class Settings(BaseSettings):
    """All settings of a run.

    The parameters of the flow are among them. How many tasks run at a time is none: it belongs to
    the runner of the process that starts the flow.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=".env",
        pyproject_toml_table_header=TABLE,
        # .env is shared with other programs; unknown names in our own table are refused below.
        extra="ignore",
        frozen=True,
    )

    industry: Annotated[str, StringConstraints(min_length=1)] = "sportswear"
    scale: Annotated[float, Field(ge=SMALLEST_SCALE, le=LARGEST_SCALE, allow_inf_nan=False)] = 1.0
    seed: Annotated[int, Field(ge=0, le=LARGEST_SEED)] = 7
    as_of: (
        Annotated[dt.date, BeforeValidator(_iso_day), Field(ge=FIRST_DAY, le=LAST_DAY)] | None
    ) = None
    writer: Annotated[str, StringConstraints(pattern=rf"^({PHRASEBOOK}|{MODEL_NAME})$")] = (
        PHRASEBOOK
    )
    base_url: Annotated[str, StringConstraints(pattern=r"^https?://[^\s/]+")] | None = None
    checker: Annotated[str, StringConstraints(pattern=rf"^{MODEL_NAME}$")] | None = None
    """The model that reads texts again; the writer itself unless set."""
    max_cost: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    mode: Annotated[str, StringConstraints(pattern=rf"^({'|'.join(MODES)})$")] = "json_schema"
    """How typed replies are asked for: what a server knows differs."""
    temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    thinking: Annotated[int, Field(ge=0, le=100_000)] = 0
    """Tokens that a call may use up before its reply, for models that think first."""
    concurrency: Annotated[int, Field(ge=1, le=MOST_CALLS)] = 16
    """Calls in flight."""
    timeout: Annotated[float, Field(ge=1, le=3600)] = 120.0
    """Seconds a call may take."""
    prompt_price: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    completion_price: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    """US dollars per million tokens, where the price table does not know the model."""
    answers: Path | None = None
    """Where answers of models are kept; `.answers` in the output folder unless set."""
    out: Path = Path("outputs/datasets")
    dataset_version: str | None = None
    workers: Annotated[int, Field(ge=1, le=MOST_WORKERS)] | None = None
    """Tasks that run at a time; as many as there are processors unless set."""

    @property
    def threads(self) -> int:
        """Tasks that run at a time."""
        return self.workers or processors()

    @property
    def writing(self) -> Writing:
        """All about the writer that its texts depend on."""
        if self.writer == PHRASEBOOK:
            return Writing()
        return Writing(
            self.writer, self.base_url, self.checker, self.mode, self.temperature, self.thinking
        )

    @property
    def limits(self) -> Limits:
        """All about the writer that its texts do not depend on."""
        return Limits(
            answers=self.answers or self.out / ANSWERS,
            max_cost=self.max_cost,
            concurrency=self.concurrency,
            timeout=self.timeout,
            prompt_price=self.prompt_price,
            completion_price=self.completion_price,
        )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The order in which sources win."""
        pyproject = PyprojectTomlConfigSettingsSource(settings_cls)
        return init_settings, env_settings, dotenv_settings, pyproject


def load_settings(**given: str | float | None) -> Settings:
    """The settings of this process, `given` ones (from the command line) first; None is not given.

    Raises:
        UsageError: a value cannot be meant; one line that says where it was set.
    """
    told = {name: value for name, value in given.items() if value is not None}
    try:
        _refuse_unknown()
        return Settings.model_validate(told)
    except ValidationError as error:
        raise UsageError(_explain(error, told)) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"pyproject.toml cannot be read: {error}") from error
    except OSError as error:
        raise UsageError(f"{error.filename}: {error.strerror}") from error


def _refuse_unknown() -> None:
    """A misspelt setting in our own table is an error, not silence."""
    file = Path("pyproject.toml")
    table: object = tomllib.loads(file.read_text()) if file.is_file() else {}
    for key in TABLE:
        table = table.get(key, {}) if isinstance(table, dict) else {}
    unknown = sorted(set(table) - set(Settings.model_fields)) if isinstance(table, dict) else []
    if unknown:
        known = ", ".join(Settings.model_fields)
        raise UsageError(f"pyproject.toml [tool.orgsmith] {unknown[0]}: unknown; known are {known}")


def _explain(error: ValidationError, told: dict[str, str | float]) -> str:
    """The first fault in one line: where it was set, its value, what it must be."""
    fault = error.errors()[0]
    name = str(fault["loc"][0]) if fault["loc"] else ""
    value = fault.get("input")
    need = NEEDS.get(name, fault["msg"])
    return f"{_source(name, told)} {value}: {need}"


def _source(name: str, told: dict[str, str | float]) -> str:
    """Where a setting's value comes from, as its author wrote it."""
    if name in told:
        return "INDUSTRY" if name == "industry" else "--" + name.replace("_", "-")
    variable = (PREFIX + name).upper()
    if any(key.upper() == variable for key in os.environ):
        return variable
    env = Path(".env")
    if env.is_file() and re.search(rf"(?im)^\s*(export\s+)?{variable}\s*=", env.read_text()):
        return f".env {variable}"
    return f"pyproject.toml [tool.orgsmith] {name}"


def processors() -> int:
    """Processors this process may use, 64 at most."""
    affinity = getattr(os, "sched_getaffinity", None)
    return min(MOST_WORKERS, len(affinity(0)) if affinity else os.cpu_count() or 1)
