"""Wrong input gets one clear line and exit code 1 or 2, starts nothing and leaves nothing."""

import os
import signal
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from orgsmith.flows.cli import run

Call = Callable[..., "Said"]


@dataclass(frozen=True, slots=True)
class Said:
    """How a command ended."""

    code: int
    out: str
    error: str


@pytest.fixture
def call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Call:
    """Runs a command line in an empty folder; nothing of the surroundings reaches it."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    for name in os.environ:
        if name.startswith(("ORGSMITH_", "PREFECT_")):
            monkeypatch.delenv(name)
    before = signal.getsignal(signal.SIGTERM)

    def call(*arguments: str | Path) -> Said:
        capfd.readouterr()
        code = run([str(argument) for argument in arguments])
        signal.signal(signal.SIGTERM, before)
        said = capfd.readouterr()
        return Said(code, str(said.out), str(said.err))

    return call


def fails(said: Said, code: int, *words: str) -> None:
    """One line on stderr with these words, and this exit code."""
    assert said.code == code, said.error
    assert said.out == ""
    assert said.error.startswith("orgsmith: ")
    assert said.error.count("\n") == 1, said.error
    for word in words:
        assert word in said.error, said.error


@pytest.mark.parametrize("scale", ["0", "-1", "nan", "inf", "-inf", "big", "0.019", "1001", ""])
def test_scale(call: Call, tmp_path: Path, scale: str) -> None:
    fails(call("generate", f"--scale={scale}"), 2, f"--scale {scale}:", "0.02 to 1000")
    assert not any((tmp_path / "here").iterdir())


@pytest.mark.parametrize("day", ["2025-02-30", "2025-13-01", "20250101", "today", "0001-01-01"])
def test_day(call: Call, day: str) -> None:
    fails(call("generate", "--as-of", day), 2, f"--as-of {day}:", "YYYY-MM-DD")


@pytest.mark.parametrize("seed", ["-1", "1.5", "seven", "9223372036854775808"])
def test_seed(call: Call, seed: str) -> None:
    fails(call("generate", f"--seed={seed}"), 2, f"--seed {seed}:")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("generate", "sportswer"), ('no industry "sportswer"', "sportswear")),
        (("generate", "missing.yaml"), ("missing.yaml",)),
        (("industries", "check"), ("Missing argument", "industries check --help")),
        (("industries", "show"), ("Missing argument",)),
        (("industries", "show", "banking2"), ("banking2", "sportswear")),
        (("generate", "--scales", "1"), ("No such option", "--scale")),
        (("generate", "--scale"), ("requires an argument",)),
        (("generate", "a", "b"), ("unexpected extra argument",)),
        (("generat",), ("generat",)),
        (("generate", "--writer", "gpt"), ("--writer gpt:", "PROVIDER/MODEL")),
        (("generate", "--base-url", "localhost"), ("--base-url localhost:", "http://")),
        (("generate", "--dataset-version", "latest"), ("latest",)),
        (("generate", "--dataset-version", "../up"), ("../up",)),
    ],
)
def test_usage(call: Call, arguments: tuple[str, ...], words: tuple[str, ...]) -> None:
    fails(call(*arguments), 2, *words)


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("ORGSMITH_SCALE", "x", ("ORGSMITH_SCALE x:", "0.02")),
        ("ORGSMITH_WORKERS", "0", ("ORGSMITH_WORKERS 0:",)),
    ],
)
def test_environment(
    call: Call,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    value: str,
    words: tuple[str, ...],
) -> None:
    monkeypatch.setenv(variable, value)
    fails(call("generate"), 2, *words)


def test_pyproject(call: Call, tmp_path: Path) -> None:
    file = tmp_path / "here/pyproject.toml"
    file.write_text("[tool.orgsmith]\nscal = 1\n")
    fails(call("generate"), 2, "pyproject.toml [tool.orgsmith] scal", "scale")
    file.write_text("[tool.orgsmith]\nscale = 0\n")
    fails(call("generate"), 2, "pyproject.toml [tool.orgsmith] scale 0:")
    file.write_text("[tool.orgsmith\n")
    fails(call("generate"), 2, "pyproject.toml cannot be read")


def test_pack_with_a_typo(call: Call, tmp_path: Path) -> None:
    pack = call("industries", "show", "sportswear").out
    file = tmp_path / "here/mine.yaml"
    file.write_text(pack.replace("\n  domain:", "\n  domian:", 1))
    assert file.read_text() != pack
    fails(call("generate", file), 1, "mine.yaml:", "domain", "industries check")
    checked = call("industries", "check", file)
    assert checked.code == 1
    assert "domian" in checked.error


def test_output_is_a_file(call: Call, tmp_path: Path) -> None:
    file = tmp_path / "here/taken"
    file.write_text("mine")
    fails(call("generate", "--out", file), 1, "taken", "is a file")
    fails(call("generate", "--out", file / "below"), 1, "taken", "is a file")
    assert file.read_text() == "mine"


def test_output_is_not_writable(call: Call) -> None:
    # Even root may not make folders here, whatever permissions say.
    fails(call("generate", "--out", "/proc/orgsmith"), 1, "/proc/orgsmith")


def test_output_is_not_permitted(
    call: Call, tmp_path: Path, mounted: Callable[[str], Path]
) -> None:
    folder = tmp_path / "closed"
    if os.geteuid() == 0:
        # Root may write where permissions forbid it, but not on what is mounted read-only.
        folder = mounted("ro")
    else:
        folder.mkdir(mode=0o500)
    fails(call("generate", "--out", folder), 1, folder.name, "--out")


def test_taken_version(call: Call, tmp_path: Path) -> None:
    (tmp_path / "out/sportswear/mine").mkdir(parents=True)
    said = call("generate", "--out", tmp_path / "out", "--dataset-version", "mine")
    fails(said, 2, "'mine' is taken")


def test_too_little_room(call: Call, small_disk: Path) -> None:
    fails(call("generate", "--out", small_disk), 1, "are free")
    assert list(small_disk.iterdir()) == []


@pytest.mark.parametrize("verb", ["inspect", "verify"])
def test_no_dataset(call: Call, tmp_path: Path, verb: str) -> None:
    fails(call(verb), 1, "no dataset in", "orgsmith generate")
    fails(call(verb, "banking"), 1, "'banking'", "orgsmith generate")
    broken = tmp_path / "broken"
    broken.mkdir()
    fails(call(verb, broken), 1, "broken", "manifest.json")
    (broken / "manifest.json").write_text('{"schema_version": 1')
    fails(call(verb, broken), 1, "broken/manifest.json", "JSON")


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_interrupted_pipe(orgsmith: str, unbuffered: str) -> None:
    done = subprocess.run(
        f"{orgsmith} industries show sportswear | head -n 1; exit ${{PIPESTATUS[0]}}",
        shell=True,
        executable="/bin/bash",
        env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")
