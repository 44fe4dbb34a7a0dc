"""Who buys, and what: accounts, contacts, orders and their items."""

from orgsmith.schema.declaration import Field, Kind, Object, Scaling
from orgsmith.schema.objects.standard import (
    ID,
    POSTAL_CODE_PATTERN,
    STATE_PATTERN,
    created_date,
    email,
    lookup,
    phone,
    picklist,
    text,
)

ADDRESS_GAP = (0.05, 0.45)


def _address(prefix: str, role: str, gaps: tuple[float, float] | None = None) -> tuple[Field, ...]:
    """The parts of an address, all filled or all empty."""
    return (
        Field(
            f"{prefix}Street",
            Kind.STRING,
            f"Street of the {role} address",
            max_length=255,
            gaps=gaps,
        ),
        Field(
            f"{prefix}City", Kind.STRING, f"City of the {role} address", max_length=80, gaps=gaps
        ),
        Field(
            f"{prefix}State",
            Kind.STRING,
            f"State of the {role} address, two letters",
            pattern=STATE_PATTERN,
            gaps=gaps,
        ),
        Field(
            f"{prefix}PostalCode",
            Kind.STRING,
            f"Postal code of the {role} address",
            pattern=POSTAL_CODE_PATTERN,
            gaps=gaps,
        ),
        Field(
            f"{prefix}Country",
            Kind.STRING,
            f"Country of the {role} address",
            max_length=80,
            gaps=gaps,
        ),
    )


ACCOUNT = Object(
    name="Account",
    label="Account",
    plural="Accounts",
    key_prefix="001",
    description="A customer (person account)",
    scaling=Scaling.LINEAR,
    drawn_from=("RegionEffect",),
    identity=("PersonEmail",),
    fields=(
        ID,
        text("Name", "Full name", 121),
        text("FirstName", "First name", 40),
        text("LastName", "Last name", 80),
        email("PersonEmail", "Email address", unique=True),
        phone("Phone number", gaps=(0.01, 0.25)),
        Field(
            "RecordTypeId",
            Kind.STRING,
            "Id of the record type Person Account",
            pattern=r"^012[0-9a-zA-Z]{12}[A-Z0-5]{3}$",
        ),
        *_address("Shipping", "shipping"),
        *_address("Billing", "billing", ADDRESS_GAP),
        Field("PersonBirthdate", Kind.DATE, "Date of birth", gaps=(0.1, 0.7)),
        created_date("the customer registered"),
    ),
)

CONTACT = Object(
    name="Contact",
    label="Contact",
    plural="Contacts",
    key_prefix="003",
    description="The person of an account, in contact with the service desk",
    scaling=Scaling.LINEAR,
    drawn_from=("Account",),
    identity=("Email",),
    fields=(
        ID,
        text("Name", "Full name", 121),
        text("FirstName", "First name", 40),
        text("LastName", "Last name", 80),
        email("Email", "Email address", unique=True),
        phone("Phone number", gaps=(0.01, 0.3)),
        lookup("AccountId", "Account", "Contacts", "The customer"),
        lookup(
            "OwnerId",
            "User",
            "OwnedContacts",
            "The agent who entered the contact",
            relationship="Owner",
        ),
        picklist(
            "LeadSource",
            "How the contact came to the company",
            "Web",
            "Store",
            "Event",
            "Partner Referral",
            "Social Media",
        ),
        created_date("the contact was entered"),
    ),
)

ORDER = Object(
    name="Order",
    label="Order",
    plural="Orders",
    key_prefix="801",
    description="A purchase",
    scaling=Scaling.LINEAR,
    drawn_from=("Basket",),
    identity=("OrderNumber",),
    fields=(
        ID,
        Field("OrderNumber", Kind.STRING, "Running number", pattern=r"^\d{8,10}$", unique=True),
        lookup("AccountId", "Account", "Orders", "The customer"),
        lookup("Pricebook2Id", "Pricebook2", "Orders", "The price book its prices come from"),
        picklist("Status", "Draft until it is placed", "Draft", "Activated"),
        Field("EffectiveDate", Kind.DATE, "Day of the order"),
        Field(
            "DeliveryDate__c", Kind.DATE, "Day of delivery; empty until delivered", nullable=True
        ),
        Field("TotalAmount", Kind.CURRENCY, "Sum over its items in US dollars", minimum=0.01),
        *_address("Shipping", "shipping"),
        created_date("the order was entered"),
    ),
)

ORDER_ITEM = Object(
    name="OrderItem",
    label="Order Product",
    plural="Order Products",
    key_prefix="802",
    description="A line of an order",
    scaling=Scaling.LINEAR,
    drawn_from=("Basket",),
    identity=("OrderId", "Product2Id"),
    fields=(
        ID,
        Field(
            "OrderItemNumber", Kind.STRING, "Running number", pattern=r"^\d{10,12}$", unique=True
        ),
        lookup("OrderId", "Order", "OrderItems", "The order"),
        lookup("Product2Id", "Product2", "OrderItems", "The product"),
        lookup("PricebookEntryId", "PricebookEntry", "OrderItems", "Where the price comes from"),
        Field("Quantity", Kind.DOUBLE, "Units bought", minimum=1, maximum=99),
        Field("UnitPrice", Kind.CURRENCY, "Price of one unit in US dollars", minimum=0.01),
        Field("TotalPrice", Kind.CURRENCY, "Quantity times unit price in US dollars", minimum=0.01),
        created_date("the line was entered"),
    ),
)
