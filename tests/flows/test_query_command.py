"""`orgsmith query`, as a process of its own."""

import csv
import io
import json
import os
import pty
import subprocess
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from orgsmith.flows.query_command import LONGEST, SHOWN
from orgsmith.outputs.dataset import Dataset
from tests.flows.asking import quiet, small_dataset
from tests.validators.published import Tampered

Tell = Callable[..., "subprocess.CompletedProcess[bytes]"]

HOSTILE = 'red\x1b[31m \N{RIGHT-TO-LEFT OVERRIDE}drawkcab "quoted", \x7f\r\n=cmd'


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the small dataset is published; only read it."""
    return small_dataset(tmp_path_factory.mktemp("query"))


@pytest.fixture(scope="module")
def published(out: Path) -> Dataset:
    """The dataset that is asked."""
    return Dataset.open(out / "sportswear" / "latest")


@pytest.fixture
def tell(orgsmith: str, tmp_path: Path, out: Path) -> Tell:
    """Runs `orgsmith query` with `--out`."""

    def run(*arguments: str, given: str | None = None) -> "subprocess.CompletedProcess[bytes]":
        return subprocess.run(
            [orgsmith, "query", "--out", out, *arguments],
            cwd=tmp_path,
            env=quiet(),
            input=given.encode() if given else None,
            capture_output=True,
        )

    return run


def printed(process: "subprocess.CompletedProcess[bytes]") -> str:
    """What a query that ended well printed."""
    assert (process.returncode, process.stderr) == (0, b"")
    # With line ends as they are.
    return process.stdout.decode()


@pytest.mark.parametrize("dataset", [(), ("sportswear",)])
def test_json_is_what_the_api_sends(
    tell: Tell, published: Dataset, dataset: tuple[str, ...]
) -> None:
    soql = "SELECT Id, Account.Name, (SELECT Id FROM EmailMessages) FROM Case ORDER BY Id LIMIT 5"
    cases = published.scan("Case").sort("Id").head(5).collect()
    mails = published.scan("EmailMessage").collect()

    found = json.loads(printed(tell(*dataset, soql, "--json")))

    assert (found["totalSize"], found["done"]) == (5, True)
    assert [each["Id"] for each in found["records"]] == cases["Id"].to_list()
    for record in found["records"]:
        assert record["attributes"]["type"] == "Case"
        expected = mails.filter(pl.col("ParentId") == record["Id"]).height
        children = record["EmailMessages"]
        assert (children["totalSize"] if children else 0) == expected


def test_a_table(tell: Tell, published: Dataset) -> None:
    soql = (
        "SELECT CaseNumber, Account.Name, IsClosed, (SELECT Id FROM EmailMessages) "
        "FROM Case ORDER BY Id"
    )
    total = published.table("Case").rows

    lines = printed(tell(soql)).splitlines()

    heading = next(line for line in lines if "CaseNumber" in line)
    assert heading.split() == ["CaseNumber", "Account.Name", "IsClosed", "EmailMessages"]
    rows = [line for line in lines if line.strip()[:2] == "00"]
    assert len(rows) == total
    assert all(" true" in row or " false" in row for row in rows)
    assert any("2 records" in row for row in rows)
    assert lines[-1] == f"{total} records"


def test_long_values_and_long_results_are_cut_in_tables_alone(
    tell: Tell, published: Dataset
) -> None:
    soql = "SELECT Id, TextBody FROM EmailMessage LIMIT 3"
    total = published.table("PricebookEntry").rows
    assert total > SHOWN

    widest = max(map(len, printed(tell(soql)).splitlines()))
    whole = list(csv.reader(io.StringIO(printed(tell(soql, "--csv")), newline="")))
    many = printed(tell("SELECT Id FROM PricebookEntry"))

    assert widest < LONGEST + 40
    assert max(len(body) for _, body in whole) > LONGEST
    assert many.splitlines()[-1].startswith(f"{total:,} records, the first {SHOWN:,} are shown")
    assert many.count("\n") < SHOWN + 10


def test_csv(tell: Tell, published: Dataset) -> None:
    soql = "SELECT Id, Account.Name, ClosedDate, IsClosed FROM Case ORDER BY Id"

    text = printed(tell("sportswear", soql, "--csv"))

    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    cases = published.scan("Case").sort("Id").collect()
    assert text.startswith("Id,Account.Name,ClosedDate,IsClosed\r\n")
    assert [row[0] for row in rows[1:]] == cases["Id"].to_list()
    assert [row[3] for row in rows[1:]] == [str(each).lower() for each in cases["IsClosed"]]
    assert [row[2] == "" for row in rows[1:]] == cases["ClosedDate"].is_null().to_list()


@pytest.mark.parametrize(
    ("soql", "column"),
    [
        ("SELECT COUNT() FROM Case", "count"),
        ("SELECT COUNT(Id) FROM Case", "expr0"),
        ("SELECT MAX(Id) latest, COUNT(Id) n FROM Case", "n"),
    ],
)
def test_counts(tell: Tell, published: Dataset, soql: str, column: str) -> None:
    (row,) = csv.DictReader(io.StringIO(printed(tell(soql, "--csv"))))

    assert row[column] == str(published.table("Case").rows)


def test_a_count_is_a_number(tell: Tell, published: Dataset) -> None:
    total = published.table("PricebookEntry").rows

    assert printed(tell("SELECT COUNT() FROM PricebookEntry")) == f"{total:,}\n"


def test_a_search(tell: Tell, published: Dataset) -> None:
    name = published.scan("Contact").select("LastName").collect().item(0, 0)
    sosl = f"find {{{name}}} RETURNING Contact(Id, Name, Account.Name), Account(Id)"

    found = json.loads(printed(tell(sosl, "--json")))["searchRecords"]
    rows = list(csv.DictReader(io.StringIO(printed(tell(sosl, "--csv")), newline="")))
    table = printed(tell(sosl))

    assert {each["attributes"]["type"] for each in found} == {"Contact", "Account"}
    assert [row["Id"] for row in rows] == [each["Id"] for each in found]
    assert set(rows[0]) == {"type", "Id", "Name", "Account.Name"}
    assert all(each["Id"] in table for each in found)
    assert table.rstrip().endswith(f"{len(found)} records")


def test_the_statement_from_standard_input(tell: Tell) -> None:
    given = "SELECT Id\nFROM Case\nLIMIT 2\n"

    assert printed(tell("-", "--json", given=given)) == printed(
        tell("sportswear", "-", "--json", given=given)
    )


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("form", [(), ("--csv",), ("--json",)])
def test_whoever_reads_may_have_had_enough(
    orgsmith: str, out: Path, tmp_path: Path, form: tuple[str, ...], unbuffered: str
) -> None:
    soql = "SELECT Id, Subject, TextBody FROM EmailMessage"
    process = subprocess.Popen(
        [orgsmith, "query", "--out", out, soql, *form],
        cwd=tmp_path,
        env={**quiet(), "PYTHONUNBUFFERED": unbuffered},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.read(1)
    process.stdout.close()

    error = process.stderr.read()
    process.stderr.close()

    assert (process.wait(), error) == (0, b"")


def test_the_day(tell: Tell, published: Dataset) -> None:
    cases = published.scan("Case").collect()
    day = cases["CreatedDate"].dt.date().sort()[len(cases) // 2]
    expected = cases.filter(pl.col("CreatedDate").dt.date() < day).height

    soql = "SELECT COUNT() FROM Case WHERE CreatedDate < TODAY"

    assert printed(tell(soql, "--today", str(day))).strip() == f"{expected:,}"
    assert printed(tell(soql)).strip() == f"{len(cases):,}"


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (
            ("SELECT Id,\n  Nonsense FROM Case",),
            1,
            "INVALID_FIELD at row 2, column 3: No such column 'Nonsense' on entity 'Case'. ",
        ),
        (("SELECT Id FROM Case WHERE",), 1, "MALFORMED_QUERY at row 1, column 26: unexpected end"),
        (("FIND x",), 1, "MALFORMED_SEARCH at row 1, column 6: "),
        (("sportswear",), 1, "MALFORMED_QUERY at row 1, column 1: unexpected token: sportswear"),
        (("SELECT Id FROM Case", "--rows", "3"), 1, "OPERATION_TOO_LARGE: "),
        (
            ("SELECT Id, (SELECT Id FROM Cases) FROM Account", "--csv"),
            1,
            "CSV has no place for sub-queries (Cases); ask for --json",
        ),
        (("nothing", "SELECT Id FROM Case"), 1, "no dataset 'nothing'"),
        (("SELECT", "Id", "FROM", "Case"), 2, "4 arguments: say [DATASET] STATEMENT"),
        ((), 2, "see orgsmith query --help"),
        (("SELECT Id FROM Case", "--json", "--csv"), 2, "--json --csv: say one of them"),
        (("SELECT Id FROM Case", "--today", "tomorrow"), 2, "--today tomorrow: must be a day"),
        (("SELECT Id FROM Case", "--seconds", "nan"), 2, "--seconds nan: must be above zero"),
    ],
)
def test_what_is_refused_is_said_in_a_line(
    tell: Tell, arguments: tuple[str, ...], code: int, said: str
) -> None:
    found = tell(*arguments)

    error = found.stderr.decode()
    assert (found.returncode, found.stdout) == (code, b"")
    assert said in error
    assert error.startswith("orgsmith: ")
    assert error.count("\n") == 1


@pytest.fixture
def planted(published: Dataset, tmp_path: Path) -> Path:
    """A copy of the dataset with a hostile name in its first contact."""
    tampered = Tampered.copy(published.path, tmp_path / "planted")
    tampered.set("Contact", 0, "LastName", HOSTILE)
    tampered.save()
    return tampered.path


SOQL = "SELECT LastName FROM Contact ORDER BY Id LIMIT 1"


def test_hostile_values_come_back_as_they_are(tell: Tell, planted: Path) -> None:
    text = printed(tell(str(planted), SOQL, "--json"))
    rows = list(csv.reader(io.StringIO(printed(tell(str(planted), SOQL, "--csv")), newline="")))

    assert json.loads(text)["records"][0]["LastName"] == HOSTILE
    assert text.isascii()
    assert not {"\x1b", "\x7f"} & set(text)
    assert rows == [["LastName"], [HOSTILE]]


@pytest.mark.parametrize("form", [(), ("--csv",), ("--json",)])
def test_nothing_steers_a_terminal(
    orgsmith: str, planted: Path, tmp_path: Path, form: tuple[str, ...]
) -> None:
    ours, theirs = pty.openpty()
    process = subprocess.run(
        [orgsmith, "query", str(planted), SOQL, *form],
        cwd=tmp_path,
        env={**quiet(), "TERM": "dumb"},
        stdout=theirs,
        stderr=subprocess.PIPE,
    )
    os.close(theirs)
    shown = os.read(ours, 100_000).decode()
    os.close(ours)

    assert process.returncode == 0, process.stderr
    assert "drawkcab" in shown
    assert not {"\x1b", "\x7f", "\N{RIGHT-TO-LEFT OVERRIDE}"} & set(shown)
    assert "\\x1b[31m" in shown or "\\u001b[31m" in shown
