"""The page at the root, in a real browser."""

import html
import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote

import httpx2
import pytest

from orgsmith.arena.org import Org
from orgsmith.arena.sandbox.tokens import Credentials
from orgsmith.arena.sandbox.whole import whole_app
from orgsmith.arena.session import Session
from tests.arena.sandbox.serving import Served, serving

TOKEN = "page'<&token"
"""The session whose world the page shows: hostile, and used by no other test."""

HOSTILE = (
    "<script>document.title='owned'</script>",
    "<img src=x onerror=\"document.title='owned'\">",
    "\"'><b>quotes</b>&amp;",
    "\N{RIGHT-TO-LEFT OVERRIDE}desrever</td></tr></table>",
    "{{ 7 * 7 }} ${7 * 7} \\u003c",
)

Page = Callable[[str], str]


@pytest.fixture(scope="module")
def sandbox(org: Org) -> Iterator[Served]:
    """The org, served in every way, with a session id that has to be escaped."""
    with serving(whole_app(org, Credentials(TOKEN))) as running:
        yield running
    org.end(TOKEN)


class Cells(HTMLParser):
    """The texts of the cells of every table row, and of the element that shows errors."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.fault = ""
        self.title = ""
        self.tags: set[str] = set()
        self._open: list[str] = []
        self._in_fault = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")
        if tag == "div" and (self._in_fault or ("id", "fault") in attrs):
            self._in_fault += 1
        self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop() != tag:
            pass
        if tag == "div" and self._in_fault:
            self._in_fault -= 1
            self.fault += "\n" if self._in_fault else ""

    def handle_data(self, data: str) -> None:
        if self._in_fault:
            self.fault += data
        if "title" in self._open:
            self.title += data
        if "td" in self._open or "th" in self._open:
            self.rows[-1][-1] += data


def shown(page: Page, sandbox: Served, statement: str) -> Cells:
    """What the page shows once it has run a statement."""
    cells = Cells()
    content = page(f"{sandbox.url}/?q={quote(statement)}")
    assert 'data-state="done"' in content
    cells.feed(content)
    return cells


def test_rows_of_a_query(page: Page, sandbox: Served, session: Session) -> None:
    soql = "SELECT CaseNumber, IsClosed, Account.Name, ClosedDate FROM Case ORDER BY Id LIMIT 5"

    cells = shown(page, sandbox, soql)

    expected = [
        [
            "null" if each is None else str(each).lower() if isinstance(each, bool) else str(each)
            for each in row
        ]
        for row in session.query(soql).rows()
    ]
    assert cells.rows == [["CaseNumber", "IsClosed", "Account.Name", "ClosedDate"], *expected]


def test_sub_queries_are_tables_of_their_own(page: Page, sandbox: Served, session: Session) -> None:
    soql = "SELECT Name, (SELECT OrderNumber, TotalAmount FROM Orders) FROM Account LIMIT 1"
    (record,) = session.query(soql).page(0, 1)
    children = record["Orders"]["records"]

    cells = shown(page, sandbox, soql)

    assert cells.rows[0] == ["Name", "Orders"]
    assert cells.rows[1] == [record["Name"], f"{len(children)} records"]
    assert cells.rows[2] == ["OrderNumber", "TotalAmount"]
    assert [row[0] for row in cells.rows[3:]] == [each["OrderNumber"] for each in children]


def test_what_a_search_finds(page: Page, sandbox: Served, session: Session) -> None:
    (name,), *_ = session.query("SELECT LastName FROM Contact LIMIT 1").rows()
    sosl = f"FIND {{{name}}} IN NAME FIELDS RETURNING Contact(LastName)"

    cells = shown(page, sandbox, sosl)

    assert cells.rows[0] == ["LastName"]
    assert [name] in cells.rows


def test_pages_of_a_long_result(page: Page, sandbox: Served, session: Session) -> None:
    total = session.query("SELECT COUNT() FROM OrderItem").total

    content = page(f"{sandbox.url}/?q={quote('SELECT Quantity FROM OrderItem')}")

    assert f"1 to 200 of {total:,}" in content
    assert content.count('<td class="number">') == 200


@pytest.mark.parametrize("hostile", HOSTILE)
def test_data_are_never_markup(page: Page, sandbox: Served, hostile: str) -> None:
    with sandbox.rest(TOKEN) as rest:
        made = rest.post("/sobjects/Contact", json={"LastName": hostile}).json()
    soql = f"SELECT LastName, Name FROM Contact WHERE Id = '{made['id']}'"

    cells = shown(page, sandbox, soql)

    assert cells.rows == [["LastName", "Name"], [hostile, hostile]]
    assert "Orgsmith sandbox" in cells.title
    assert not cells.tags & {"img", "b"}


@pytest.mark.parametrize("hostile", HOSTILE)
def test_statements_are_never_markup(page: Page, sandbox: Served, hostile: str) -> None:
    cells = shown(page, sandbox, f"SELECT {hostile} FROM Case")

    assert cells.fault.startswith("MALFORMED_QUERY\n")
    assert "Orgsmith sandbox" in cells.title
    assert not cells.tags & {"img", "b"}


def test_errors_show_where(page: Page, sandbox: Served) -> None:
    cells = shown(page, sandbox, "SELECT Id,\n  Nonsense\nFROM Case")

    lines = cells.fault.split("\n")
    assert lines[0] == "INVALID_FIELD"
    assert lines[2].index("^") == lines[1].index("Nonsense")
    assert lines[3] == "ERROR at Row:2:Column:3"
    assert lines[4].startswith("No such column 'Nonsense' on entity 'Case'.")
    assert cells.rows == []


def test_an_object_opens_with_its_fields(page: Page, sandbox: Served, session: Session) -> None:
    content = page(f"{sandbox.url}/#Case")

    opened = content.partition('data-object="Case"')[2].partition("</details>")[0]
    named = re.findall(r"<button[^>]*>([^<]+)</button>", opened)
    case = session.entity("Case")
    assert named[0] == "Query"
    assert named[1 : 1 + len(case.columns)] == list(case.columns)
    assert named[1 + len(case.columns) :] == [each.name for each in case.children.values()]


def test_the_page_says_what_is_served(sandbox: Served, org: Org) -> None:
    answer = httpx2.get(sandbox.url)
    content = html.unescape(answer.text)

    manifest = org.dataset.manifest
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert f"<h1>{org.name}</h1>" in content
    assert str(manifest.as_of) in content
    for name, table in manifest.objects.items():
        assert f'<span>{name}</span><span class="rows">{table.rows:,}</span>' in content
    for text in (sandbox.url, f"{sandbox.url}/mcp", TOKEN, "admin@orgsmith.example"):
        assert text in content
    assert "only this machine can read the page" in content


def test_nothing_but_the_page_itself_runs(sandbox: Served) -> None:
    first, second = (httpx2.get(sandbox.url) for _ in range(2))

    policy = first.headers["content-security-policy"]
    (nonce,) = set(re.findall(r"'nonce-([^']+)'", policy))
    assert policy != second.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    tags = re.findall(r"<(?:script|style)\b[^>]*>", first.text)
    assert len(tags) == 3
    assert all(f'nonce="{nonce}"' in tag for tag in tags)
    assert not re.search(r"\son[a-z]+\s*=|\sstyle\s*=|\bsrc\s*=|@import|url\(", first.text)
    assert not re.search(r"https?://(?!127\.0\.0\.1|localhost)", without_recipes(first.text))


def without_recipes(content: str) -> str:
    """The page without the code that it shows."""
    return re.sub(r"<pre>.*?</pre>", "", content, flags=re.DOTALL)


def test_no_secret_is_shown_to_other_machines(org: Org) -> None:
    secrets = Credentials("t0ken", "someone@example.com", "passw0rd", "client", "s3cret")
    with serving(whole_app(org, secrets, host="0.0.0.0")) as sandbox:
        content = httpx2.get(sandbox.url).text

    assert not any(secret in content for secret in ("t0ken", "passw0rd", "s3cret"))
    assert "SESSION_ID" in content
    assert 'id="token"' in content


def test_over_tls_the_page_tells_what_to_trust(org: Org, tmp_path: Path) -> None:
    authority = tmp_path / "a b.pem"
    with serving(whole_app(org, authority=authority)) as sandbox:
        content = html.unescape(httpx2.get(sandbox.url).text)

    assert f"export REQUESTS_CA_BUNDLE='{authority}'" in content
    assert f"curl --cacert '{authority}'" in content
    assert f'domain="{sandbox.host}/login"' in content


def test_the_recipe_for_python_works(sandbox: Served, session: Session) -> None:
    content = httpx2.get(sandbox.url).text
    code = html.unescape(content.partition('<div class="code"><pre>')[2].partition("</pre>")[0])
    printed: list[object] = []

    exec(code, {"print": printed.append})

    (records,) = printed
    assert isinstance(records, list)
    assert len(records) == 5
    assert all(session.find("Case", "Id", each["Id"]) for each in records)
