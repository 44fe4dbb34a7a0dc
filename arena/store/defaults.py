"""What an org asks of a record beyond its fields' types: what is required, filled in, kept, fixed.

One table, after Salesforce's reference of standard objects. A field that it does not name may be
left empty, unless it is a checkbox; a checkbox is false unless it says otherwise.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto

from orgsmith.arena.catalog import NUMBERS, TIMES, Column
from orgsmith.arena.store.row import Value
from orgsmith.arena.store.tables import Tables
from orgsmith.schema.declaration import Kind


class Computed(Enum):
    """A default that is no constant."""

    NOW = auto()
    TODAY = auto()
    RUNNING_USER = auto()
    USUAL = auto()
    """The value that most published records have."""
    VISITOR = auto()
    """The id of a visitor's session: a new one."""
    RELATED = auto()
    """From another field or record: an effect fills it in."""


@dataclass(frozen=True, slots=True)
class Rules:
    """How records of an object are written.

    `required` must be given; `defaults` are never empty, and need not be given. `kept` are set by
    the org alone, `numbers` too: running numbers, and their digits. `fixed` are set when a record
    is created, and stay. No two records are the same in all fields of `together`.
    """

    required: tuple[str, ...] = ()
    defaults: Mapping[str, Value | Computed] = field(default_factory=dict)
    kept: tuple[str, ...] = ()
    fixed: tuple[str, ...] = ()
    numbers: Mapping[str, int] = field(default_factory=dict)
    together: tuple[str, ...] = ()


KEPT = frozenset({"Id", "CreatedDate"})
"""What the org keeps on every object, beside the system's fields."""

EMPTY_AT_FIRST = frozenset({("Knowledge__kav", "LastPublishedDate")})
"""What every published record has, but a new one gets only when something happens to it."""

RULES: Mapping[str, Rules] = {
    "User": Rules(
        required=("LastName", "Email", "Username", "Alias"),
        defaults={
            "ProfileId": Computed.USUAL,
            "IsActive": True,
            "DutyStart__c": Computed.TODAY,
            "LanguageLocaleKey": Computed.USUAL,
            "EmailEncodingKey": Computed.USUAL,
            "TimeZoneSidKey": Computed.USUAL,
            "LocaleSidKey": Computed.USUAL,
        },
        kept=("Name",),
    ),
    "Account": Rules(
        required=("LastName",),
        defaults={"RecordTypeId": Computed.USUAL},
        kept=("Name",),
    ),
    "Contact": Rules(
        required=("LastName",),
        defaults={"OwnerId": Computed.RUNNING_USER},
        kept=("Name",),
    ),
    "Issue__c": Rules(required=("Name",)),
    "ProductCategory": Rules(required=("Name",), defaults={"CatalogId": Computed.USUAL}),
    "Product2": Rules(required=("Name",)),
    "ProductCategoryProduct": Rules(
        required=("ProductCategoryId", "ProductId"),
        fixed=("ProductCategoryId", "ProductId"),
        together=("ProductCategoryId", "ProductId"),
    ),
    "Pricebook2": Rules(required=("Name",), kept=("IsStandard",)),
    "PricebookEntry": Rules(
        required=("Pricebook2Id", "Product2Id", "UnitPrice"),
        fixed=("Pricebook2Id", "Product2Id"),
        together=("Pricebook2Id", "Product2Id"),
    ),
    "Knowledge__kav": Rules(
        required=("Title", "UrlName"),
        defaults={"PublishStatus": "Draft", "Language": Computed.USUAL},
        kept=("LastPublishedDate",),
        numbers={"ArticleNumber": 9},
    ),
    "Order": Rules(
        required=("AccountId", "EffectiveDate"),
        defaults={"Status": "Draft"},
        kept=("TotalAmount",),
        numbers={"OrderNumber": 8},
    ),
    "OrderItem": Rules(
        required=("OrderId", "PricebookEntryId", "Quantity"),
        defaults={"UnitPrice": Computed.RELATED, "Product2Id": Computed.RELATED},
        kept=("TotalPrice",),
        fixed=("OrderId", "PricebookEntryId", "Product2Id"),
        numbers={"OrderItemNumber": 10},
    ),
    "Case": Rules(
        defaults={
            "Status": "New",
            "Priority": "Medium",
            "Origin": "Web",
            "OwnerId": Computed.RUNNING_USER,
        },
        kept=("IsClosed", "ClosedDate"),
        numbers={"CaseNumber": 8},
    ),
    "CaseHistory__c": Rules(required=("CaseId__c", "Field__c"), fixed=("CaseId__c",)),
    "EmailMessage": Rules(
        required=("ParentId",),
        defaults={"Status": Computed.RELATED, "MessageDate": Computed.NOW},
        fixed=("ParentId",),
    ),
    "LiveChatTranscript": Rules(
        defaults={
            "OwnerId": Computed.RUNNING_USER,
            "LiveChatVisitorId": Computed.VISITOR,
            "Status": "Completed",
        },
        numbers={"Name": 8},
    ),
}

_LONGEST = {Kind.ID: 18, Kind.REFERENCE: 18, Kind.PHONE: 40}
LONGEST_TEXT = 255


def rules_of(column: Column) -> Rules:
    """The rules of the object that a field belongs to."""
    return RULES[column.entity]


def createable(column: Column) -> bool:
    """Whether a request may give the field for a new record."""
    rules = rules_of(column)
    kept = KEPT.union(rules.kept, rules.numbers)
    return not column.system and column.name not in kept


def updateable(column: Column) -> bool:
    """Whether a request may change the field."""
    return createable(column) and column.name not in rules_of(column).fixed


def nillable(column: Column) -> bool:
    """Whether the field may be left empty, or be emptied."""
    rules = rules_of(column)
    if not createable(column):
        return column.nullable or (column.entity, column.name) in EMPTY_AT_FIRST
    return (
        column.kind is not Kind.BOOLEAN
        and column.name not in rules.required
        and column.name not in rules.defaults
    )


def defaulted(column: Column) -> bool:
    """Whether the org fills the field in where a new record is given without it."""
    rules = rules_of(column)
    filled = {*rules.defaults, *rules.numbers, *rules.kept, *KEPT}
    return column.system or column.kind is Kind.BOOLEAN or column.name in filled


def numbered(column: Column) -> bool:
    """Whether it is a running number."""
    return column.name in rules_of(column).numbers


def longest(column: Column) -> int | None:
    """Characters that fit into the field; None if it holds no text."""
    if column.kind in NUMBERS | TIMES | {Kind.BOOLEAN}:
        return None
    return column.max_length or _LONGEST.get(column.kind, LONGEST_TEXT)


def running_user(tables: Tables) -> str:
    """The Id of the user in whose name sessions act: the first who is active."""
    return str(tables.once('SELECT "Id" FROM base."User" ORDER BY NOT "IsActive", "Id" LIMIT 1'))


def usual(tables: Tables, column: Column) -> str:
    """The value that most published records have in a field."""
    return str(
        tables.once(
            f'SELECT "{column.name}" FROM base."{column.entity}" '
            "GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1"
        )
    )
