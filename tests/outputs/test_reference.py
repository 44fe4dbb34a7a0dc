"""docs/reference.md says what the declarations say."""

from pathlib import Path

from orgsmith.outputs.reference import reference_page
from orgsmith.schema.graph import NODES


def test_the_page_is_not_stale(repo: Path) -> None:
    assert (repo / "docs/reference.md").read_text() == reference_page(), "run make docs"


def test_the_page_names_every_node() -> None:
    page = reference_page()
    for name in NODES:
        assert f"\n### {name}\n" in page
