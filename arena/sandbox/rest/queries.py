"""SOQL queries, and their results page by page."""

import re

from orgsmith.arena.errors import OrgError
from orgsmith.arena.record import Record
from orgsmith.arena.sandbox.faults import not_served
from orgsmith.arena.sandbox.locators import Opened
from orgsmith.arena.sandbox.rest.calls import Call, Reply, Resource
from orgsmith.arena.sandbox.schemas import part

FEWEST, MOST = 200, 2_000
"""Records of a page: what a client may ask for; the most unless it does."""

OPTIONS_HEADER = "Sforce-Query-Options"
_BATCH_SIZE = re.compile(r"\s*batchSize\s*=\s*(\d{1,9})\s*", re.ASCII | re.IGNORECASE)


def page(call: Call, opened: Opened, start: int, locator: str, resource: str) -> Record:
    """A page of a result, with the address of the next where there is one."""
    answer = opened.answer
    after = start + opened.size
    done = answer.count_only or after >= answer.total
    shown: Record = {"totalSize": answer.total, "done": done}
    if not done:
        shown["nextRecordsUrl"] = f"{call.base}/{resource}/{locator}-{after}"
    return {**shown, "records": answer.page(start, opened.size)}


def _asked(call: Call, resource: str) -> Reply:
    if call.parameter("explain") is not None:
        raise not_served("query plans (explain)")
    soql = call.parameter("q")
    if not soql:
        raise OrgError("MALFORMED_QUERY", "A query string has to be specified: ?q=SELECT ...")
    opened = Opened(call.session.query(soql, deleted=resource == "queryAll"), _size(call))
    paged = not opened.answer.count_only and opened.answer.total > opened.size
    if paged and opened.answer.grouped:
        raise OrgError(
            "EXCEEDED_ID_LIMIT",
            "Aggregate query does not support queryMore(), use LIMIT to restrict the results to a "
            "single batch",
        )
    locator = call.desk.locators.open(call.session.token, opened) if paged else ""
    return Reply(200, page(call, opened, 0, locator, resource))


def _query(call: Call) -> Reply:
    return _asked(call, "query")


def _query_all(call: Call) -> Reply:
    return _asked(call, "queryAll")


def _more(call: Call, resource: str) -> Reply:
    locator, opened, start = call.desk.locators.find(call.session.token, call.path["locator"])
    return Reply(200, page(call, opened, start, locator, resource))


def _query_more(call: Call) -> Reply:
    return _more(call, "query")


def _query_all_more(call: Call) -> Reply:
    return _more(call, "queryAll")


def _size(call: Call) -> int:
    """Records of a page, as the header asks; the nearest that is allowed."""
    option = call.headers.get(OPTIONS_HEADER)
    if option is None:
        return MOST
    match = _BATCH_SIZE.fullmatch(option)
    if match is None:
        raise OrgError(
            "INVALID_BATCH_SIZE", f"{OPTIONS_HEADER}: {option!r} is not batchSize=<number>"
        )
    return min(max(int(match[1]), FEWEST), MOST)


_PAGE = {200: part("Page")}

RESOURCES = (
    Resource("GET", "query", _query, "Run a SOQL query", _PAGE, query=("q",)),
    Resource("GET", "query/{locator}", _query_more, "Read the next page of a result", _PAGE),
    Resource(
        "GET",
        "queryAll",
        _query_all,
        "Run a SOQL query over the recycle bin too",
        _PAGE,
        query=("q",),
    ),
    Resource("GET", "queryAll/{locator}", _query_all_more, "Read the next page of a result", _PAGE),
)
