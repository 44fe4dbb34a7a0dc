"""No file, whatever is in it, makes the reader fail: it answers with faults."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orgsmith.schema import packs
from tests.schema.breaking import FAULT, TREE, Path_, Tree, change, write

BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [{', '.join([f'*{chr(97 + i)}'] * 9)}]\n" for i in range(9)
)

FILES = [
    (b"", 1, "the file is empty"),
    (b"# only a comment\n", 1, "the file is empty"),
    (b"- a\n- b\n", 1, "the file holds a list; expected a mapping"),
    (b"just words", 1, "the file holds a single value"),
    (b"name: a\nlabel: \xff\xfe\n", 2, "not a text in UTF-8"),
    (bytes(range(256)), 2, "not a text in UTF-8"),
    (b"\x89PNG\r\n\x1a\n\0\0", 1, "not a text in UTF-8"),
    (b"name: a\nlabel: 'b\n", 3, "YAML cannot be read"),
    (b"name: a\n  label: b\n", 2, "YAML cannot be read"),
    (b"name: a\n---\nname: b\n", 2, "YAML cannot be read"),
    (b"name: a\nlabel: b\nname: c\n", 3, "the key stands on line 1 already"),
    (b"name: a\n? [b, c]\n: d\n", 1, "a key on line 2 is no text"),
    (b"name: !!python/object/apply:os.system ['true']\n", 1, "does not fit"),
    (b"name: a\nlabel: !thing b\n", 2, "the tag !thing is not known"),
    (b"name: !!binary aGk=\n", 1, "the value is binary"),
    (b"name: a\nlabel: &x [*x]\n", 1, "nested within themselves"),
    (b"name: a\nlabel: *nowhere\n", 2, "YAML cannot be read"),
    (BOMB.encode(), 1, "with its anchors followed"),
    (b"a: " + b"[" * 5000, 2, "YAML cannot be read"),
    (b"a: " + b"[" * 900 + b"]" * 900, 1, "too deep"),
    (b"#" * 4_000_001, 1, "more than 4,000,000 bytes"),
    (b'name: "\\ud800"\n', 1, "expected"),
    (b'name: "a\\tb"\n', 1, "control character"),
    (b"counts: {Case: " + b"9" * 5000 + b"}\n", 1, "counts.Case"),
    (b"as_of: 2026-13-45\n", 1, "expected a date such as"),
]


@pytest.mark.parametrize(("data", "line", "words"), FILES, ids=range(len(FILES)))
def test_broken_file_is_one_clear_fault(data: bytes, line: int, words: str, tmp_path: Path) -> None:
    file = tmp_path / "pack.yaml"
    file.write_bytes(data)
    found = packs.check(file)
    assert any(words in fault and f"{file}:{line}: " in fault for fault in found), found


def test_folder_is_a_fault(tmp_path: Path) -> None:
    (fault,) = packs.check(tmp_path)
    assert "it is a folder; expected a readable YAML file" in fault


def test_byte_order_mark_is_accepted(tmp_path: Path) -> None:
    file = write(TREE, tmp_path)
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    assert packs.check(file) == ()


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=200))
def test_any_bytes_are_answered_by_faults(data: bytes, tmp_path: Path) -> None:
    file = tmp_path / "pack.yaml"
    file.write_bytes(data)
    found = packs.check(file)
    assert found
    assert all(FAULT.match(fault) for fault in found)


def places(tree: Tree, path: Path_ = ()) -> Iterator[Path_]:
    """Every path of a tree, through the first entry of each list."""
    steps = tree if isinstance(tree, dict) else range(1) if isinstance(tree, list) else ()
    for step in steps:
        yield (*path, step)
        yield from places(tree[step], (*path, step))


PLACES = list(places(TREE))
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.dates()
    | st.text(
        st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Co", "Cn")), max_size=9
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner),
    max_leaves=6,
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.sampled_from(PLACES), value=VALUES)
def test_any_value_anywhere_gives_a_pack_or_faults(
    place: Path_, value: Tree, tmp_path: Path
) -> None:
    found = packs.check(write(change(TREE, place, lambda _: value), tmp_path))
    assert all(FAULT.match(fault) for fault in found), found
