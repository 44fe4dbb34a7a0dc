"""The ledger of a run: what was paid stays paid, whatever is killed."""

import threading
from pathlib import Path

import pytest

from orgsmith.arena.trial.ledger import FILE, Ledger
from orgsmith.prompts.model.prices import Prices
from orgsmith.schema.errors import StorageError

PRICES = Prices("mine", None, (1_000.0, 2_000.0))
UNKNOWN = Prices("mine", None)


def test_it_adds_up_over_restarts(tmp_path: Path) -> None:
    assert Ledger.of(tmp_path).spent(PRICES) == 0
    Ledger.of(tmp_path).paid("a", 10, 1, 0.25)
    Ledger.of(tmp_path).paid("a", 10, 1, 0.5)
    assert Ledger.of(tmp_path).spent(PRICES) == 0.75


def test_calls_are_priced_later_where_their_price_was_not_known(tmp_path: Path) -> None:
    Ledger.of(tmp_path).paid("a", 10, 1, None)
    assert Ledger.of(tmp_path).spent(UNKNOWN) == 0
    assert Ledger.of(tmp_path).spent(PRICES) == pytest.approx(0.012)
    Ledger.of(tmp_path).paid("a", None, None, None)
    assert Ledger.of(tmp_path).spent(PRICES) == pytest.approx(0.012)


def test_what_cannot_be_noted_is_an_error(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir()
    with pytest.raises(StorageError):
        Ledger.of(tmp_path).paid("a", 10, 1, 0.5)


@pytest.mark.parametrize("cut", range(1, 60, 7))
def test_a_line_that_a_kill_has_cut_takes_no_other_with_it(tmp_path: Path, cut: int) -> None:
    ledger = Ledger.of(tmp_path)
    ledger.paid("a", 10, 1, 0.25)
    ledger.paid("b", 10, 1, 0.5)
    file = tmp_path / FILE
    file.write_bytes(file.read_bytes()[:-cut])
    ledger.paid("c", 10, 1, 1.0)
    assert ledger.spent(PRICES) in {1.25, 1.75}


def test_threads_do_not_mix(tmp_path: Path) -> None:
    ledger = Ledger.of(tmp_path)

    def pay() -> None:
        for _ in range(50):
            ledger.paid("a", 1, 1, 0.5)

    threads = [threading.Thread(target=pay) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert ledger.spent(PRICES) == 100.0
