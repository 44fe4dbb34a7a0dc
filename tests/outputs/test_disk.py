import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from orgsmith.outputs.disk import check_room, estimate, free_bytes
from orgsmith.schema.errors import StorageError

if TYPE_CHECKING:
    from tests.outputs.conftest import Small


def test_need_grows_with_the_scale(small: "Small") -> None:
    needs = [
        estimate(dataclasses.replace(small.organisation, scale=scale))
        for scale in (0.02, 1.0, 100.0, 1000.0)
    ]
    assert needs == sorted(needs)
    assert needs[3] < 10 * needs[2]
    assert needs[3] > 5 * needs[2]


def test_too_little_room_is_said_with_both_figures(small_disk: Path) -> None:
    with pytest.raises(StorageError, match=r"about 50\.0 MB and 2\.1 MB are free"):
        check_room(small_disk / "not/yet/there", 50_000_000)
    check_room(small_disk, 1_000_000)


def test_a_folder_that_is_not_there_has_the_room_of_the_one_above(tmp_path: Path) -> None:
    assert free_bytes(tmp_path / "a/b/c") > 0
