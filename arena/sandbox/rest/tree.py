"""Records created with their children, and theirs, in one request: all or none."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from orgsmith.arena.catalog import Entity
from orgsmith.arena.errors import OrgError
from orgsmith.arena.sandbox.faults import row_faults
from orgsmith.arena.sandbox.rest.bodies import ATTRIBUTES, kind, listing, mapping, text, values
from orgsmith.arena.sandbox.rest.calls import Call, Reply, Resource
from orgsmith.arena.sandbox.schemas import RECORD_ID, ROW_ERROR, TEXT, either, part, several, shape
from orgsmith.arena.session import Session

MOST = 200
MOST_TYPES = 5
"""Records in all, and objects among them. Levels are as many as objects hang together."""


@dataclass(frozen=True, slots=True)
class Node:
    """A record to be created: `link` is the field that holds the id of the record above it."""

    reference: str
    entity: Entity
    content: Mapping[str, object]
    above: str = ""
    link: str = ""


def _create(call: Call) -> Reply:
    content = mapping(call.content, "the body")
    nodes = list(_nodes(call.session, call.entity, content))
    _check(nodes)
    keys: dict[str, str] = {}
    try:
        with call.session.transaction():
            for node in nodes:
                keys[node.reference] = _made(call.session, node, keys)
    except OrgError as error:
        # Each is made after those before it: the first without a key is the one that failed.
        failed = {"referenceId": nodes[len(keys)].reference, "errors": row_faults(error)}
        return Reply(400, {"hasErrors": True, "results": [failed]}, failed=True)
    results = [{"referenceId": reference, "id": key} for reference, key in keys.items()]
    return Reply(201, {"hasErrors": False, "results": results})


def _made(session: Session, node: Node, keys: Mapping[str, str]) -> str:
    """Create a record below the one above it; its id."""
    given = values(session, node.entity, node.content)
    if node.link:
        given[node.link] = keys[node.above]
    return session.create(node.entity.name, given)


def _nodes(
    session: Session,
    entity: Entity,
    content: Mapping[str, object],
    above: str = "",
    link: str = "",
) -> Iterator[Node]:
    """The records of a list, each before its children."""
    for each in listing(content.get("records"), "records"):
        given = mapping(each, "a record")
        if session.entity(kind(given)) is not entity:
            raise OrgError("INVALID_INPUT", f"{kind(given)}: the records here are {entity.plural}")
        reference = text(mapping(given[ATTRIBUTES], ATTRIBUTES), "referenceId")
        below = {
            name: (found, value)
            for name, value in given.items()
            if isinstance(value, dict) and (found := entity.child(name)) is not None
        }
        own = {name: value for name, value in given.items() if name not in below}
        yield Node(reference, entity, own, above, link)
        for children, value in below.values():
            child = session.entity(children.entity)
            yield from _nodes(session, child, value, reference, children.field)


def _check(nodes: list[Node]) -> None:
    """Refuse what is too much, or not told apart."""
    if len(nodes) > MOST:
        raise OrgError("INVALID_INPUT", f"{len(nodes)} records; at most {MOST} are allowed")
    if len({node.entity.name for node in nodes}) > MOST_TYPES:
        raise OrgError("INVALID_INPUT", f"records are of more than {MOST_TYPES} objects")
    references = [node.reference for node in nodes]
    if len(set(references)) < len(references):
        raise OrgError("INVALID_INPUT", "Duplicate ReferenceId provided in the request.")


_NODE = shape({"attributes": shape({"type": TEXT, "referenceId": TEXT})})

RESOURCES = (
    Resource(
        "POST",
        "composite/tree/{entity}",
        _create,
        "Create records with their children",
        {
            201: shape(
                {
                    "hasErrors": {"const": False},
                    "results": several(shape({"referenceId": TEXT, "id": RECORD_ID})),
                }
            ),
            400: either(
                part("Errors"),
                shape(
                    {
                        "hasErrors": {"const": True},
                        "results": several(
                            shape({"referenceId": TEXT, "errors": several(ROW_ERROR, least=1)})
                        ),
                    }
                ),
            ),
        },
        body=shape({"records": several(_NODE, most=MOST)}),
    ),
)
