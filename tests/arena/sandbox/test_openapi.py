"""The OpenAPI document says what is served; a fuzzer that reads it finds nothing else."""

from collections.abc import Mapping
from typing import Any

import httpx2
import hypothesis
import pytest
import schemathesis
from hypothesis import HealthCheck
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.arena.sandbox.serving import Served

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]

STATEMENTS = (
    "SELECT Id, Name, (SELECT Id FROM Contacts) FROM Account",
    "SELECT COUNT() FROM Case",
    "SELECT Status, COUNT(Id) FROM Case GROUP BY Status",
    "SELECT Id FROM PricebookEntry",
    "FIND {a*} IN ALL FIELDS RETURNING Account(Id, Name), Case",
)

METHODS = {"get", "post", "put", "patch", "delete"}


@pytest.fixture(scope="session")
def document(sandbox: Served) -> dict[str, Any]:
    """The document, as clients get it."""
    found: dict[str, Any] = httpx2.get(f"{sandbox.url}/openapi.json").json()
    return found


@pytest.fixture(scope="session")
def schema(sandbox: Served) -> schemathesis.BaseSchema:
    """What is fuzzed: all but the login over SOAP, which fails with 500 as Salesforce's does."""
    loaded = schemathesis.openapi.from_url(f"{sandbox.url}/openapi.json")
    # Session ids last as long as the fuzzer does.
    return loaded.exclude(path_regex="Soap|revoke|expire")


def test_every_operation_is_told(document: dict[str, Any]) -> None:
    operations = [
        (path, method, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]

    assert len(operations) > 35
    names = [operation["operationId"] for _, _, operation in operations]
    assert len(set(names)) == len(names)
    for path, method, operation in operations:
        assert method in METHODS
        assert operation["summary"]
        assert "422" not in operation["responses"]
        assert {"400", "404"} <= operation["responses"].keys()
        assert min(operation["responses"]) in ("200", "201", "204")
        named = [each["name"] for each in operation["parameters"] if each["in"] == "path"]
        assert sorted(named) == sorted(part.split("}")[0] for part in path.split("{")[1:])
        assert ("requestBody" in operation) <= (method in ("post", "put", "patch"))
    session = document["components"]["securitySchemes"]["session"]
    assert session == {"type": "http", "scheme": "bearer"}
    assert "Case" in document["components"]["schemas"]["Entity"]["enum"]


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_a_fuzzer_finds_only_what_is_told(
    sandbox: Served, schema: schemathesis.BaseSchema, mode: GenerationMode
) -> None:
    token = sandbox.desk.tokens.issue()
    with sandbox.rest(token) as client:
        records = known(client)

    @hypothesis.given(case=schema.as_strategy(generation_mode=mode), data=st.data())
    @hypothesis.settings(
        max_examples=300,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        phases=[hypothesis.Phase.generate],
    )
    def fuzz(case: schemathesis.Case[Any], data: st.DataObject) -> None:
        if "q" in (case.query or {}) and data.draw(st.booleans()):
            case.query["q"] = data.draw(st.sampled_from(STATEMENTS))
        entity = str(case.path_parameters.get("entity"))
        if "record" in case.path_parameters and data.draw(st.booleans()):
            case.path_parameters["record"] = records.get(entity, "x")
        case.call_and_validate(
            headers={"Authorization": f"Bearer {token}"},
            checks=CHECKS,
        )

    fuzz()


def known(client: httpx2.Client) -> Mapping[str, str]:
    """An Id of each object."""
    objects = client.get("sobjects").json()["sobjects"]
    found = {}
    for each in objects:
        q = f"SELECT Id FROM {each['name']} LIMIT 1"
        found[each["name"]] = client.get("query", params={"q": q}).json()["records"][0]["Id"]
    return found
