"""The writing stage alone, in a process that can be killed: run as a script.

    python -m tests.prompts.model.writing_stage DATA

Imports take seconds, a child made by fork takes none: for each line of standard input, JSON with
`answers`, `url` and `out`, a child writes the texts of DATA and puts them into files. The script
prints the child's process id, and after an empty line how it ended: until then the id is not given
to another process.
"""

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path

import aiohttp  # noqa: F401
import instructor  # noqa: F401
import openai.types.chat  # noqa: F401
import polars as pl

from orgsmith.prompts.model.answers import Answers
from orgsmith.prompts.model.calls import Calls
from orgsmith.prompts.model.providers import Model
from orgsmith.prompts.model.served import Served
from orgsmith.prompts.model.shape import shape_of
from orgsmith.prompts.model.writer import ModelWriter
from orgsmith.prompts.render import ROLE, environment
from orgsmith.prompts.replies import reply_model
from orgsmith.prompts.writing import Limits, Writing
from orgsmith.schema.objects import OBJECTS
from orgsmith.schema.organisation import Organisation
from orgsmith.schema.packs import load

NAMES = ("Case", "EmailMessage")
CONCURRENCY = 8
USAGE = "usage.json"


def write(organisation: Organisation, data: Path, answers: Path, url: str, out: Path) -> None:
    """Write all texts, wave by wave, and put them into files."""
    calls = Calls(Answers(answers), Limits(answers, concurrency=CONCURRENCY, timeout=20.0), "run")
    served = Served(calls, Model.of("openai/scripted", url), Writing(), lambda name, usage: None)
    writer = ModelWriter(organisation, served, served)
    for name in NAMES:
        declared = OBJECTS[name]
        rows = pl.read_parquet(data / f"{name}.parquet")
        parts = [writer.write(declared, part, 0) for part in writer.waves(declared, rows)]
        pl.concat(parts).write_parquet(out / f"{name}.parquet")
    (out / USAGE).write_text(json.dumps(asdict(writer.usage)))
    calls.close()


def main() -> None:
    """Fork a child for each line."""
    data = Path(sys.argv[1])
    industry = load("sportswear")
    organisation = Organisation(industry, 7, 0.1, industry.as_of)
    # What a first call would load and build.
    for name in NAMES:
        shape_of("json_schema", ROLE, reply_model(OBJECTS[name]))
        environment().get_template(f"{name}.jinja")
    lines = iter(sys.stdin)
    for line in lines:
        asked = json.loads(line)
        child = os.fork()
        if child == 0:
            write(organisation, data, Path(asked["answers"]), asked["url"], Path(asked["out"]))
            os._exit(0)
        print(child, flush=True)  # noqa: T201
        next(lines)
        print(os.waitpid(child, 0)[1], flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
