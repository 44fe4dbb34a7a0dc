"""The indexes of a dataset: made once, in the background or when they are needed."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from orgsmith.arena.catalog import Catalog
from orgsmith.arena.sosl.indexes import Indexes
from orgsmith.arena.sosl.scopes import searched
from orgsmith.arena.sosl.tree import Scope
from orgsmith.outputs.dataset import Dataset
from orgsmith.outputs.schema_file import read_schema
from orgsmith.schema.errors import DatasetError
from tests.arena.sosl.corpus import find


@pytest.fixture(scope="module")
def catalog(dataset: Dataset) -> Catalog:
    return Catalog.of(read_schema(dataset.path))


def test_an_index_has_every_record(dataset: Dataset, catalog: Catalog) -> None:
    indexes = Indexes(dataset, catalog)
    for entity in catalog.entities.values():
        if searched(entity):
            assert len(indexes.index(entity)) == dataset.manifest.objects[entity.name].rows


def test_an_index_is_made_once_whoever_asks(dataset: Dataset, catalog: Catalog) -> None:
    indexes = Indexes(dataset, catalog)
    entity = catalog.entities["EmailMessage"]
    indexes.start()
    with ThreadPoolExecutor(8) as pool:
        found = [each.result() for each in [pool.submit(indexes.index, entity) for _ in range(16)]]
    indexes.close()
    assert len({id(each) for each in found}) == 1


def test_indexes_can_be_closed_while_they_are_made(dataset: Dataset, catalog: Catalog) -> None:
    indexes = Indexes(dataset, catalog)
    indexes.close()
    indexes.start()
    indexes.close()
    # One that is needed all the same is made.
    assert len(indexes.index(catalog.entities["Issue__c"])) > 0


def test_two_indexes_rank_alike(dataset: Dataset, catalog: Catalog) -> None:
    entity = catalog.entities["EmailMessage"]
    one, two = Indexes(dataset, catalog).index(entity), Indexes(dataset, catalog).index(entity)
    for expression in ("order", "the OR order OR refund", "re*", '"i would"', "th* AND NOT order"):
        expected = one.rank(find(expression).records, Scope.ALL)
        assert two.rank(find(expression).records, Scope.ALL) == expected
        for most in (1, 10, 100):
            assert two.rank(find(expression).records, Scope.ALL, most) == expected[:most]


def test_an_object_that_cannot_be_read_is_told_of(
    dataset: Dataset, catalog: Catalog, tmp_path: Path
) -> None:
    broken = tmp_path / "broken"
    for file in dataset.path.rglob("*"):
        if file.is_file():
            copy = broken / file.relative_to(dataset.path)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(file.read_bytes())
    (part,) = (broken / "objects" / "Contact").iterdir()
    part.write_bytes(b"PAR1 no Parquet")
    indexes = Indexes(Dataset.open(broken), catalog)
    indexes.start()
    with pytest.raises(DatasetError, match="Contact cannot be read"):
        indexes.index(catalog.entities["Contact"])
    assert len(indexes.index(catalog.entities["EmailMessage"])) > 0
    indexes.close()
