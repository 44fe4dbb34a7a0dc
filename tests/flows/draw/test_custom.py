"""Custom fields as they are drawn, told and checked again, in the industries that have some."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import polars as pl
import pytest

from orgsmith.flows.draw.custom import with_custom
from orgsmith.flows.draw.parents import Parents
from orgsmith.flows.sample import Sample, drawn
from orgsmith.prompts.render import render
from orgsmith.prompts.spelling import spelled
from orgsmith.schema.custom_fields import CustomField
from orgsmith.schema.declaration import Field, Kind
from orgsmith.schema.declared import nodes_of, objects_of
from orgsmith.schema.organisation import Organisation
from orgsmith.schema.packs import industry_names, load
from orgsmith.validators.checks import accept_block
from orgsmith.validators.outcome import Outcome
from orgsmith.validators.records.custom import custom_tallies
from orgsmith.validators.tally import EVERY

NAMES = [name for name in industry_names() if load(name).custom_fields]


@dataclass(frozen=True, slots=True)
class Tables:
    """Frames in memory, as checks read them."""

    organisation: Organisation
    frames: Mapping[str, pl.DataFrame]

    def scan(self, node: str) -> pl.LazyFrame:
        declared = nodes_of(self.organisation.industry)[node]
        return self.frames[node].lazy().select(field.name for field in declared.fields)

    def outcomes(self, **changed: pl.DataFrame) -> dict[tuple[str, str], Outcome]:
        tables = replace(self, frames={**self.frames, **changed})
        found: dict[tuple[str, str], Outcome] = {}
        for tally in custom_tallies(self.organisation.industry):
            tally.look(tables, EVERY)
            found |= {(each.name, each.object): each for each in tally.outcomes()}
        return found


@pytest.fixture(scope="module", params=NAMES)
def sample(request: pytest.FixtureRequest) -> Sample:
    """A small organisation of an industry."""
    industry = load(request.param)
    organisation = Organisation(industry, 7, 0.3, industry.as_of)
    *_, (_, last) = drawn(organisation, 0.3)
    return last


@pytest.fixture
def tables(sample: Sample) -> Tables:
    return Tables(sample.organisation, sample.frames)


def fields(sample: Sample) -> tuple[CustomField, ...]:
    return sample.organisation.industry.custom_fields


def told(sample: Sample, name: str) -> CustomField:
    return next(each for each in fields(sample) if each.object == name and each.said)


def test_values_stand_where_they_belong_and_nowhere_else(sample: Sample, tables: Tables) -> None:
    outcomes = tables.outcomes()
    assert {name for _, name in outcomes} == {each.object for each in fields(sample)}
    assert not any(each.failed for each in outcomes.values())
    for each in fields(sample):
        values = sample.frames[each.object][each.name]
        assert values.count() > 0, each.name
        if each.categories or each.issues or each.filled < 1:
            assert values.null_count() > 0, each.name


def test_shares_follow_the_weights(sample: Sample) -> None:
    for each in fields(sample):
        free = [value for value in each.values if not (value.nouns or value.issues)]
        if len(free) < 2 or len(free) < len(each.values):
            continue
        counts = sample.frames[each.object][each.name].drop_nulls().value_counts()
        found = dict(counts.iter_rows())
        total, weights = sum(found.values()), sum(value.weight for value in free)
        for value in free:
            due = value.weight / weights
            spread = 5 * (due * (1 - due) / total) ** 0.5
            assert abs(found.get(value.value, 0) / total - due) < spread, (each.name, value)


def test_a_value_that_does_not_belong_is_found(sample: Sample, tables: Tables) -> None:
    for each in fields(sample):
        if each.everywhere:
            continue
        frame = sample.frames[each.object]
        found = tables.outcomes(**{each.object: moved(frame, each.name)})["custom", each.object]
        assert found.failed, each.name
        assert found.findings[0].field == each.name
        emptied = frame.with_columns(pl.lit(None, frame.schema[each.name]).alias(each.name))
        check = "custom" if each.filled == 1 else "custom gaps"
        assert tables.outcomes(**{each.object: emptied})[check, each.object].failed, each.name


def moved(frame: pl.DataFrame, name: str) -> pl.DataFrame:
    """Every record with the value of another: the first one that is no gap, or the next one's."""
    holes = pl.col(name).is_null()
    if frame[name].null_count():
        value = pl.lit(frame[name].drop_nulls()[0])
        return frame.with_columns(pl.when(holes).then(value).otherwise(name).alias(name))
    return frame.with_columns(pl.col(name).sort().reverse().alias(name))


def test_a_text_that_does_not_tell_its_value_is_refused_and_found(
    sample: Sample, tables: Tables
) -> None:
    for name in {each.object for each in fields(sample) if each.said}:
        each = told(sample, name)
        frame = sample.frames[name]
        declared = objects_of(sample.organisation.industry)[name]
        kept, refused = accept_block(sample.organisation, declared, frame)
        assert (kept.height, refused.height) == (frame.height, 0)
        value = spelled(declared.field(each.name))
        mute = frame.with_columns(
            pl.when(value.is_not_null())
            .then(pl.lit("Nothing."))
            .otherwise("Description")
            .alias("Description")
        )
        _, refused = accept_block(sample.organisation, declared, mute)
        reasons = refused.filter(pl.col("reason").str.contains(f"does not tell {each.name}"))
        assert reasons.height == frame[each.name].count()
        assert tables.outcomes(**{name: mute})["told", name].failed


def test_a_model_is_told_what_to_tell(sample: Sample) -> None:
    for name in {each.object for each in fields(sample) if each.said}:
        declared = objects_of(sample.organisation.industry)[name]
        rows = sample.variables(declared).filter(pl.col("custom_facts").is_not_null()).head(2)
        prompt = render(sample.organisation, declared, rows)
        assert "each value word for word" in prompt
        for facts in rows["custom_facts"]:
            assert all(clause in prompt for clause in facts.split("\n"))


def test_the_same_again_and_another_with_another_seed(sample: Sample) -> None:
    organisation = sample.organisation
    alike = []
    for name in {each.object for each in fields(sample)}:
        declared = objects_of(organisation.industry)[name]
        mine = [each.name for each in fields(sample) if each.object == name]
        frame = sample.frames[name].select(mine)
        standard = sample.frames[name].drop(*mine, "custom_facts", strict=False)
        parents = Parents(sample.parents(name))
        assert with_custom(organisation, declared, standard, parents, 0).select(mine).equals(frame)
        other = with_custom(replace(organisation, seed=8), declared, standard, parents, 0)
        alike.append(other.select(mine).equals(frame))
    # What follows from the issue alone is the same.
    assert alike.count(False) >= 3


@pytest.mark.parametrize(
    ("dollars", "said"),
    [
        (0.5, "$0.50"),
        (12.0, "$12.00"),
        (999.99, "$999.99"),
        (1000.0, "$1,000.00"),
        (1234567.8, "$1,234,567.80"),
        (-2124.11, "-$2,124.11"),
        (None, None),
    ],
)
def test_amounts_are_said_as_people_write_them(dollars: float | None, said: str | None) -> None:
    field = Field("Sum__c", Kind.CURRENCY, "A sum")
    frame = pl.DataFrame({"Sum__c": [dollars]}, schema={"Sum__c": pl.Float64()})
    assert frame.select(spelled(field)).item() == said
