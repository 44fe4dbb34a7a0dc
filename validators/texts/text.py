"""What texts must say: the facts of their record, and nothing that a writer left unfinished."""

import re
from collections.abc import Container, Iterable, Iterator, Mapping
from itertools import chain

import polars as pl

from orgsmith.schema.declaration import Kind, Object
from orgsmith.schema.industry import Industry
from orgsmith.schema.objects import OBJECTS
from orgsmith.validators.outcome import Outcome, Tables
from orgsmith.validators.records.rules import Rule, judge
from orgsmith.validators.tally import EVERY
from orgsmith.validators.texts.conversations import Conversations

LEFTOVER = (
    r"(?m)[{}]|\bNaN\b"
    r"|[\w,;:$#(=] ?None\b|^None(?:$|[,;:%)]|'s\b)"
    r"|[:$#(=] ?null\b|\bnull(?:$|[,;:%)]| null\b)"
)
"""A slot that was not filled, or a missing value that was printed.

'None' may begin a sentence ("None of them fits"), 'null' may stand in one ("null and void"): a
printed value stands where a name or a number would.
"""

CONTROL = r"[\x00-\x08\x0b-\x1f\x7f-\x9f\x{FE0F}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}]"
"""Characters that steer a terminal, turn the direction of writing, break lines or are not seen."""

PERCENT_SIGN = r" ?(?:percent\b|%)"
PERCENT = r"\b(\d+)" + PERCENT_SIGN
"""A share as it is said; the group is its number."""

DATE = r"(?:January|February|March|April|May|June|July|August|September|October|November|December) \d{1,2}, \d{4}"  # noqa: E501
SENTENCE = r"\w[^\n]*[.!?]"
"""A line of words that comes to an end: what a greeting and a closing line lack."""

SAID_DATE = "%B %-d, %Y"

NOTHING = r"[^\s\S]"
"""What no text contains."""


def check_finished(tables: Tables, nodes: Container[str] = EVERY) -> Iterator[Outcome]:
    """Every written text of every object is there and has no slot left over."""
    for declared in OBJECTS.values():
        if declared.written and declared.name in nodes:
            columns = ["Id", *(field.name for field in declared.written)]
            yield judge(
                "text",
                declared.name,
                tables.scan(declared.name).select(columns),
                finished(declared),
            )


def finished(declared: Object) -> list[Rule]:
    """Rules for any text of an object."""
    rules: list[Rule] = []
    for field in declared.written:
        text = pl.col(field.name)
        # Few texts hold anything of either kind: the others are read once.
        odd = pl.when(text.str.contains(f"(?:{LEFTOVER})|{CONTROL}")).then(text)
        rules += [
            Rule(field.name, text.str.strip_chars() == "", "holds no text"),
            Rule(
                field.name, odd.str.contains(LEFTOVER), "has a slot or a missing value in its text"
            ),
            Rule(field.name, odd.str.contains(CONTROL), "has a control character in its text"),
        ]
        if field.kind is Kind.STRING:
            rules.append(Rule(field.name, text.str.contains(r"[\n\t]"), "is more than one line"))
        if field.name == "TextBody":
            rules.append(Rule(field.name, ~text.str.contains(SENTENCE), "says nothing"))
    return rules


def facts(tables: Tables, part: Conversations) -> Iterator[Outcome]:
    """Whether some cases and their conversations name what they are about; parts are merged."""
    industry = tables.organisation.industry
    yield judge("facts", "Case", part.cases, case_rules(industry))
    yield judge(
        "facts",
        "EmailMessage",
        _offers(part, part.mails, "TextBody"),
        offer_rules(industry, "TextBody"),
    )
    yield judge(
        "facts",
        "LiveChatTranscript",
        _offers(part, part.chats, "Body"),
        offer_rules(industry, "Body"),
    )


def case_rules(industry: Industry) -> list[Rule]:
    """What a case's subject and description must name; needs columns product and issue."""
    both = pl.col("Subject") + " " + pl.col("Description")
    return [
        Rule(
            "Description",
            ~pl.col("Description").str.contains(pl.col("product"), literal=True),
            "does not name the product, {product}",
        ),
        Rule("Description", ~names_issue(industry, both), "does not name the issue, {issue}"),
    ]


def named_rules(industry: Industry, field: str) -> list[Rule]:
    """What an agent's words must name, or must have named before: product, order's day, issue.

    Needs columns told (the words of all the case's agents up to them), product, order_date, issue;
    `field` is where the words stand.
    """
    told = pl.col("told")
    day = pl.col("order_date").dt.strftime(SAID_DATE)
    return [
        Rule(
            field,
            ~told.str.contains(pl.col("product"), literal=True),
            "does not name the product, {product}, nor does an agent's message before",
            shown="told",
        ),
        Rule(
            field,
            ~told.str.contains(day, literal=True),
            "does not name the order's day, {order_date}, nor does an agent's message before",
            shown="told",
        ),
        Rule(
            field,
            ~names_issue(industry, told),
            "does not name the issue, {issue}, nor does an agent's message before",
            shown="told",
        ),
    ]


def offer_rules(industry: Industry, field: str) -> list[Rule]:
    """What an agent's words with an offer must name, or must have named before.

    Needs columns said (those words), told (the words of all the case's agents up to them),
    product, order_date, issue, remedy, percent; `field` is where the words stand.
    """
    said = pl.col("said")
    percent = pl.col("percent").cast(pl.String)
    sized = said.str.contains(pl.concat_str(pl.lit(r"\b"), percent, pl.lit(PERCENT_SIGN)))
    terms = {remedy.key: remedy.terms for remedy in industry.remedies}
    return [
        *named_rules(industry, field),
        Rule(
            field,
            ~said.str.contains(_own(terms, "remedy")),
            "does not name the remedy offered, {remedy}",
            shown="said",
        ),
        Rule(field, ~sized, "does not name the size offered, {percent} percent", shown="said"),
        Rule(
            field,
            said.str.extract(PERCENT, 1).cast(pl.Int64) != pl.col("percent"),
            "names another share before the size offered, {percent} percent",
            shown="said",
        ),
        *one_remedy(industry, field),
    ]


def with_told(mails: pl.DataFrame, wanted: pl.Expr, case: str, order: str) -> pl.DataFrame:
    """The mails wanted, with a column told: what agents have said in their case up to each.

    Needs columns said, Incoming, the case's id and one that puts a case's mails in order; told is
    null for mails of customers.
    """
    agents = mails.filter(~pl.col("Incoming"))
    told = (
        agents.filter(wanted)
        .select("Id", case, upto=order)
        .join(agents.select(case, order, "said"), on=case)
        .filter(pl.col(order) <= pl.col("upto"))
        .sort("Id", order)
        .group_by("Id", maintain_order=True)
        .agg(told=pl.col("said").str.join("\n"))
    )
    return mails.filter(wanted).join(told, on="Id", how="left", maintain_order="left")


def one_remedy(industry: Industry, field: str) -> list[Rule]:
    """Agents name no other remedy than the case's; needs columns said and remedy."""
    terms = {remedy.key: remedy.terms for remedy in industry.remedies}
    everything = words(_all(terms.values()))
    of_others = {
        key: words(_all(theirs for other, theirs in terms.items() if other != key))
        if len(terms) > 1
        else NOTHING
        for key in terms
    }
    # Where nothing is offered, every remedy is another one.
    pattern = pl.col("remedy").replace_strict(of_others, default=everything, return_dtype=pl.String)
    others = pl.col("said").str.contains(pattern)
    return [
        Rule(field, others, "names another remedy than the one offered, {remedy}", shown="said")
    ]


def no_remedy_yet(industry: Industry, field: str, early: pl.Expr) -> Rule:
    """What agents say before the offer names no remedy: a reader takes the first for the offer."""
    named = words(term for remedy in industry.remedies for term in remedy.terms)
    return Rule(
        field, early.str.contains(named), "names a remedy before it is offered", shown=field
    )


def no_earlier_day(field: str, said: pl.Expr) -> Rule:
    """Agents state no day before the order's: a reader counts from the earliest.

    Needs the column order_date.
    """
    days = said.str.extract_all(DATE).list.eval(pl.element().str.to_date(SAID_DATE, strict=False))
    return Rule(
        field,
        days.list.min() < pl.col("order_date"),
        "states a day before the order's, {order_date}",
        shown=field,
    )


def names_issue(industry: Industry, text: pl.Expr) -> pl.Expr:
    """Whether a text contains one of the terms of the issue in column `issue`."""
    return text.str.contains(_own({issue.name: issue.terms for issue in industry.issues}, "issue"))


def words(terms: Iterable[str]) -> str:
    """An expression that finds any of the terms as whole words, whatever their case."""
    return r"(?i)\b(?:" + "|".join(re.escape(term) for term in terms) + r")(?:s|es)?\b"


def _own(terms: Mapping[str, Iterable[str]], column: str) -> pl.Expr:
    """The expression that finds a term of the value in a column, so that each text is read once.

    It finds any term where the column is null, and nothing for a value that has no terms.
    """
    known = {value: words(own) for value, own in terms.items()}
    found = pl.col(column).replace_strict(known, default=NOTHING, return_dtype=pl.String)
    everything = words(_all(terms.values()))
    return pl.when(pl.col(column).is_null()).then(pl.lit(everything)).otherwise(found)


def _all(terms: Iterable[Iterable[str]]) -> Iterator[str]:
    return chain.from_iterable(terms)


def _offers(part: Conversations, among: pl.DataFrame, field: str) -> pl.DataFrame:
    """The mail, or the agent's lines of the chat, that holds a case's offer."""
    case = "ParentId" if field == "TextBody" else "CaseId"
    wanted = ("Id", "product", "order_date", "issue", "remedy", "percent", "offered_at")
    offered = part.cases.filter(pl.col("offered_at").is_not_null()).select(wanted)
    if field == "TextBody":
        at = offered.rename({"Id": case})
        mails = among.select("Id", case, "MessageDate", "Incoming", said="own")
        facts = mails.join(at, on=case, how="left", maintain_order="left")
        is_offer = pl.col("MessageDate") == pl.col("offered_at")
        return with_told(facts, is_offer, case, "MessageDate")
    said = (
        part.said.filter(pl.col("agent"))
        .join(among, on="Id", how="semi")
        .group_by("Id", "CaseId", maintain_order=True)
        .agg(said=pl.col("text").str.join("\n"))
        .with_columns(told=pl.col("said"))
    )
    return said.join(offered.rename({"Id": case}), on=case)
