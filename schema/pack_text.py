"""A pack as people like to read and edit it: YAML in the order of the models, without defaults."""

from collections.abc import Iterable, Mapping

import yaml

from orgsmith.schema.industry import Industry
from orgsmith.schema.pack_document import MOST_NUMBER, Plain

WIDTH = 94
_SHORT = 72
"""Characters up to which numbers, keys or terms stand in one line."""
_FEW = 3
"""Fields up to which a mapping does."""
_LINE = 84
"""Characters up to which a text is not folded."""


def pack_text(pack: Industry, comments: Iterable[str] = ()) -> str:
    """A pack as a YAML file, comments at its top; `packs.loads` gives the same pack again."""
    values = pack.model_dump(mode="python", exclude_defaults=True)
    return values_text(values, comments)


def values_text(values: Mapping[str, Plain], comments: Iterable[str] = ()) -> str:
    """What there is of a pack as a YAML file, comments at its top."""
    head = "".join(f"# {comment}\n" for comment in comments)
    parts = [head] if head else []
    short = ""
    for name, value in values.items():
        if isinstance(value, dict | list | tuple):
            parts += [short, _section(name, value)]
            short = ""
        else:
            short += _dump({name: value})
    return "\n".join(part for part in [*parts, short] if part)


def _section(name: str, value: "Plain | tuple[Plain, ...]") -> str:
    """A section; entries with fields of their own stand apart."""
    if not isinstance(value, list | tuple):
        return _dump({name: value})
    large = [each for each in value if isinstance(each, dict) and not _few(each)]
    if not value or len(large) < len(value):
        return _dump({name: list(value)})
    head = f"{name}:\n"
    return head + "\n".join(_dump({name: [entry]}).removeprefix(head) for entry in value)


def _few(entry: Mapping[str, Plain]) -> bool:
    """Whether an entry is short enough to stand close to the next."""
    return not any(isinstance(value, list | tuple | dict) for value in entry.values())


def _dump(values: dict[str, Plain]) -> str:
    return str(
        yaml.dump(_Root(values), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=WIDTH)
    )


class _Root(dict[str, Plain]):
    """The file itself, which never stands in one line."""


class _Dumper(yaml.SafeDumper):
    """Lists stand below their field, indented; long texts are folded, short lists in a line."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        """Indent lists too: the base would not."""
        del indentless
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: object) -> bool:
        """Write everything out: the same list may stand in many places."""
        return True


def _list(dumper: _Dumper, values: "list[Plain] | tuple[Plain, ...]") -> yaml.Node:
    node = dumper.represent_sequence("tag:yaml.org,2002:seq", list(values))
    node.flow_style = _fits(node.value)
    return node


def _mapping(dumper: _Dumper, values: dict[str, Plain]) -> yaml.Node:
    node = dumper.represent_mapping("tag:yaml.org,2002:map", values)
    inner = [each for pair in node.value for each in pair]
    node.flow_style = len(node.value) <= _FEW and _fits(inner)
    return node


def _root(dumper: _Dumper, values: _Root) -> yaml.Node:
    node = dumper.represent_mapping("tag:yaml.org,2002:map", values)
    node.flow_style = False
    return node


def _text(dumper: _Dumper, text: str) -> yaml.Node:
    node = dumper.represent_str(text)
    if len(text) > _LINE:
        # Folded: a line break in the file is a space in the text.
        node.style = ">"
    return node


def _number(dumper: _Dumper, number: float) -> yaml.Node:
    """A whole number without its point."""
    whole = number.is_integer() and abs(number) < MOST_NUMBER
    return dumper.represent_int(int(number)) if whole else dumper.represent_float(number)


def _fits(nodes: list[yaml.Node]) -> bool:
    """Whether nodes are plain values that fit in a line together."""
    scalars = [node.value for node in nodes if isinstance(node, yaml.ScalarNode)]
    return len(scalars) == len(nodes) and sum(len(value) + 2 for value in scalars) <= _SHORT


_Dumper.add_representer(list, _list)
_Dumper.add_representer(tuple, _list)
_Dumper.add_representer(dict, _mapping)
_Dumper.add_representer(_Root, _root)
_Dumper.add_representer(str, _text)
_Dumper.add_representer(float, _number)
