"""What hides behind the customers: how they shop, how they complain, what is in their baskets."""

from orgsmith.schema.declaration import Field, Kind, Latent
from orgsmith.schema.latents.columns import count, day, number, record

SHOPPING_HABIT = Latent(
    name="ShoppingHabit",
    description="When in the year a customer buys, what, and how often",
    distribution=(
        "Rate lognormal, sigma 0.5, normalised to the planned number of orders; one favourite "
        "season of three months; two favourite categories, drawn by the categories' weights; 35 % "
        "wait for sales."
    ),
    blocked=True,
    drawn_from=("Account", "ProductCategory"),
    key=("AccountId",),
    fields=(
        record("AccountId", "Account", "The customer"),
        number("rate", "Relative number of orders, mean 1", 0),
        count("season", "First month (1 to 12) of the three the customer buys most in"),
        record("FirstCategoryId", "ProductCategory", "Favourite category"),
        record("SecondCategoryId", "ProductCategory", "Second favourite category"),
        Field("waits_for_sales", Kind.BOOLEAN, "Whether the customer prefers sale prices"),
    ),
)

COMPLAINT_HABIT = Latent(
    name="ComplaintHabit",
    description="How often a customer complains, and about what",
    distribution="Rate lognormal, sigma 0.6; one issue and one category complained of most.",
    blocked=True,
    drawn_from=("Account", "Issue__c", "ProductCategory"),
    key=("AccountId",),
    fields=(
        record("AccountId", "Account", "The customer"),
        number("rate", "Relative number of cases, mean 1", 0),
        record("IssueId", "Issue__c", "The issue complained of most"),
        record("ProductCategoryId", "ProductCategory", "The category complained of most"),
    ),
)

BASKET = Latent(
    name="Basket",
    description="The lines of every order, before orders and their totals exist",
    distribution=(
        "One order for each planned case's item, the others by ShoppingHabit (rate, season, "
        "sales); 3.4 lines an order, products by popularity and favourite categories."
    ),
    blocked=True,
    drawn_from=(
        "Account",
        "ShoppingHabit",
        "CasePlan",
        "ProductProfile",
        "PricebookEntry",
        "Pricebook2",
    ),
    key=("OrderItemId",),
    fields=(
        record("OrderItemId", "OrderItem", "The line"),
        record("OrderId", "Order", "The order"),
        record("AccountId", "Account", "The customer"),
        record("ProductId", "Product2", "The product"),
        record("PricebookId", "Pricebook2", "The price book"),
        record("PricebookEntryId", "PricebookEntry", "The price"),
        day("order_date", "Day of the order"),
        day(
            "delivery_date",
            "Day of delivery; empty if not delivered by the as-of date",
            nullable=True,
        ),
        Field("draft", Kind.BOOLEAN, "Whether the order was never placed"),
        count("quantity", "Units"),
        count("price_cents", "Price of one unit in cents"),
    ),
)
