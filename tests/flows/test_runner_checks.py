"""Runners that cannot be used are refused before anything is started."""

import pytest

from orgsmith.flows import runner_checks
from orgsmith.flows.runner_checks import check_runner
from orgsmith.flows.settings import load_settings
from orgsmith.schema.errors import UsageError

MODEL = {"writer": "openai/any", "base_url": "http://127.0.0.1:1"}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"runner": "ray"}, "--runner dask runs the same"),
        ({"runner_address": "tcp://127.0.0.1:8786"}, "only for --runner dask"),
        ({**MODEL, "runner": "dask"}, "leave out --runner"),
        ({**MODEL, "work": "s3://bucket/work"}, "name a folder as --work"),
    ],
)
def test_what_cannot_be_used(given: dict[str, str], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        check_runner(load_settings(**given))


@pytest.mark.parametrize(
    "given",
    [
        {"runner": "dask"},
        {"runner": "dask", "runner_address": "tcp://127.0.0.1:8786", "work": "s3://bucket/work"},
        {**MODEL, "out": "s3://bucket/orgs"},
    ],
)
def test_what_can_be_used(given: dict[str, str]) -> None:
    check_runner(load_settings(**given))


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner_checks, "find_spec", lambda name: None)
    with pytest.raises(UsageError, match=r"pip install 'orgsmith\[dask\]'"):
        check_runner(load_settings(runner="dask"))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"runner": "spark"}, "--runner spark: must be one of threads, dask"),
        ({"runner_address": "here"}, "--runner-address here: must be the address of a scheduler"),
        ({"work": "s3://me:secret@bucket/x"}, "must not hold credentials"),
    ],
)
def test_settings_that_cannot_be_meant(given: dict[str, str], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        load_settings(**given)
