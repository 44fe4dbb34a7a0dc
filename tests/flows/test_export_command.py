"""`orgsmith export --to public`, as a process of its own, and what its copy lets slip: nothing."""

import json
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq
import pytest

from orgsmith.arena.org import Org
from orgsmith.outputs.dataset import Dataset
from orgsmith.outputs.questions import read_answers, read_questions
from orgsmith.schema.industry import Article
from orgsmith.schema.latents import LATENTS
from orgsmith.schema.objects import OBJECTS
from tests.flows.asking import quiet, sandbox
from tests.flows.questioned import SEED, STATEMENT, questioned

Tell = Callable[..., "subprocess.CompletedProcess[str]"]

COUNT = "SELECT COUNT() FROM Case"

LONG = 20
"""Characters of a text that nobody writes by accident."""


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the dataset is published; only read it."""
    return questioned(tmp_path_factory.mktemp("export"))


@pytest.fixture(scope="module")
def published(out: Path) -> Dataset:
    """The dataset that is exported."""
    return Dataset.open(out / "sportswear/latest")


@pytest.fixture(scope="module")
def public(orgsmith: str, out: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A public copy; only read it."""
    copy = tmp_path_factory.mktemp("public") / "copy"
    command: list[str | Path] = [orgsmith, "export", "--out", out, "--to", "public", "--into", copy]
    subprocess.run(command, env=quiet(), check=True, capture_output=True)
    return copy


@pytest.fixture
def tell(orgsmith: str, tmp_path: Path, out: Path) -> Tell:
    """Runs `orgsmith` with `--out`."""

    def run(command: str, *arguments: str | Path) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [orgsmith, command, "--out", out, *arguments],
            cwd=tmp_path,
            env=quiet(),
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def said(process: "subprocess.CompletedProcess[str]") -> str:
    """What a command that ended well printed."""
    assert (process.returncode, process.stderr) == (0, "")
    return process.stdout


def values(frame: pl.DataFrame) -> Iterator[str]:
    """Every value of a table that is a text, and the names of its columns."""
    yield from frame.columns
    for column in frame.iter_columns():
        flat = column.explode() if isinstance(column.dtype, pl.List) else column
        yield from (str(each) for each in flat.drop_nulls().unique())


def texts(copy: Path) -> dict[str, str]:
    """The files of a copy that are no tables."""
    return {
        file.relative_to(copy).as_posix(): file.read_text()
        for file in sorted(copy.rglob("*"))
        if file.is_file() and file.suffix != ".parquet"
    }


def frames(copy: Path) -> dict[str, pl.DataFrame]:
    """The tables of a copy."""
    files = sorted(copy.rglob("*.parquet"))
    return {file.relative_to(copy).as_posix(): pl.read_parquet(file) for file in files}


def test_nothing_is_named_or_stored_that_is_hidden(published: Dataset, public: Path) -> None:
    folders = {"latents", "answers", "rejects", "readings"}
    for file in public.rglob("*"):
        parts = set(file.relative_to(public).with_suffix("").parts)
        assert not parts & (folders | set(LATENTS))
        assert not file.is_symlink()
    for name, frame in frames(public).items():
        assert frame.equals(pl.read_parquet(published.path / name))
        assert name.startswith(("objects/", "tasks/"))
        assert list(pq.read_metadata(public / name).metadata) == [b"orgsmith.table"]


def test_the_seed_is_in_no_file(public: Path) -> None:
    seed = str(SEED)
    for file in public.rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            assert seed.encode() not in content
            assert SEED.to_bytes(8, "little") not in content
            assert SEED.to_bytes(8, "big") not in content
    for frame in frames(public).values():
        assert not [each for each in values(frame) if seed in each]
    manifest = json.loads((public / "manifest.json").read_text())
    assert manifest["seed"] is None


def test_no_statement_parameter_or_reason_of_an_answer_is_in_it(
    published: Dataset, public: Path
) -> None:
    hidden = {STATEMENT}
    for key in published.manifest.tasks:
        hidden |= set(read_answers(published, key)["parameters"])
    whole = [
        *texts(public).values(),
        *(each for f in frames(public).values() for each in values(f)),
    ]
    assert not [each for each in whole if any(secret in each for secret in hidden)]


def test_no_question_tells_its_answer(published: Dataset, public: Path) -> None:
    """Answers that are Ids or words; a month or a state may stand in a question by accident."""
    copy = Dataset.open(public)
    compared = 0
    for key in published.manifest.tasks:
        questions = read_questions(copy, key)
        assert set(questions["answer_type"]) <= {"id", "text", "label", "month", "state"}
        rows = questions.join(read_answers(published, key), on="task_id")
        for row in rows.filter(pl.col("answer_type").is_in(["id", "text"])).iter_rows(named=True):
            asked = " ".join(str(row[name]) for name in questions.columns)
            told = [each for each in row["answers"] if each != "None"]
            compared += len(told)
            assert not [each for each in told if each in asked]
    assert compared > 20


def test_no_answer_latent_value_or_phrase_is_in_what_describes_it(
    published: Dataset, public: Path
) -> None:
    described = texts(public)
    assert set(described) == {"README.md", "industry.yaml", "manifest.json", "schema.json"}
    flat = " ".join(" ".join(described.values()).split())
    hidden = {
        answer
        for key in published.manifest.tasks
        for answer in read_answers(published, key)["answers"].explode()
        if len(answer) > len("Negative")
    }
    for name in LATENTS:
        frame = published.scan(name).collect()
        hidden |= {each for each in values(frame) if len(each) > LONG}
        assert f'"{name}"' not in flat
        assert f"| {name} |" not in flat
    industry = published.organisation.industry
    articles: list[Article] = [*industry.company_articles]
    articles += [each for category in industry.categories for each in category.articles]
    hidden |= {fact.statement for article in articles for fact in article.facts}
    hidden |= {symptom for issue in industry.issues for symptom in issue.symptoms}
    hidden |= {offer for remedy in industry.remedies for offer in remedy.offers}
    assert len(hidden) > 300
    assert not [each for each in hidden if " ".join(each.split()) in flat]


def test_it_is_served_asked_and_inspected(
    orgsmith: str, tell: Tell, published: Dataset, public: Path, tmp_path: Path
) -> None:
    rows = published.table("Case").rows
    assert said(tell("query", public, COUNT)) == f"{rows}\n"
    found = json.loads(said(tell("query", public, "FIND {order} RETURNING Case(Id)", "--json")))
    assert found["searchRecords"]
    shown = said(tell("inspect", public))
    assert "seed hidden" in shown
    assert "knowledge_qa" in shown
    assert "Latent variables" not in shown
    assert json.loads(said(tell("inspect", public, "Case", "--json")))["seed"] is None
    with closing(Org.open(Dataset.open(public))) as org:
        assert org.name == published.organisation.industry.company.name
    with sandbox(orgsmith, public, cwd=tmp_path) as served:
        assert served.facts["dataset"] == str(public)


def test_verify_checks_what_is_there(tell: Tell, public: Path) -> None:
    shown = said(tell("verify", public))
    for what in ("latent variables", "answers", "refused records"):
        assert f"leaves out {what}: they are missing here, and were not checked\n" in shown
    assert " checks passed, 0 failed, " in shown
    checks = json.loads(said(tell("verify", public, "--json")))["checks"]
    assert {each["object"] for each in checks if each["name"] == "compliance"} == set(OBJECTS)


def test_explain_has_nothing_to_say(tell: Tell, published: Dataset, public: Path) -> None:
    task_id = read_questions(published, "handle_time")["task_id"][0]
    process = tell("explain", public, task_id)
    assert (process.returncode, process.stdout) == (1, "")
    assert "is a public copy, which has no answers; name the dataset" in process.stderr


def test_it_says_what_was_written_and_where(tell: Tell, published: Dataset, tmp_path: Path) -> None:
    printed = json.loads(said(tell("export", "--to", "public", "--json")))
    copy = tmp_path / f"sportswear-{published.path.name}-public"
    assert (printed["copy"], printed["dataset"]) == (str(copy), str(published.path))
    assert printed["fingerprint"] == Dataset.open(copy).manifest.fingerprint
    assert printed["guessable_seed"] is False
    again = tell("export", "sportswear", "--to", "public")
    assert (again.returncode, again.stdout) == (2, "")
    assert again.stderr == f"orgsmith: {copy} exists; name a folder that does not\n"
    shown = said(tell("export", "--to", "public", "--into", "other"))
    assert shown == (
        f"{tmp_path / 'other'}: {printed['records']:,} records and {printed['questions']:,} "
        f"questions of {published.path}, without answers, latent variables and seed\n"
    )


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ((), 2, "Missing option '--to'"),
        (("--to", "private"), 2, "see orgsmith export --help"),
        (("nowhere", "--to", "public"), 1, "no dataset 'nowhere'"),
    ],
)
def test_what_cannot_be_meant_is_said_in_a_line(
    tell: Tell, arguments: tuple[str, ...], code: int, message: str
) -> None:
    process = tell("export", *arguments)
    assert (process.returncode, process.stdout) == (code, "")
    assert process.stderr.count("\n") == 1
    assert message in process.stderr


def test_a_folder_that_cannot_be_written_is_said(tell: Tell, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    process = tell("export", "--to", "public", "--into", "file/copy")
    assert (process.returncode, process.stderr.count("\n")) == (1, 1)
    assert "name another --into" in process.stderr
