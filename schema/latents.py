"""The latent variables, declared like objects: what each hides, how it is drawn, and why so."""

from dataclasses import replace

from orgsmith.schema.declaration import Field, Kind, Latent
from orgsmith.schema.objects.standard import lookup


def _key(name: str, parent: str, description: str, *, nullable: bool = False) -> Field:
    """A column that holds the id of a record."""
    return replace(lookup(name, parent, "", description), nullable=nullable)


def _text(name: str, description: str, *values: str, nullable: bool = False) -> Field:
    return Field(name, Kind.STRING, description, values=values, nullable=nullable)


def _number(name: str, description: str, minimum: float | None = None) -> Field:
    return Field(name, Kind.DOUBLE, description, minimum=minimum)


def _count(name: str, description: str, *, nullable: bool = False) -> Field:
    return Field(name, Kind.INT, description, minimum=0, nullable=nullable)


def _day(name: str, description: str, *, nullable: bool = False) -> Field:
    return Field(name, Kind.DATE, description, nullable=nullable)


def _time(name: str, description: str, *, nullable: bool = False) -> Field:
    return Field(name, Kind.DATETIME, description, nullable=nullable)


SOLUTION = Latent(
    name="Solution",
    description="The catalogue of remedies and how each is carried out",
    distribution="Taken from the pack: what a company can offer is its decision, not chance.",
    blocked=False,
    drawn_from=(),
    key=("remedy",),
    fields=(
        _text("remedy", "Key of the remedy"),
        _text("name", "Name of the remedy"),
        _text("measured_in", "What its size is counted in", "none", "percent"),
        _text("fulfilment", "How long it takes to carry out"),
    ),
)

ISSUE_SOLUTION = Latent(
    name="IssueSolution",
    description="Which remedies company policy allows for which issue, and within what limits",
    distribution="Taken from the pack; the policy articles are written from it.",
    blocked=False,
    drawn_from=("Issue__c", "Solution"),
    key=("IssueId", "remedy"),
    fields=(
        _key("IssueId", "Issue__c", "The issue"),
        _text("remedy", "Key of the remedy"),
        _count("within_days", "Days from the order date in which it may be offered", nullable=True),
        _count("up_to_percent", "Greatest size in percent", nullable=True),
    ),
)

KNOWLEDGE_FACT = Latent(
    name="KnowledgeFact",
    description="What each article states, as a question with its answer",
    distribution="Policy facts follow from IssueSolution, the others from the pack.",
    blocked=False,
    drawn_from=("Issue__c", "IssueSolution", "Solution", "ProductCategory"),
    key=("KnowledgeId", "number"),
    fields=(
        _key("KnowledgeId", "Knowledge__kav", "The article"),
        _count("number", "Place of the fact in the article, from 0"),
        _text("kind", "What the article is", "policy", "care", "company"),
        _key("IssueId", "Issue__c", "The issue of a policy article", nullable=True),
        _key(
            "ProductCategoryId", "ProductCategory", "The category of a care article", nullable=True
        ),
        Field("remedy", Kind.STRING, "The remedy a policy fact is about", nullable=True),
        _text("title", "Subject of the article"),
        _text("summary", "The article in a sentence"),
        _text("question", "A question this fact answers"),
        _text("answer", "The answer"),
        _text("statement", "The fact as the article states it"),
    ),
)

TENURE = Latent(
    name="Tenure",
    description="When each agent is on duty, in which seat, and in which shift",
    distribution=(
        "A fixed number of seats; the agents of a seat follow one another, their shares of its "
        "time Dirichlet with a floor of three months (question spread simulation, variant F). "
        "Those on duty on the first day started up to 18 months before it. Shifts and days off "
        "follow the seat, so that every hour is covered."
    ),
    blocked=False,
    drawn_from=(),
    key=("UserId",),
    fields=(
        _key("UserId", "User", "The agent"),
        _count("seat", "Number of the seat"),
        _day("start", "First day on duty"),
        _day("end", "Day after the last one; empty while on duty", nullable=True),
        _text("time_zone", "Time zone of the agent (IANA name)"),
        _number("shift_start", "Hour of the day the shift starts, local time", 0),
        _number("shift_hours", "Length of the shift in hours", 1),
        _count("days_off", "Weekdays off as a bit mask, Monday = 1"),
        _number("load", "Relative share of cases, lognormal", 0),
    ),
)

SKILL = Latent(
    name="Skill",
    description="Which issues an agent can solve, and how strongly they are sent such cases",
    distribution=(
        "Three issues for each agent, weights 1 : 0.25 : 0.12; the main issue is dealt in turn by "
        "join date so that two or three specialists of each issue are on duty (question spread "
        "simulation, variant F)."
    ),
    blocked=False,
    drawn_from=("Tenure", "Issue__c"),
    key=("UserId", "IssueId"),
    fields=(
        _key("UserId", "User", "The agent"),
        _key("IssueId", "Issue__c", "The issue"),
        _number("weight", "Relative share of this issue's cases", 0),
    ),
)

RESPONSE_TIME = Latent(
    name="ResponseTime",
    description="How much slower or faster than others an agent works",
    distribution="Lognormal, sigma 0.35 (question spread simulation, variant F).",
    blocked=False,
    drawn_from=("Tenure",),
    key=("UserId",),
    fields=(
        _key("UserId", "User", "The agent"),
        _number("factor", "Factor on every handle time, median 1", 0),
    ),
)

MISROUTING = Latent(
    name="Misrouting",
    description="Episodes in which a wrong queue rule sends most misrouted cases to one agent",
    distribution=(
        "Back-to-back episodes of equal length, each with another agent on duty (question spread "
        "simulation: random misrouting leaves most agents at one transfer)."
    ),
    blocked=False,
    drawn_from=("Tenure",),
    key=("episode",),
    fields=(
        _count("episode", "Running number"),
        _key("UserId", "User", "The agent who wrongly receives cases"),
        _day("start", "First day"),
        _day("end", "Day after the last one"),
    ),
)

REGION_EFFECT = Latent(
    name="RegionEffect",
    description="How much longer or shorter the cases of a state take",
    distribution="Lognormal, sigma 0.15; cases of one state share warehouse and carrier.",
    blocked=False,
    drawn_from=(),
    key=("state",),
    fields=(
        _text("state", "Two-letter state"),
        _number("weight", "Relative number of customers: population to the power 0.5", 0),
        _number("factor", "Factor on handle time, median 1", 0),
    ),
)

PRODUCT_PROFILE = Latent(
    name="ProductProfile",
    description="What a product is before it has a name, and how well it sells",
    distribution=(
        "Categories by weight, price uniform in the noun's range in log terms, sales by a Zipf "
        "law with exponent 0.8 dealt at random, as shops measure it."
    ),
    blocked=False,
    drawn_from=("ProductCategory",),
    key=("ProductId",),
    fields=(
        _key("ProductId", "Product2", "The product"),
        _key("ProductCategoryId", "ProductCategory", "Its first category"),
        _key("SecondCategoryId", "ProductCategory", "Its second category", nullable=True),
        _text("noun", "What it is, in the pack's words"),
        Field("price_cents", Kind.INT, "Standard price in cents", minimum=1),
        _day("introduced", "Day it entered the catalogue"),
        _number("popularity", "Relative sales", 0),
    ),
)

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
        _key("AccountId", "Account", "The customer"),
        _number("rate", "Relative number of orders, mean 1", 0),
        _count("season", "First month (1 to 12) of the three the customer buys most in"),
        _key("FirstCategoryId", "ProductCategory", "Favourite category"),
        _key("SecondCategoryId", "ProductCategory", "Second favourite category"),
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
        _key("AccountId", "Account", "The customer"),
        _number("rate", "Relative number of cases, mean 1", 0),
        _key("IssueId", "Issue__c", "The issue complained of most"),
        _key("ProductCategoryId", "ProductCategory", "The category complained of most"),
    ),
)

PRODUCT_TROUBLE = Latent(
    name="ProductTrouble",
    description="Bursts of trouble: one product, mostly one issue, around one month",
    distribution=(
        "80 bursts of 5 cases at scale 1, 3 or more of them in the peak month; product by "
        "popularity to the power 0.5, issue and month dealt evenly (question spread simulation, "
        "variant F)."
    ),
    blocked=True,
    drawn_from=("ProductProfile", "Issue__c"),
    key=("burst",),
    fields=(
        _count("burst", "Running number"),
        _key("ProductId", "Product2", "The product"),
        _key("IssueId", "Issue__c", "The issue"),
        _day("month", "First day of the peak month"),
        _count("cases", "Cases of this burst"),
    ),
)

CASE_PLAN = Latent(
    name="CasePlan",
    description="What a case is about and who deals with it, before anything is written",
    distribution=(
        "Bursts first, the rest dealt by month, issue and Zipf product; customer by "
        "ComplaintHabit and ShoppingHabit; agent by Skill among those on duty; order 1 to 120 "
        "days before the case, lag lognormal for each issue of the pack; handle time lognormal "
        "around the channel's median times agent, issue and state (stack of question spread F)."
    ),
    blocked=True,
    drawn_from=(
        "Account",
        "Contact",
        "ComplaintHabit",
        "ShoppingHabit",
        "ProductTrouble",
        "ProductProfile",
        "Issue__c",
        "Skill",
        "ResponseTime",
        "Tenure",
        "Misrouting",
        "RegionEffect",
    ),
    key=("CaseId",),
    fields=(
        _key("CaseId", "Case", "The case"),
        _key("AccountId", "Account", "The customer"),
        _key("ContactId", "Contact", "Who reports it"),
        _key("ProductId", "Product2", "The product"),
        _key("ProductCategoryId", "ProductCategory", "The product's first category"),
        _key("IssueId", "Issue__c", "The issue"),
        _key("OrderItemId", "OrderItem", "The line of the order"),
        _key("OrderId", "Order", "The order"),
        Field("burst", Kind.INT, "The burst it belongs to", nullable=True),
        _day("order_date", "Day of the order"),
        _day(
            "delivery_date",
            "Day of delivery; empty if not delivered by the as-of date",
            nullable=True,
        ),
        _text("channel", "Channel", "Email", "Web", "Chat"),
        _text("status", "Status on the as-of date", "New", "Working", "Escalated", "Closed"),
        _text("priority", "Priority", "High", "Medium", "Low"),
        _key("FirstOwnerId", "User", "The agent it was first assigned to"),
        _key("OwnerId", "User", "The agent it was last assigned to"),
        Field("misrouting", Kind.INT, "The episode that misrouted it", nullable=True),
        _time("created", "When it is reported (UTC)"),
        _time("handed_over", "When it was transferred (UTC)", nullable=True),
        _time("closed", "When it is closed (UTC)", nullable=True),
        _text("symptom", "How the trouble shows: a clause of the pack, slots filled"),
        _text("request", "What the customer asks for: a verb phrase of the pack"),
        _text("detail_ask", "What the agent asks for: a noun phrase of the pack"),
        _text("detail_give", "What the customer answers: a clause of the pack"),
        _text("mention", "The issue as a noun phrase of the pack"),
    ),
)

CASE_TIMELINE = Latent(
    name="CaseTimeline",
    description="Everything that happens in a case, in order: steps and messages",
    distribution=(
        "Messages between creation and closing, the agent's inside the agent's shift as far as "
        "the case's duration lets them; a chat answers within seconds to two minutes."
    ),
    blocked=True,
    drawn_from=("CasePlan", "Tenure"),
    key=("CaseId", "number"),
    fields=(
        _key("CaseId", "Case", "The case"),
        _count("number", "Place in the case's order of events, from 0"),
        _text("event", "What happens", "created", "assigned", "transferred", "message", "closed"),
        _time("at", "When (UTC)"),
        _key("UserId", "User", "The agent who receives, sends or answers", nullable=True),
        _key("FromUserId", "User", "The agent who hands over", nullable=True),
        Field(
            "incoming", Kind.BOOLEAN, "For messages: whether the customer wrote it", nullable=True
        ),
        Field(
            "move",
            Kind.STRING,
            "For messages: what it does in the conversation",
            nullable=True,
            values=(
                "report",
                "greet",
                "ask_detail",
                "give_detail",
                "check",
                "offer",
                "accept",
                "doubt",
                "reassure",
                "confirm",
                "thank",
                "close",
                "chase",
            ),
        ),
    ),
)

CUSTOMER_MOOD = Latent(
    name="CustomerMood",
    description="The customer's mood, heard in every word the customer writes in a case",
    distribution="Shares 36 % negative, 33 % neutral, 31 % positive: no class worth guessing.",
    blocked=True,
    drawn_from=("CasePlan",),
    key=("CaseId",),
    fields=(
        _key("CaseId", "Case", "The case"),
        _text("mood", "The mood", "Negative", "Neutral", "Positive"),
        _text(
            "tone",
            "The mood the words are written in; the same unless switched off",
            "Negative",
            "Neutral",
            "Positive",
        ),
    ),
)

POLICY_VIOLATION = Latent(
    name="PolicyViolation",
    description="What the agent offers, and whether and how the offer breaks company policy",
    distribution=(
        "15 % of each issue's closed cases by quota, kinds dealt in turn where the case's age "
        "lets them; other offers are drawn from what policy allows at that age."
    ),
    blocked=True,
    drawn_from=(
        "CasePlan",
        "CaseTimeline",
        "IssueSolution",
        "Solution",
        "KnowledgeFact",
        "ProductProfile",
    ),
    key=("CaseId",),
    fields=(
        _key("CaseId", "Case", "The case"),
        _text("remedy", "Key of the remedy offered"),
        Field("percent", Kind.INT, "Its size, for a remedy measured in percent", nullable=True),
        _text("offer", "The offer: a verb phrase of the pack, slots filled"),
        _count("age_days", "Days from the order date to the day of the offer"),
        Field("violated", Kind.BOOLEAN, "Whether company policy is broken"),
        _text(
            "violation", "How it is broken", "not_allowed", "too_late", "too_much", nullable=True
        ),
        _key(
            "KnowledgeId",
            "Knowledge__kav",
            "The article that states the rule broken",
            nullable=True,
        ),
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
        _key("OrderItemId", "OrderItem", "The line"),
        _key("OrderId", "Order", "The order"),
        _key("AccountId", "Account", "The customer"),
        _key("ProductId", "Product2", "The product"),
        _key("PricebookId", "Pricebook2", "The price book"),
        _key("PricebookEntryId", "PricebookEntry", "The price"),
        _day("order_date", "Day of the order"),
        _day(
            "delivery_date",
            "Day of delivery; empty if not delivered by the as-of date",
            nullable=True,
        ),
        Field("draft", Kind.BOOLEAN, "Whether the order was never placed"),
        _count("quantity", "Units"),
        _count("price_cents", "Price of one unit in cents"),
    ),
)

LATENTS: dict[str, Latent] = {
    declared.name: declared
    for declared in (
        SOLUTION,
        ISSUE_SOLUTION,
        KNOWLEDGE_FACT,
        TENURE,
        SKILL,
        RESPONSE_TIME,
        MISROUTING,
        REGION_EFFECT,
        PRODUCT_PROFILE,
        SHOPPING_HABIT,
        COMPLAINT_HABIT,
        PRODUCT_TROUBLE,
        CASE_PLAN,
        CASE_TIMELINE,
        CUSTOMER_MOOD,
        POLICY_VIOLATION,
        BASKET,
    )
}
