"""The industry pack: one YAML file that says everything about a trade.

The models below are the pack's format; the JSON Schema for editors is derived from them. Phrases
are plain text with slots in braces; `SLOTS` says which slots each list may use. Nouns are singular
and countable, so that grammar around them holds. {noun} stands for what people say of a product in
a sentence, `Noun.said`.
"""

import datetime as dt
from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from orgsmith.schema.custom_fields import CustomField
from orgsmith.schema.parameters import Latents
from orgsmith.schema.part import Key, MonthDay, Part, Share, Text, Weight

MONTHS = 12


class Company(Part):
    """The company whose organisation is generated.

    `support_address` is an email address at `domain`, `support_name` what agents sign with.
    """

    name: Text
    domain: Annotated[str, StringConstraints(pattern=r"^[a-z0-9.-]+\.example$")]
    support_address: Text
    support_name: Text
    about: Text


class Words(Part):
    """What customers call the company, what they get, and how they got it: in lower case.

    They fit after "this" and "your" ("shop"), after "the" ("item") and after "I" ("bought").
    """

    shop: Text = "shop"
    item: Text = "item"
    bought: Text = "bought"


class Counts(Part):
    """Row counts at scale 1; design.md says how each grows with the scale."""

    Account: Annotated[int, Field(ge=50)] = 200
    Case: Annotated[int, Field(ge=200)] = 977
    Order: Annotated[int, Field(ge=500)] = 2071
    OrderItem: Annotated[int, Field(ge=1000)] = 7100
    User: Annotated[int, Field(ge=8)] = 100
    Product2: Annotated[int, Field(ge=48)] = 500
    ProductCategoryProduct: Annotated[int, Field(ge=48)] = 762
    contact_share: Annotated[float, Field(ge=0.6, le=1)] = 0.98
    chat_share: Share = 0.396
    emails_per_thread: Annotated[float, Field(ge=4, le=7)] = 5.6
    transfer_share: Share = 0.1136
    closed_share: Share = 0.94
    on_duty: Annotated[int, Field(ge=4)] = 24


class Places(Part):
    """Where customers live: two-letter states with their population in millions."""

    country: Literal["United States"] = "United States"
    states: Annotated[dict[str, Weight], Field(min_length=8)]


class Sale(Part):
    """A yearly sale; each of its occurrences has a price book of its own."""

    name: Text
    start: MonthDay
    days: Annotated[int, Field(ge=1, le=60)]
    discount: Annotated[float, Field(gt=0, lt=0.9)]
    tagline: Text


class Noun(Part):
    """A kind of product within a category, and the range of its prices in the pack's currency.

    `spoken` is what people call it in a sentence, where that is not its name in the catalog
    ("pair of scissors"): a singular phrase without an article.
    """

    name: Text
    price: tuple[Weight, Weight]
    spoken: Text | None = None

    @property
    def said(self) -> str:
        """What fills the slot {noun}."""
        return self.spoken or self.name


class Fact(Part):
    """Something an article states and a question can ask.

    `statement` is one or two full sentences as they stand in the article; `answer` is a short
    phrase whose every word occurs in the statement.
    """

    question: Text
    answer: Text
    statement: Text


class Article(Part):
    """A care, how-to or company article: its title and the facts it states."""

    title: Text
    summary: Text
    facts: Annotated[tuple[Fact, ...], Field(min_length=4)]


class Category(Part):
    """A product category and its vocabulary.

    `features` and `uses` are used in descriptions: a feature is a noun phrase with its article
    ("a drop-in hem that covers the lower back"), a material a bare noun phrase ("recycled
    polyester"), a use the phrase after "for" ("cold morning runs"), an attribute a capitalised
    word or two that goes before the noun in a product's name. A fault is a full clause in the
    present or perfect about a part of the product, in lower case and without a stop.

    With `service` the products are no goods: a material is what one rests on ("a fixed rate for the
    whole term"), a fault is in what the company runs for the customer.
    """

    SLOTS: ClassVar[dict[str, tuple[str, ...]]] = {"features": ("noun",), "faults": ()}

    key: Key
    name: Text
    description: Text
    weight: Weight = 1.0
    service: bool = False
    nouns: Annotated[tuple[Noun, ...], Field(min_length=5)]
    attributes: Annotated[tuple[Text, ...], Field(min_length=16)]
    materials: Annotated[tuple[Text, ...], Field(min_length=6)]
    features: Annotated[tuple[Text, ...], Field(min_length=20)]
    uses: Annotated[tuple[Text, ...], Field(min_length=10)]
    faults: Annotated[tuple[Text, ...], Field(min_length=12)]
    articles: Annotated[tuple[Article, ...], Field(min_length=1)]


class Remedy(Part):
    """A solution an agent can offer.

    `terms` are the words by which a reader recognises it: every offer contains one of its own
    terms, and none contains a term of another remedy; no symptom, request, mention, detail or
    fault contains any. An offer is a verb phrase that fits after "I can" ("send you a new one by
    courier"); it must not tell whether the policy allows it. `fulfilment` is the time it takes
    to carry out ("2 to 4 working days"). A remedy with `measured_in: percent` names its size in
    every offer by the slot {percent}, filled with a bare number.

    An outcome tells, once the customer has agreed, what has been done and by which channel: a full
    clause in lower case without a stop ("the new one is packed and leaves by courier"). Like an
    offer it contains one of the remedy's own terms; it names no size and no time.
    """

    SLOTS: ClassVar[dict[str, tuple[str, ...]]] = {
        "offers": ("noun", "percent"),
        "outcomes": ("noun",),
    }

    key: Key
    name: Text
    description: Text
    terms: Annotated[tuple[Text, ...], Field(min_length=1)]
    fulfilment: Text
    measured_in: Literal["none", "percent"] = "none"
    offers: Annotated[tuple[Text, ...], Field(min_length=6)]
    outcomes: Annotated[tuple[Text, ...], Field(min_length=6)]


class Allowed(Part):
    """A remedy that company policy allows for an issue, and its limits.

    `within_days` counts from the order date to the day of the offer; None means no limit.
    """

    remedy: Key
    within_days: Annotated[int, Field(ge=7, le=730)] | None = None
    up_to_percent: Annotated[int, Field(ge=5, le=60)] | None = None


class Lag(Part):
    """Days from the order, or from its delivery, to the case: lognormal."""

    after: Literal["order", "delivery"]
    median_days: Weight
    sigma: Annotated[float, Field(gt=0, le=1.5)]


class Detail(Part):
    """What an agent asks for before deciding, and what customers say to that.

    `ask` is a full question as a person asks it ("Could you send me a photo of the damaged part?",
    "What does the sticker say?") for nothing the company knows; each clause in `give` answers it by
    itself, in lower case without a stop ("the sticker reads {code}"). {digits} are four random
    digits, {code} is a random reference of letters and digits.
    """

    ask: Text
    give: Annotated[tuple[Text, ...], Field(min_length=3)]


class Request(Part):
    """What a customer wishes for.

    `say` is a verb phrase that fits after "I would like to", "Could you help me to" and "you asked
    to" ("have the {noun} looked at"). `met_by` are the remedies that fulfil it, whether policy
    allows them or not; none for a wish that no remedy fulfils, such as to be told something.
    """

    say: Text
    met_by: tuple[Key, ...]


class Issue(Part):
    """A kind of trouble: how customers tell it, what they ask for, what policy allows.

    `mentions` are noun phrases that name the issue in a sentence ("a parcel that came late"); each
    contains one of `terms`, none a term of another issue. A symptom is a full clause in lower case
    without a stop, in neither first nor second person, that begins with its subject ("the {noun}
    turned up long after the promised date"): it fits after "because" and after "says that". With
    `about_fault` every symptom uses {fault}, one of the category's faults. `priority` gives the
    weights of High, Medium and Low.

    `settled` are full clauses in lower case without a stop, said once the customer has agreed to a
    remedy, that settle the trouble itself where a remedy alone leaves it standing ("the wrong
    charge has been reversed"). `never` are remedies so absurd for the issue that nobody offers
    them, not even against policy.
    """

    SLOTS: ClassVar[dict[str, tuple[str, ...]]] = {
        "symptoms": ("noun", "fault"),
        "requests": ("noun",),
        "details": ("noun", "digits", "code"),
        "settled": ("noun",),
    }

    key: Key
    name: Text
    summary: Text
    weight: Weight | None = None
    terms: Annotated[tuple[Text, ...], Field(min_length=2)]
    mentions: Annotated[tuple[Text, ...], Field(min_length=4)]
    lag: Lag
    late_delivery: bool = False
    about_fault: bool = False
    priority: tuple[Weight, Weight, Weight] = (1.0, 2.0, 1.0)
    symptoms: Annotated[tuple[Text, ...], Field(min_length=12)]
    requests: Annotated[tuple[Request, ...], Field(min_length=12)]
    details: Annotated[tuple[Detail, ...], Field(min_length=6)]
    remedies: Annotated[tuple[Allowed, ...], Field(min_length=2)]
    settled: tuple[Text, ...] = ()
    never: tuple[Key, ...] = ()


class Industry(Part):
    """A whole pack. `season` holds the relative number of orders in January to December."""

    name: Key
    label: Text
    as_of: Annotated[dt.date, Field(ge=dt.date(2000, 1, 1), le=dt.date(2100, 1, 1))]
    company: Company
    words: Words = Words()
    counts: Counts = Counts()
    season: Annotated[tuple[Weight, ...], Field(min_length=MONTHS, max_length=MONTHS)]
    delivery_days: tuple[Weight, Weight] = (4.0, 0.4)
    late_delivery_days: tuple[Weight, Weight] = (16.0, 0.35)
    places: Places
    sales: Annotated[tuple[Sale, ...], Field(min_length=4)]
    lines: Annotated[tuple[Text, ...], Field(min_length=12)]
    """Capitalised names of product lines: the first part of a product's name."""
    categories: Annotated[tuple[Category, ...], Field(min_length=4)]
    remedies: Annotated[tuple[Remedy, ...], Field(min_length=4)]
    issues: Annotated[tuple[Issue, ...], Field(min_length=4)]
    company_articles: Annotated[tuple[Article, ...], Field(min_length=3)]
    custom_fields: tuple[CustomField, ...] = ()
    latents: Latents = Latents()
