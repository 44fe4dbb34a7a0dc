"""Where the value of a setting comes from, and what is wrong with it."""

import os
import re
from collections.abc import Mapping
from pathlib import Path

from pydantic import ValidationError

PREFIX = "ORGSMITH_"


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
