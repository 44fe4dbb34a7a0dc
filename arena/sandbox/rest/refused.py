"""What Salesforce serves and the sandbox does not, and says so."""

from functools import partial

from orgsmith.arena.sandbox.faults import not_served
from orgsmith.arena.sandbox.rest.calls import Call, Reply, Resource

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")

NOT_SERVED = {
    "sobjects/{entity}/describe/{kind:path}": "layouts",
    "sobjects/{entity}/listviews": "list views",
    "sobjects/{entity}/listviews/{rest:path}": "list views",
    "sobjects/{entity}/quickActions": "quick actions",
    "sobjects/{entity}/quickActions/{rest:path}": "quick actions",
    "sobjects/{entity}/defaultValues": "default values",
    "sobjects/{entity}/{record}/password": "passwords",
    "search/{kind:path}": "search layouts, scopes and suggestions",
    "composite/graph": "composite graphs",
    "compactLayouts": "layouts",
    "tabs": "tabs",
    "theme": "themes",
    "tooling/{rest:path}": "the Tooling API",
    "analytics/{rest:path}": "reports and dashboards",
    "wave/{rest:path}": "analytics",
    "ui-api/{rest:path}": "the User Interface API",
    "graphql": "GraphQL",
    "chatter/{rest:path}": "Chatter",
    "connect/{rest:path}": "the Connect API",
    "actions/{rest:path}": "invocable actions",
    "process/{rest:path}": "approvals and process rules",
    "quickActions": "quick actions",
    "metadata/{rest:path}": "the Metadata API",
    "event/{rest:path}": "platform events",
    "support/{rest:path}": "the Knowledge support API; query Knowledge__kav",
    "knowledgeManagement/{rest:path}": "knowledge management; query Knowledge__kav",
}
"""By path below the version."""


def _refuse(what: str, _: Call) -> Reply:
    raise not_served(what)


RESOURCES = tuple(
    Resource(method, path, partial(_refuse, what), f"Not served: {what}", {})
    for path, what in NOT_SERVED.items()
    for method in METHODS
)
