"""Where settings come from, where the value of one does, and what is wrong with it."""

import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError
from pydantic_settings import BaseSettings

from orgsmith.schema.errors import UsageError

PREFIX = "ORGSMITH_"
TABLE = ("tool", "orgsmith")

OF_TRIALS = (
    "dataset",
    "agent",
    "model",
    "tool_level",
    "tasks",
    "limit",
    "epochs",
    "turns",
    "max_tokens",
    "observation",
    "rules",
    "retries",
    "cache_replies",
    "runs",
)
"""Settings of `flows.trial_settings`, which stand in the same places as all others."""

Kind = TypeVar("Kind", bound=BaseSettings)


def load(
    kind: type[Kind], needs: Mapping[str, str], known: Iterable[str], given: Mapping[str, object]
) -> Kind:
    """The settings of this process, `given` ones (from the command line) first; None is not given.

    Args:
        kind: which settings.
        needs: what each must be.
        known: names that may stand in the table of pyproject.toml.
        given: values by name.

    Raises:
        UsageError: a value cannot be meant; one line that says where it was set.
    """
    told = {name: value for name, value in given.items() if value is not None}
    try:
        _refuse_unknown(known)
        return kind.model_validate(told)
    except ValidationError as error:
        raise UsageError(explain(error, told, needs)) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"pyproject.toml cannot be read: {error}") from error
    except OSError as error:
        raise UsageError(f"{error.filename}: {error.strerror}") from error


def _refuse_unknown(known: Iterable[str]) -> None:
    """A misspelt setting in our own table is an error, not silence."""
    file = Path("pyproject.toml")
    table: object = tomllib.loads(file.read_text()) if file.is_file() else {}
    for key in TABLE:
        table = table.get(key, {}) if isinstance(table, dict) else {}
    unknown = sorted(set(table) - set(known)) if isinstance(table, dict) else []
    if unknown:
        raise UsageError(
            f"pyproject.toml [tool.orgsmith] {unknown[0]}: unknown; known are {', '.join(known)}"
        )


def explain(error: ValidationError, told: Mapping[str, object], needs: Mapping[str, str]) -> str:
    """The first fault in one line: where it was set, its value, what it must be."""
    fault = error.errors()[0]
    name = str(fault["loc"][0]) if fault["loc"] else ""
    value = fault.get("input")
    need = needs.get(name, fault["msg"])
    return f"{_source(name, told)} {value}: {need}"


def _source(name: str, told: Mapping[str, object]) -> str:
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
