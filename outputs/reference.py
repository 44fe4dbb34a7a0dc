"""docs/reference.md, rendered from the declarations; `make docs` writes it, a test compares it."""

import sys
from collections.abc import Iterable, Iterator

from orgsmith.schema.declaration import Field, Latent, Object
from orgsmith.schema.latents import LATENTS
from orgsmith.schema.objects import OBJECTS

_HEAD = """# Objects and latent variables

Rendered from the declarations in `schema/` by `make docs`; change those, not this page.
"""


def reference_page() -> str:
    """The whole page as Markdown."""
    return "\n".join((_HEAD, *_objects(OBJECTS.values()), *_latents(LATENTS.values())))


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


def _latents(latents: Iterable[Latent]) -> Iterator[str]:
    yield "## Latent variables\n"
    for declared in latents:
        yield f"### {declared.name}\n"
        yield f"{declared.description}. Drawn from {_names(declared.parents)}.\n"
        yield f"{declared.distribution}\n"
        yield from _table(declared.fields)


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
