"""Stems of words: forms of one word meet, words of little meaning are left out."""

import pytest

from orgsmith.arena.solver.word_stems import content, stems


@pytest.mark.parametrize(
    "forms",
    ["wring wrung wringing", "buy bought buys", "swell swollen", "tooth teeth", "order orders"],
)
def test_forms_of_a_word_have_one_stem(forms: str) -> None:
    assert len(set(stems(forms))) == 1


def test_content_words_come_in_order_without_the_rest() -> None:
    assert content("How is the CHILD'S 2nd-best hat_stand, then? Child\u2019s play!") == [
        *("child", "2nd", "hat", "stand", "child", "play")
    ]
    assert content("") == []
