"""Whatever is asked, the org answers or refuses: it never breaks, hangs, writes or reads a file."""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orgsmith.arena.engine import Limits
from orgsmith.arena.errors import OrgError
from orgsmith.arena.org import Org
from orgsmith.arena.session import Session
from orgsmith.arena.soql.compiler import compiled
from orgsmith.arena.soql.parser import parse
from orgsmith.arena.soql.scope import World
from orgsmith.schema.streams import stream
from tests.arena.soql.corpus import entries
from tests.arena.soql.little import TODAY
from tests.arena.soql.meant import escaped
from tests.arena.soql.mutations import mutated
from tests.arena.soql.statements import Writer
from tests.arena.soql.watch import Watch

SEED = 11
CHUNKS = 10
CHUNK = 1_000

REFUSALS = frozenset(
    {
        "MALFORMED_QUERY",
        "INVALID_FIELD",
        "INVALID_TYPE",
        "INVALID_QUERY_FILTER_OPERATOR",
        "NUMBER_OUTSIDE_VALID_RANGE",
    }
)

CANARY = "canary.parquet"
INJECTIONS = (
    "SELECT Id FROM read_parquet('{file}')",
    "SELECT Id FROM '{file}'",
    'SELECT Id FROM "{file}"',
    "SELECT Id FROM Case, read_csv('{file}') f",
    "SELECT read_text('{file}') FROM Case",
    "SELECT COUNT(read_blob('{file}')) FROM Case",
    "SELECT Id, (SELECT * FROM read_parquet('{file}')) FROM Account",
    "SELECT Id FROM Account WHERE Id IN (SELECT Id FROM read_parquet('{file}'))",
    "SELECT Id FROM Case WHERE Subject = '' UNION ALL SELECT * FROM read_parquet('{file}')",
    "SELECT Id FROM Case WHERE Subject = 'x' OR 1=1 -- '",
    "SELECT Id FROM Case WHERE Subject = 'x\\' OR 1=1 -- '",
    "SELECT Id FROM Case WHERE Subject = 'x''; DROP TABLE base.\"Case\"; --'",
    "SELECT Id FROM Case WHERE Subject LIKE '%'' UNION SELECT 1 --'",
    "SELECT Id FROM Case WHERE Subject = $1",
    "SELECT Id FROM Case WHERE Subject = '$1' AND Status = '$2'",
    "SELECT Id FROM Case WHERE Subject = 'x' ESCAPE '{file}'",
    "SELECT Id FROM Case; COPY base.\"Case\" TO '{file}'",
    "COPY (SELECT 1) TO '{file}'",
    "ATTACH '{file}' AS evil",
    "SELECT Id FROM Case ; ATTACH '{file}' AS evil",
    "PRAGMA database_list",
    "SET enable_external_access = true",
    "INSTALL httpfs",
    "LOAD '{file}'",
    "CREATE TABLE x AS SELECT * FROM '{file}'",
    'DELETE FROM base."Case"',
    'UPDATE base."Case" SET "Subject" = \'x\'',
    "SELECT Id FROM Case ORDER BY (SELECT 1)",
    "SELECT Id FROM Case LIMIT (SELECT 1)",
    "SELECT Id FROM Case LIMIT 1; SELECT 1",
    "SELECT Id FROM Case LIMIT 1 OFFSET 1/0",
    "SELECT getenv('HOME') FROM Case",
    "SELECT current_setting('home_directory') FROM Case",
    "SELECT Id FROM duckdb_settings()",
    "SELECT name FROM sqlite_master",
    "SELECT table_name FROM information_schema.tables",
    'SELECT Id FROM base."Case"',
    "SELECT Id FROM s1.Case",
    "SELECT t0.Id FROM Case t0, t0.Account t1",
    'SELECT Id "; DROP TABLE x" FROM Case',
    "SELECT COUNT(Id) a0 FROM Case GROUP BY 1",
    "SELECT Id FROM Case WHERE Id = '500000000000001AAA' OR 'a' = 'a'",
    "SELECT Id FROM Case WHERE CreatedDate > 2024-01-01T00:00:00Z'; --",
    "SELECT Id FROM Case WHERE CreatedDate = LAST_N_DAYS:1) OR (1=1",
    "SELECT Id FROM Case WHERE TotalAmount = 1e1000000000",
    "SELECT Id FROM Order WHERE TotalAmount = 1e-1000000000",
    "SELECT Id FROM Case\x00 WHERE Subject = 'x'",
    "SELECT Id FROM Case WHERE Subject = '\x00\x00'",
    "SELECT Id FROM Case WHERE Subject = '\ud800'",
    "SELECT Id FROM Case WHERE Subject LIKE '\\\\%\\_' AND Subject LIKE '\\\\'",
)


@pytest.fixture(scope="module")
def fuzzed(little: Org) -> Iterator[Org]:
    """The tiny organisation, with little time for a query."""
    opened = Org.open(little.dataset, limits=Limits(seconds=10, rows=10_000))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def statements(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What is mutated: the corpus, and attempts to break out of it."""
    file = tmp_path_factory.getbasetemp() / CANARY
    return [*(entry.query for entry in entries()), *(each.format(file=file) for each in INJECTIONS)]


def everything(org: Org) -> Mapping[str, object]:
    """All that the engine holds."""
    with org.engine.tables.cursor() as cursor:
        names = cursor.execute(
            "SELECT table_schema, table_name FROM information_schema.tables ORDER BY ALL"
        ).fetchall()
        return {
            f"{schema}.{name}": cursor.execute(f'SELECT * FROM "{schema}"."{name}"').fetchall()
            for schema, name in names
        }


def answered(session: Session, statement: str) -> bool:
    """Whether a statement is answered, not refused; anything else is raised."""
    refused: OrgError | None = None
    try:
        answer = session.query(statement)
        orjson.dumps([answer.page(0, 100), list(answer.rows())])
    except OrgError as error:
        refused = error
    if refused is not None:
        assert refused.code in REFUSALS, (statement, refused)
        assert "Error:" not in refused.message
    return refused is None


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_mutated_queries_are_answered_or_refused(
    fuzzed: Org, statements: list[str], chunk: int
) -> None:
    before = everything(fuzzed)
    chance = stream(SEED, "soql", chunk, "fuzz")
    session = fuzzed.session(f"mutated {chunk}", today=TODAY)
    answers = 0
    for _ in range(CHUNK):
        statement = statements[int(chance.integers(len(statements)))]
        answers += answered(session, mutated(statement, statements, chance))
    assert CHUNK // 50 < answers < CHUNK // 2
    assert everything(fuzzed) == before


@pytest.mark.parametrize("chunk", range(CHUNKS // 2))
def test_random_queries_are_answered_or_refused(fuzzed: Org, chunk: int) -> None:
    before = everything(fuzzed)
    writer = Writer(stream(SEED, "soql", chunk, "random"))
    session = fuzzed.session(f"random {chunk}", today=TODAY)
    answers = sum(answered(session, writer.statement()) for _ in range(CHUNK))
    assert CHUNK // 2 < answers < CHUNK
    assert everything(fuzzed) == before


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel tells of opened files by inotify")
def test_no_query_opens_a_file_or_changes_anything(
    fuzzed: Org, little: Org, tmp_path: Path
) -> None:
    canary = tmp_path / CANARY
    (parquet,) = little.dataset.files("Issue__c")
    canary.write_bytes(parquet.read_bytes())
    before = everything(fuzzed)
    session = fuzzed.session("canary")
    with Watch(tmp_path) as watch:
        for statement in INJECTIONS:
            answered(session, statement.format(file=canary))
            answered(session, statement.format(file=tmp_path))
        assert not watch.opened()
        # It would be noticed.
        canary.read_bytes()
        assert watch.opened()
    assert list(tmp_path.iterdir()) == [canary]
    assert everything(fuzzed) == before


@given(one=st.text(min_size=1), two=st.text(min_size=1))
def test_no_string_is_part_of_the_engines_statement(little: Org, one: str, two: str) -> None:
    def sql(text: str) -> str:
        quoted, pattern = escaped(text), escaped(text, "%_")
        query = (
            f"SELECT Id, (SELECT Id FROM EmailMessages WHERE Subject = '{quoted}') FROM Case"
            f" WHERE Subject = '{quoted}' AND Contact.Name IN ('{quoted}', 'x')"
            f" AND Type > '{quoted}' AND Account.Name LIKE '{pattern}'"
            f" AND AccountId IN (SELECT Id FROM Account WHERE Name != '{quoted}')"
            f" ORDER BY Subject LIMIT 5"
        )
        plan = compiled(parse(query), World(little.catalog, lambda name: f'main."{name}"', TODAY))
        return "; ".join([plan.sql, *(each.sql for each in plan.children)])

    assert sql(one) == sql(two)
