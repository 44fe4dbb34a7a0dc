"""What a run is told: command line > ORGSMITH_* > .env > pyproject [tool.orgsmith] > default."""

import datetime as dt
import os
import re
from pathlib import Path
from typing import Annotated

from pydantic import (
    BeforeValidator,
    Field,
    PlainSerializer,
    PlainValidator,
    StringConstraints,
)
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    PyprojectTomlConfigSettingsSource,
    SettingsConfigDict,
)

from orgsmith.arena.benchmark.wanted import Wanted
from orgsmith.flows.logs import JSON, NONE, TEXT
from orgsmith.flows.setting_sources import OF_TRIALS, PREFIX, TABLE, load
from orgsmith.outputs.asking import NONE_SHARE, QUESTIONS
from orgsmith.outputs.copies import cache_folder
from orgsmith.outputs.remote import Place, Remote, place_of
from orgsmith.prompts.model.shape import MODES
from orgsmith.prompts.writing import PHRASEBOOK, Limits, Writing
from orgsmith.schema.organisation import LARGEST_SCALE, SMALLEST_SCALE

ANSWERS = ".answers"
"""Where below the output folder answers of models are kept, unless another folder is named."""

LARGEST_SEED = 2**63 - 1
FIRST_DAY = dt.date(1990, 1, 1)
LAST_DAY = dt.date(2100, 1, 1)
MOST_WORKERS = 64
MOST_CALLS = 1_000
MOST_QUESTIONS = 1_000
LOGS = (NONE, TEXT, JSON)
OF_PROCESS = {"log", "runner", "runner_address", "workers"}
"""Settings that are no parameters of the flow: they belong to the process that starts it."""

DEFAULT_OUT = Path("outputs/datasets")
WORK = ".work"
"""Where below the output folder work folders lie, unless another place is named."""

THREADS, DASK, RAY = "threads", "dask", "ray"
RUNNERS = (THREADS, DASK, RAY)

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
    "questions": f"must be a whole number from 0 to {MOST_QUESTIONS}",
    "none_share": "must be a number from 0 to 0.9",
    "out": "must be a folder, or a URL such as s3://bucket/folder, without credentials",
    "work": "must be a folder, or a URL such as s3://bucket/folder, without credentials",
    "runner": f"must be one of {THREADS}, {DASK}",
    "runner_address": "must be the address of a scheduler, such as tcp://10.0.0.5:8786",
    "keep": "must be a whole number of versions, 1 or more",
    "accept_drift": "must be true or false",
    "log": f"must be one of {', '.join(LOGS)}",
    "workers": f"must be a whole number from 1 to {MOST_WORKERS}",
}
"""What each setting must be: the second half of its error message, and its help."""


_ISO_DAY = r"^\d{4}-\d{2}-\d{2}$"


def _iso_day(value: object) -> object:
    """Refuses what is no written day: pydantic would take 20250101 for seconds since 1970."""
    if isinstance(value, dt.date) or (isinstance(value, str) and re.fullmatch(_ISO_DAY, value)):
        return value
    raise ValueError("no written day")


def _location(value: object) -> Place:
    """The place that is named; refuses what names none."""
    if isinstance(value, str | Path | Remote):
        return place_of(value)
    raise ValueError("no place")


Name = Annotated[str, StringConstraints(min_length=1)]
Scale = Annotated[float, Field(ge=SMALLEST_SCALE, le=LARGEST_SCALE, allow_inf_nan=False)]
Seed = Annotated[int, Field(ge=0, le=LARGEST_SEED)]
Day = Annotated[
    dt.date,
    BeforeValidator(_iso_day),
    # Prefect's server knows patterns, and no bounds of days.
    Field(ge=FIRST_DAY, le=LAST_DAY, json_schema_extra={"pattern": _ISO_DAY}),
]
WriterName = Annotated[str, StringConstraints(pattern=rf"^({PHRASEBOOK}|{MODEL_NAME})$")]
Address = Annotated[str, StringConstraints(pattern=r"^https?://[^\s/]+")]
ModelName = Annotated[str, StringConstraints(pattern=rf"^{MODEL_NAME}$")]
Amount = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Mode = Annotated[str, StringConstraints(pattern=rf"^({'|'.join(MODES)})$")]
Temperature = Annotated[float, Field(ge=0, le=2)]
Thinking = Annotated[int, Field(ge=0, le=100_000)]
Concurrency = Annotated[int, Field(ge=1, le=MOST_CALLS)]
Seconds = Annotated[float, Field(ge=1, le=3600)]
Number = Annotated[int, Field(ge=0, le=MOST_QUESTIONS)]
NoneShare = Annotated[float, Field(ge=0, le=0.9)]
Keep = Annotated[int, Field(ge=1)]
Location = Annotated[Path | Remote, PlainValidator(_location), PlainSerializer(str)]
Runner = Annotated[str, StringConstraints(pattern=rf"^({'|'.join(RUNNERS)})$")]
Scheduler = Annotated[str, StringConstraints(pattern=r"^(tcp|tls|ucx|ws|wss)://[^\s/]+$")]
"""The types of settings; the flow's parameters have the same, so that Prefect checks them too."""


class Settings(BaseSettings):
    """All settings of a run.

    The parameters of the flow are all but those of `OF_PROCESS`.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=".env",
        pyproject_toml_table_header=TABLE,
        # .env is shared with other programs; unknown names in our own table are refused below.
        extra="ignore",
        frozen=True,
    )

    industry: Name = "sportswear"
    scale: Scale = 1.0
    seed: Seed = 7
    as_of: Day | None = None
    writer: WriterName = PHRASEBOOK
    base_url: Address | None = None
    checker: ModelName | None = None
    """The model that reads texts again; the writer itself unless set."""
    max_cost: Amount | None = None
    mode: Mode = "json_schema"
    """How typed replies are asked for: what a server knows differs."""
    temperature: Temperature | None = None
    thinking: Thinking = 0
    """Tokens that a call may use up before its reply, for models that think first."""
    concurrency: Concurrency = 16
    """Calls in flight."""
    timeout: Seconds = 120.0
    """Seconds a call may take."""
    prompt_price: Amount | None = None
    completion_price: Amount | None = None
    """US dollars per million tokens, where the price table does not know the model."""
    answers: Path | None = None
    """Where answers of models are kept; `.answers` in the output folder unless set."""
    questions: Number = QUESTIONS
    """Benchmark questions of each task; 0 for none."""
    none_share: NoneShare = NONE_SHARE
    """Share of questions that suppose something false, in the tasks that have such."""
    out: Location = DEFAULT_OUT
    work: Location | None = None
    """Where working files lie; `.work` in the output folder unless set."""
    dataset_version: str | None = None
    keep: Keep | None = None
    """Versions of the industry that are kept, the new one included; all unless set."""
    accept_drift: bool = False
    """Publish even if the data drift away from the last version."""
    log: Annotated[str, StringConstraints(pattern=rf"^({'|'.join(LOGS)})$")] = LOGS[0]
    """How the steps of a run are logged on stderr."""
    runner: Runner = THREADS
    """Where tasks run: in threads of this process, or in processes of a Dask cluster."""
    runner_address: Scheduler | None = None
    """The scheduler of a cluster that is running; one of local processes unless set."""
    workers: Annotated[int, Field(ge=1, le=MOST_WORKERS)] | None = None
    """Tasks that run at a time; as many as there are processors unless set."""

    @property
    def threads(self) -> int:
        """Tasks that run at a time."""
        return self.workers or processors()

    @property
    def work_base(self) -> Place:
        """Where work folders lie; a run that publishes elsewhere works on this machine."""
        return self.work if self.work is not None else self._folder / WORK

    @property
    def home(self) -> Path:
        """A folder on this machine for what belongs to its processes."""
        base = self.work_base
        return base.absolute() if isinstance(base, Path) else cache_folder()

    @property
    def keys(self) -> Path:
        """A folder on this machine for the sandbox's certificate."""
        return self.out if isinstance(self.out, Path) else cache_folder()

    @property
    def _folder(self) -> Path:
        """The output folder; the one that is the default where outputs go elsewhere."""
        return self.out if isinstance(self.out, Path) else DEFAULT_OUT

    @property
    def writing(self) -> Writing:
        """All about the writer that its texts depend on."""
        if self.writer == PHRASEBOOK:
            return Writing()
        return Writing(
            self.writer, self.base_url, self.checker, self.mode, self.temperature, self.thinking
        )

    @property
    def wanted(self) -> Wanted:
        """How many questions are asked for."""
        return Wanted(self.questions, self.none_share)

    @property
    def limits(self) -> Limits:
        """All about the writer that its texts do not depend on."""
        return Limits(
            answers=self.answers or self._folder / ANSWERS,
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


KNOWN = (*Settings.model_fields, *OF_TRIALS)
"""Names that may stand in the table of pyproject.toml."""


def load_settings(**given: str | float | dt.date | None) -> Settings:
    """The settings of this process, `given` ones (from the command line) first; None is not given.

    Raises:
        UsageError: a value cannot be meant; one line that says where it was set.
    """
    return load(Settings, NEEDS, KNOWN, given)


def processors() -> int:
    """Processors this process may use, 64 at most."""
    affinity = getattr(os, "sched_getaffinity", None)
    return min(MOST_WORKERS, len(affinity(0)) if affinity else os.cpu_count() or 1)
