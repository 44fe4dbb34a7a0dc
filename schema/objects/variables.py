"""Variables: what a writer gets for a record beside its drawn columns.

They carry the latent variables and the parents' texts that the words must agree with. Names are
in lower case, so that no variable can be mistaken for a field.
"""

from orgsmith.schema.declaration import Field, Kind


def _text(name: str, description: str, *values: str, nullable: bool = False) -> Field:
    return Field(name, Kind.STRING, description, values=values, nullable=nullable)


WISHES = ("granted", "other", "apart")
"""Of an offer: it fulfils the customer's request, another remedy could, or none could."""

ISSUE_VARIABLES = (_text("summary", "What belongs under the issue, in the pack's words"),)

PRICEBOOK_VARIABLES = (
    _text("tagline", "What the sale is about; empty for the standard price book"),
    Field("discount_percent", Kind.INT, "Reduction against standard prices", minimum=0),
)

PRODUCT_VARIABLES = (
    _text("category", "Key of the first category"),
    _text("noun", "What the product is"),
    _text("spoken", "What people call it in a sentence: 'pair of scissors'"),
    Field("price", Kind.CURRENCY, "Standard price in US dollars", minimum=0.01),
)

KNOWLEDGE_VARIABLES = (
    _text("kind", "What the article is", "policy", "care", "company"),
    _text("subject", "Subject of the article: an issue's name, or the title given by the pack"),
    _text("gist", "The article in a sentence"),
    _text("facts", "The facts to state, one a line, in order"),
)

CASE_VARIABLES = (
    _text("product", "Name of the product"),
    _text("product_id", "Id of the product"),
    _text("product_category", "Id of the product's first category"),
    _text("category", "Name of the product's first category"),
    _text("noun", "What the product is, as people say it: 'pair of scissors'"),
    _text("issue", "Name of the issue"),
    _text("mention", "The issue as a noun phrase: 'a late delivery'"),
    _text("symptom", "How the trouble shows: a clause without capital or stop"),
    _text("request", "What the customer wants: a verb phrase, fits after 'I would like to'"),
    _text("detail_ask", "What the agent asks: a full question"),
    _text("detail_give", "What the customer answers to that: a clause without capital or stop"),
    _text("tone", "Mood in which the customer writes", "Negative", "Neutral", "Positive"),
    _text("first_name", "The customer's first name"),
    _text("last_name", "The customer's last name"),
    _text("order_number", "Number of the order"),
    Field("order_date", Kind.DATE, "Day of the order"),
    Field("delivery_date", Kind.DATE, "Day of delivery, if it has been by then", nullable=True),
)

_REPLY_VARIABLES = (
    *(f for f in CASE_VARIABLES if f.name != "product_category"),
    _text("issue_id", "Id of the issue"),
    _text("case_number", "Number of the case"),
    _text("agent_first_name", "The agent's first name"),
    _text("agent_last_name", "The agent's last name"),
    Field("taken_over", Kind.BOOLEAN, "Whether an agent who took the case over speaks first here"),
    _text("remedy", "Key of the remedy offered in the case", nullable=True),
    _text("remedy_name", "Name of that remedy", nullable=True),
    _text("offer", "The offer: a verb phrase, fits after 'I can'", nullable=True),
    _text("fulfilment", "How long the remedy takes: '3 to 5 working days'", nullable=True),
    _text(
        "wish",
        "Whether the remedy fulfils the request: it does; another could; no remedy could",
        *WISHES,
        nullable=True,
    ),
    _text(
        "outcome",
        "What has been done once the customer agreed: a clause without capital or stop",
        nullable=True,
    ),
    _text(
        "settled",
        "What settles the trouble itself, apart from the remedy: a clause without capital or stop",
        nullable=True,
    ),
)

EMAIL_VARIABLES = (
    *_REPLY_VARIABLES,
    _text("move", "What this message does in the conversation"),
    _text("answers", "The move of the message before it", nullable=True),
    Field("number", Kind.INT, "Place in the thread, from 0", minimum=0),
    _text("case_subject", "Subject of the case"),
    Field("gap_hours", Kind.DOUBLE, "Hours since the message before it", nullable=True),
)

CHAT_VARIABLES = (
    *_REPLY_VARIABLES,
    _text("moves", "The moves of the chat in order, joined by a space; one line is written each"),
    _text("times", "When each line is sent: seconds since the first, joined by a space"),
)
