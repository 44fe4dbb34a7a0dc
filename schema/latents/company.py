"""What the company decides and has on its shelves: remedies, policy, facts, products, regions."""

from orgsmith.schema.declaration import Field, Kind, Latent
from orgsmith.schema.latents.columns import count, day, number, record, text

SOLUTION = Latent(
    name="Solution",
    description="The catalogue of remedies and how each is carried out",
    distribution="Taken from the pack: what a company can offer is its decision, not chance.",
    blocked=False,
    drawn_from=(),
    key=("remedy",),
    fields=(
        text("remedy", "Key of the remedy"),
        text("name", "Name of the remedy"),
        text("measured_in", "What its size is counted in", "none", "percent"),
        text("fulfilment", "How long it takes to carry out"),
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
        record("IssueId", "Issue__c", "The issue"),
        text("remedy", "Key of the remedy"),
        count("within_days", "Days from the order date in which it may be offered", nullable=True),
        count("up_to_percent", "Greatest size in percent", nullable=True),
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
        record("KnowledgeId", "Knowledge__kav", "The article"),
        count("number", "Place of the fact in the article, from 0"),
        text("kind", "What the article is", "policy", "care", "company"),
        record("IssueId", "Issue__c", "The issue of a policy article", nullable=True),
        record(
            "ProductCategoryId", "ProductCategory", "The category of a care article", nullable=True
        ),
        Field("remedy", Kind.STRING, "The remedy a policy fact is about", nullable=True),
        text("title", "Subject of the article"),
        text("summary", "The article in a sentence"),
        text("question", "A question this fact answers"),
        text("answer", "The answer"),
        text("statement", "The fact as the article states it"),
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
        text("state", "Two-letter state"),
        number("weight", "Relative number of customers: population to the power 0.5", 0),
        number("factor", "Factor on handle time, median 1", 0),
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
        record("ProductId", "Product2", "The product"),
        record("ProductCategoryId", "ProductCategory", "Its first category"),
        record("SecondCategoryId", "ProductCategory", "Its second category", nullable=True),
        text("noun", "What it is, in the pack's words"),
        text("spoken", "What people call it in a sentence"),
        Field("price_cents", Kind.INT, "Standard price in cents", minimum=1),
        day("introduced", "Day it entered the catalogue"),
        number("popularity", "Relative sales", 0),
    ),
)
