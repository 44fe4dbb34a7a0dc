"""docs/reference.md, rendered from the declarations; `make docs` writes it, a test compares it."""

import sys
from collections.abc import Iterable, Iterator
from itertools import chain

from orgsmith.prompts.model.asks import ASKS
from orgsmith.prompts.model.reader import REPLIES
from orgsmith.schema.declaration import Field, Latent, Object
from orgsmith.schema.latents import LATENTS
from orgsmith.schema.objects import OBJECTS
from orgsmith.schema.packs import BUILT_IN, industry_names, load

_HEAD = """# Objects, latent variables and prompts

Rendered from the declarations in `schema/` and `prompts/` by `make docs`; change those, not this
page.
"""


def reference_page() -> str:
    """The whole page as Markdown."""
    parts = (_objects(OBJECTS.values()), _custom_fields(), _latents(LATENTS.values()), _prompts())
    return "\n".join((_HEAD, *chain.from_iterable(parts)))


def _objects(objects: Iterable[Object]) -> Iterator[str]:
    yield "## Objects\n"
    for declared in objects:
        yield f"### {declared.name}\n"
        yield (
            f"{declared.description}. Ids begin with `{declared.key_prefix}`; growth with the "
            f"scale is {declared.scaling}; drawn from {_names(declared.parents)}.\n"
        )
        yield from _table(declared.fields)
        if declared.near_duplicates:
            rule = declared.near_duplicates
            scope = f"equal {_names(rule.scope)}" if rule.scope else "all records"
            yield (
                f"Near-duplicates: {_names(rule.text)}, ratio {rule.threshold:g} and more, "
                f"among {scope}.\n"
            )


def _custom_fields() -> Iterator[str]:
    yield "## Custom fields\n"
    yield (
        "What the built-in industries record beside the fields above; a pack of your own may "
        "declare others. Where a field is told, the description of the record holds its value.\n"
    )
    yield "| industry | field | type | told | what it holds |"
    yield "| --- | --- | --- | --- | --- |"
    for name in industry_names(BUILT_IN):
        for custom in load(name).custom_fields:
            told = "yes" if custom.said else ""
            field = f"{custom.object}.{custom.name}"
            yield f"| {name} | {field} | {custom.type} | {told} | {custom.description} |"
    yield ""


def _latents(latents: Iterable[Latent]) -> Iterator[str]:
    yield "## Latent variables\n"
    for declared in latents:
        yield f"### {declared.name}\n"
        yield f"{declared.description}. Drawn from {_names(declared.parents)}.\n"
        yield f"{declared.distribution}\n"
        yield from _table(declared.fields)


def _prompts() -> Iterator[str]:
    yield "## Prompts\n"
    yield (
        "What a language model is asked, with `--writer PROVIDER/MODEL`. Every prompt also has the "
        "company and what it is about, the object's rules, the description of each field and "
        "variable, and, where a text is written again, the text, the reasons and what it was too "
        "much like. [models.md](models.md) says more.\n"
    )
    for declared in OBJECTS.values():
        if declared.written:
            yield from _prompt(declared)


def _prompt(declared: Object) -> Iterator[str]:
    ask = ASKS[declared.name]
    told = (*ask.tells, *(f.name for f in declared.variables if f.name not in ask.hides))
    yield f"### Prompt of {declared.name}\n"
    yield f"Template `prompts/templates/{declared.name}.jinja`.\n"
    yield "| | |"
    yield "| --- | --- |"
    yield f"| asked for | {', '.join(field.name for field in declared.written)} |"
    yield f"| told of each record | {', '.join(told)} |"
    together = f", those of one {ask.together} together" if ask.together else ""
    yield f"| records in a call | {ask.records}{together} |"
    yield f"| tokens a reply may have | {ask.tokens} for each record |"
    if declared.near_duplicates:
        alike = f"with the same {' and '.join(ask.alike)}" if ask.alike else "of any record"
        yield f"| shown of earlier waves | accepted texts {alike} |"
    first, later = ask.waves
    yield f"| calls in a wave | {first} in the first, {later} in each later one |"
    if declared.name in REPLIES:
        fields = REPLIES[declared.name][1].model_fields
        questions = [name for name in fields if name not in ("record", "reasoning")]
        yield f"| read again for | {', '.join(questions)} |"
    yield ""


def _table(fields: Iterable[Field]) -> Iterator[str]:
    yield "| field | type | description |"
    yield "| --- | --- | --- |"
    for field in fields:
        kind = f"{field.kind} -> {field.reference.parent}" if field.reference else str(field.kind)
        marks = ", ".join(
            mark
            for mark, holds in (("written", field.written), ("may be empty", field.optional))
            if holds
        )
        values = f" ({', '.join(field.values)})" if field.values else ""
        description = f"{field.description}{values}" + (f" [{marks}]" if marks else "")
        yield f"| {field.name} | {kind} | {description} |"
    yield ""


def _names(names: Iterable[str]) -> str:
    return ", ".join(names) or "the pack alone"


if __name__ == "__main__":
    sys.stdout.write(reference_page())
