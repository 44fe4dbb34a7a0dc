"""A pack from outside: what a public copy keeps of it, as much as its records show anyway.

A pack holds the facts that questions about articles ask for, with their answers, and every phrase
from which texts are composed, by issue, remedy and mood: whoever reads it need not read the
records. What stays is who the company is, how much there is of everything, its sales, each of which
has a price book, and the custom fields, without which the objects cannot be read.
"""

import datetime as dt

from pydantic import ValidationError

from orgsmith.schema.custom_fields import CustomField
from orgsmith.schema.errors import PackError
from orgsmith.schema.industry import MONTHS, Company, Counts, Industry, Places, Sale, Words
from orgsmith.schema.parameters import Latents
from orgsmith.schema.part import Key, Part, Text


class Outside(Part):
    """industry.yaml of a public copy."""

    name: Key
    label: Text
    as_of: dt.date
    company: Company
    words: Words
    counts: Counts
    sales: tuple[Sale, ...]
    custom_fields: tuple[CustomField, ...]

    @classmethod
    def of(cls, industry: Industry) -> "Outside":
        """What can be seen of a pack."""
        return cls.model_validate(industry.model_dump(include=set(cls.model_fields)))

    @property
    def industry(self) -> Industry:
        """A pack that has nothing else: it can be served, but nothing can be made from it."""
        return Industry.model_construct(
            name=self.name,
            label=self.label,
            as_of=self.as_of,
            company=self.company,
            words=self.words,
            counts=self.counts,
            season=(1.0,) * MONTHS,
            places=Places.model_construct(states={}),
            sales=self.sales,
            lines=(),
            categories=(),
            remedies=(),
            issues=(),
            company_articles=(),
            custom_fields=self.custom_fields,
            latents=Latents(),
        )

    def text(self) -> str:
        """The file's content."""
        import yaml

        values = self.model_dump(mode="json")
        return yaml.safe_dump(values, sort_keys=False, allow_unicode=True, width=100)


def read_outside(text: str, name: str) -> Industry:
    """The pack that industry.yaml of a public copy describes; `name` stands for it in errors.

    Raises:
        PackError: it does not describe one.
    """
    import yaml

    try:
        return Outside.model_validate(yaml.safe_load(text)).industry
    except yaml.YAMLError as error:
        raise PackError((f"{name}: {' '.join(str(error).split())}",)) from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(step) for step in first["loc"]) or "the file"
        raise PackError((f"{name}: {where}: {first['msg']}",)) from error
