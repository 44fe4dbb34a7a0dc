"""What hides behind the cases: trouble, plan, course, mood, and the offer."""

from orgsmith.schema.declaration import Field, Kind, Latent
from orgsmith.schema.latents.columns import count, day, record, text, time
from orgsmith.schema.objects.variables import WISHES

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
        count("burst", "Running number"),
        record("ProductId", "Product2", "The product"),
        record("IssueId", "Issue__c", "The issue"),
        day("month", "First day of the peak month"),
        count("cases", "Cases of this burst"),
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
        record("CaseId", "Case", "The case"),
        record("AccountId", "Account", "The customer"),
        record("ContactId", "Contact", "Who reports it"),
        record("ProductId", "Product2", "The product"),
        record("ProductCategoryId", "ProductCategory", "The product's first category"),
        record("IssueId", "Issue__c", "The issue"),
        record("OrderItemId", "OrderItem", "The line of the order"),
        record("OrderId", "Order", "The order"),
        Field("burst", Kind.INT, "The burst it belongs to", nullable=True),
        day("order_date", "Day of the order"),
        day(
            "delivery_date",
            "Day of delivery; empty if not delivered by the as-of date",
            nullable=True,
        ),
        text("channel", "Channel", "Email", "Web", "Chat"),
        text("status", "Status on the as-of date", "New", "Working", "Escalated", "Closed"),
        text("priority", "Priority", "High", "Medium", "Low"),
        record("FirstOwnerId", "User", "The agent it was first assigned to"),
        record("OwnerId", "User", "The agent it was last assigned to"),
        Field("misrouting", Kind.INT, "The episode that misrouted it", nullable=True),
        time("created", "When it is reported (UTC)"),
        time("handed_over", "When it was transferred (UTC)", nullable=True),
        time("closed", "When it is closed (UTC)", nullable=True),
        text("symptom", "How the trouble shows: a clause of the pack, slots filled"),
        text("request", "What the customer asks for: a verb phrase of the pack"),
        count("request_number", "Place of the request in its issue's list in the pack"),
        text("detail_ask", "What the agent asks: a full question of the pack"),
        text("detail_give", "What the customer answers: a clause of the pack"),
        text("mention", "The issue as a noun phrase of the pack"),
    ),
)

CASE_TIMELINE = Latent(
    name="CaseTimeline",
    description="Everything that happens in a case, in order: steps and messages",
    distribution=(
        "Messages between creation and closing, the agent's inside the agent's shift as far as "
        "the case's duration lets them; a chat answers within seconds to five minutes."
    ),
    blocked=True,
    drawn_from=("CasePlan", "Tenure"),
    key=("CaseId", "number"),
    fields=(
        record("CaseId", "Case", "The case"),
        count("number", "Place in the case's order of events, from 0"),
        text("event", "What happens", "created", "assigned", "transferred", "message", "closed"),
        time("at", "When (UTC)"),
        record("UserId", "User", "The agent who receives, sends or answers", nullable=True),
        record("FromUserId", "User", "The agent who hands over", nullable=True),
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
        record("CaseId", "Case", "The case"),
        text("mood", "The mood", "Negative", "Neutral", "Positive"),
        text(
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
        "lets them; other offers are drawn from what policy allows at that age. Of what fits, four "
        "in five fulfil the customer's request where anything does."
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
        record("CaseId", "Case", "The case"),
        text("remedy", "Key of the remedy offered"),
        Field("percent", Kind.INT, "Its size, for a remedy measured in percent", nullable=True),
        text("offer", "The offer: a verb phrase of the pack, slots filled"),
        text("outcome", "What is said when it is carried out: a clause of the pack, slots filled"),
        text(
            "settled",
            "What settles the trouble itself: a clause of the pack, if the issue has any",
            nullable=True,
        ),
        text(
            "wish",
            "Whether the remedy fulfils the request: it does; another could; no remedy could",
            *WISHES,
        ),
        count("age_days", "Days from the order date to the day of the offer"),
        Field("violated", Kind.BOOLEAN, "Whether company policy is broken"),
        text("violation", "How it is broken", "not_allowed", "too_late", "too_much", nullable=True),
        record(
            "KnowledgeId",
            "Knowledge__kav",
            "The article that states the rule broken",
            nullable=True,
        ),
    ),
)
