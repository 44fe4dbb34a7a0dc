"""Nothing in the repository ties it to a machine, a registry or a secret."""

import re
from pathlib import Path

import pytest

LARGEST = 500_000

# A character class in each, so that this file passes its own test.
REGISTRIES = re.compile(
    r"py[p]i\.(org|python)|python[h]osted\.org|ana[c]onda\.(org|com)|npm[j]s\.(org|com)"
    r"|proxy\.go[l]ang|crates\.[i]o|--(extra-)?index-[u]rl|--find-[l]inks",
    re.IGNORECASE,
)
MACHINE_PATHS = re.compile(
    r"(?<![\w./<-])(?:/roo[t]\b|/wor[k]/|/home[/]\w|/User[s]/\w|/op[t]/\w|C:\\+User[s])"
)
SECRETS = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE [K]EY"
    r"|\bsk-[A-Za-z0-9_-]{20,}"
    r"|\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"
    r"|\bgh[pousr]_[A-Za-z0-9]{30,}"
    r"|\bhf_[A-Za-z0-9]{30,}"
    r"|\bxox[abpr]-[A-Za-z0-9-]{10,}"
    r"|\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\."
    r"|(?i:(?:api_?key|secret|password|token)[\"']?\s*[:=]\s*[\"'][A-Za-z0-9/+_-]{24,}[\"'])"
)


def found(pattern: re.Pattern[str], root: Path, files: tuple[Path, ...]) -> list[str]:
    """Every line of the files that holds the pattern, as file:line: text."""
    return [
        f"{file}:{number}: {line.strip()[:120]}"
        for file in files
        for number, line in enumerate((root / file).read_text(errors="replace").splitlines(), 1)
        if pattern.search(line)
    ]


@pytest.mark.parametrize(
    "pattern",
    [REGISTRIES, MACHINE_PATHS, SECRETS],
    ids=["registry", "path of a machine", "secret"],
)
def test_no_line_holds(
    pattern: re.Pattern[str], repo: Path, tracked_files: tuple[Path, ...]
) -> None:
    assert found(pattern, repo, tracked_files) == []


@pytest.mark.parametrize(
    ("pattern", "line"),
    [
        (REGISTRIES, "https://py" + "pi.org/simple"),
        (REGISTRIES, "pip install --index" + "-url somewhere"),
        (MACHINE_PATHS, "open('/wo" + "rk/main/a.txt')"),
        (MACHINE_PATHS, "out: /ro" + "ot/datasets"),
        (SECRETS, "key = 'sk-" + "a1" * 12 + "'"),
        (SECRETS, "api_key: '" + "a1" * 16 + "'"),
    ],
)
def test_the_patterns_find_what_they_name(pattern: re.Pattern[str], line: str) -> None:
    assert pattern.search(line)


def test_no_file_is_large(repo: Path, tracked_files: tuple[Path, ...]) -> None:
    assert [str(file) for file in tracked_files if (repo / file).stat().st_size > LARGEST] == []


def test_requirements_are_locked(repo: Path) -> None:
    lock = (repo / "requirements.lock").read_text()
    pins = re.findall(r"^([a-z0-9._-]+)(?:\[[^]]*\])?==\S+", lock, re.MULTILINE)
    assert {"prefect", "polars", "pandera", "instructor", "openai", "rapidfuzz", "pyarrow"} <= set(
        pins
    )
    assert len(re.findall(r"^\S+==.*\\\n    --hash=sha256:", lock, re.MULTILINE)) == len(pins)
