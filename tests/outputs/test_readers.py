"""The published files in the hands of the libraries that people read Parquet with."""

import datetime as dt
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pandas as pd
import polars as pl
import pytest

from orgsmith.outputs.questions import ANSWERS, TASK_KEYS, TASKS
from orgsmith.schema.declaration import Kind
from orgsmith.schema.graph import NODES
from orgsmith.schema.objects import OBJECTS

if TYPE_CHECKING:
    from tests.outputs.conftest import Small

Loaded = dict[str, Any]
"""What a config holds, as JSON."""

DUCKDB = {
    Kind.BOOLEAN: "BOOLEAN",
    Kind.INT: "BIGINT",
    Kind.DOUBLE: "DOUBLE",
    Kind.CURRENCY: "DOUBLE",
    Kind.DATE: "DATE",
    Kind.DATETIME: "TIMESTAMP WITH TIME ZONE",
}
FEATURES = {
    Kind.BOOLEAN: "bool",
    Kind.INT: "int64",
    Kind.DOUBLE: "float64",
    Kind.CURRENCY: "float64",
    Kind.DATE: "date32",
    Kind.DATETIME: "timestamp[us, tz=UTC]",
}
LOAD = """
import json, sys
from datasets import load_dataset
from datasets.utils.logging import disable_progress_bar
disable_progress_bar()
found = {}
for name in sys.argv[3:]:
    loaded = load_dataset(sys.argv[1], name, split="train")
    features = loaded.features.items()
    types = {column: str(getattr(feature, "dtype", feature)) for column, feature in features}
    ids = loaded[sys.argv[2]][:]
    found[name] = {"types": types, "ids": list(ids)}
    if "answers" in types:
        found[name]["answers"] = list(loaded["answers"][:])
    if name == "Case":
        found[name]["texts"] = list(loaded["Description"][:])
print(json.dumps(found))
"""


def table(published: Path, node: str) -> Path:
    if node in OBJECTS:
        return published / f"objects/{node}/part-00000.parquet"
    return published / f"latents/{node}.parquet"


def loaded(published: Path, tmp_path: Path, key: str, *configs: str) -> dict[str, Loaded]:
    """What Hugging Face datasets loads, offline."""
    done = subprocess.run(
        [sys.executable, "-c", LOAD, published, key, *configs],
        env=os.environ
        | {
            "HF_HUB_OFFLINE": "1",
            "HF_HOME": str(tmp_path / "home"),
            "HF_DATASETS_CACHE": str(tmp_path / "cache"),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Loaded] = json.loads(done.stdout)
    return found


def test_hugging_face_datasets_loads_every_object_offline(
    published: Path, small: "Small", tmp_path: Path
) -> None:
    found = loaded(published, tmp_path, "Id", *OBJECTS)
    for name, declared in OBJECTS.items():
        assert found[name]["ids"] == small.whole(name)["Id"].to_list()
        assert found[name]["types"] == {
            field.name: FEATURES.get(field.kind, "string") for field in declared.fields
        }
    assert found["Case"]["texts"] == small.whole("Case")["Description"].to_list()


def test_hugging_face_datasets_loads_every_task_offline(asked: Path, tmp_path: Path) -> None:
    answers = [f"{key}_answers" for key in TASK_KEYS]
    found = loaded(asked, tmp_path, "task_id", *TASK_KEYS, *answers)
    for key in TASK_KEYS:
        ids = [f"{key}-{number:012x}" for number in range(4)]
        assert found[key]["ids"] == found[f"{key}_answers"]["ids"] == ids
        assert list(found[key]["types"]) == TASKS.names()
        assert list(found[f"{key}_answers"]["types"]) == ANSWERS.names()
        assert found[key]["types"]["today"] == "date32"
        assert found[f"{key}_answers"]["types"]["answers"].startswith("List(")
        first = [f"{key} one", f"{key} one, in other words"]
        assert found[f"{key}_answers"]["answers"] == [first, [f"{key} two"], ["None"], first[:1]]


def test_duckdb_and_pandas_see_lists_of_answers(asked: Path) -> None:
    file = asked / "answers/handle_time.parquet"
    expected = pl.read_parquet(file)
    with duckdb.connect() as connection:
        relation = connection.read_parquet(str(file))
        types = dict(zip(relation.columns, map(str, relation.types), strict=True))
        assert relation.pl().equals(expected)
    assert (types["answers"], types["margin"]) == ("VARCHAR[]", "DOUBLE")
    answers = [list(each) for each in pd.read_parquet(file)["answers"]]
    assert answers == expected["answers"].to_list()


@pytest.mark.parametrize("node", NODES)
def test_duckdb_sees_the_declared_types_and_values(
    published: Path, small: "Small", node: str
) -> None:
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        relation = connection.read_parquet(str(table(published, node)))
        types = dict(zip(relation.columns, map(str, relation.types), strict=True))
        frame = relation.pl()
    fields = NODES[node].fields
    assert types == {field.name: DUCKDB.get(field.kind, "VARCHAR") for field in fields}
    assert frame.equals(small.whole(node))


@pytest.mark.parametrize("node", NODES)
def test_polars_sees_the_declared_types_and_values(
    published: Path, small: "Small", node: str
) -> None:
    frame = pl.read_parquet(table(published, node))
    assert dict(frame.schema) == {field.name: field.kind.dtype for field in NODES[node].fields}
    assert frame.equals(small.whole(node))


@pytest.mark.parametrize("node", NODES)
def test_pandas_sees_the_declared_types_and_values(
    published: Path, small: "Small", node: str
) -> None:
    frame = pd.read_parquet(table(published, node))
    whole = small.whole(node)
    for field in NODES[node].fields:
        column, expected = frame[field.name], whole[field.name]
        full = expected.null_count() == 0
        match field.kind:
            case Kind.DATETIME:
                assert str(column.dtype) == "datetime64[us, UTC]"
            case Kind.DATE:
                assert isinstance(column.dropna().iloc[0], dt.date)
            case Kind.INT if full:
                assert str(column.dtype) == "int64"
            case Kind.DOUBLE | Kind.CURRENCY:
                assert str(column.dtype) == "float64"
            case Kind.BOOLEAN if full:
                assert str(column.dtype) == "bool"
            case _:
                pass
        values = [None if pd.isna(value) else value for value in column]
        assert values == expected.to_list()
