"""Answers are kept for good, whatever happens to the process or the file."""

import fcntl
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orgsmith.prompts.model.answers import Answers
from orgsmith.prompts.model.segments import Answer, Segment, every, segments
from orgsmith.prompts.model.upkeep import copy, prune
from orgsmith.schema.errors import StorageError


def answer(text: str, body: str = "{}", model: str = "openai/m", day: str = "2026-01-01") -> Answer:
    """An answer to a text."""
    key = sha256(text.encode()).hexdigest()
    return Answer(key, f"{day}T00:00:00Z", "run", model, "Case", 10, 5, 0.5, body)


def keep(folder: Path, *kept: Answer) -> None:
    """Put answers into a folder, as one process does."""
    store = Answers(folder)
    for each in [store.put(one) for one in kept]:
        each.result()
    store.close()


def test_what_was_put_is_found_by_the_next_process(tmp_path: Path) -> None:
    one, two = answer("one"), answer("two")
    keep(tmp_path, one)
    keep(tmp_path, two)
    store = Answers(tmp_path)
    assert (store.get(one.key), store.get(two.key)) == (one, two)
    assert store.get(answer("three").key) is None
    assert one.key in store
    assert len(store) == 2
    assert len(segments(tmp_path)) == 2


def test_what_another_process_adds_is_taken_in(tmp_path: Path) -> None:
    early = Answers(tmp_path)
    keep(tmp_path, answer("one"))
    assert answer("one").key not in early
    early.refresh()
    assert early.get(answer("one").key) == answer("one")


@given(st.text(max_size=200))
def test_any_body_comes_back_as_it_was(body: str) -> None:
    one = answer("one", body)
    assert Answer.read(one.line()) == one
    assert one.line().count(b"\n") == 1


def test_a_large_body_comes_back(tmp_path: Path) -> None:
    one = answer("one", "x\n\0\u2028" * 250_000)
    keep(tmp_path, one)
    assert Answers(tmp_path).get(one.key) == one


def test_a_line_cut_off_anywhere_counts_for_nothing(tmp_path: Path) -> None:
    one, two, three = answer("one"), answer("two"), answer("three")
    keep(tmp_path, one, two)
    (file,) = segments(tmp_path)
    whole = file.read_bytes()
    start = len(one.line())
    for end in range(start, len(whole)):
        file.write_bytes(whole[:end])
        store = Answers(tmp_path)
        assert store.get(one.key) == one
        assert store.get(two.key) is None
        store.close()
    keep(tmp_path, three)
    store = Answers(tmp_path)
    assert store.get(three.key) == three


def test_a_damaged_line_is_no_answer(tmp_path: Path) -> None:
    one, two = answer("one"), answer("two")
    keep(tmp_path, one, two)
    (file,) = segments(tmp_path)
    content = bytearray(file.read_bytes())
    content[100] = ord('"')
    file.write_bytes(bytes(content))
    store = Answers(tmp_path)
    assert store.get(one.key) is None
    assert store.get(two.key) == two


def test_what_is_answered_again_takes_the_place_of_a_damaged_line(tmp_path: Path) -> None:
    """Or the damaged one, which is older, would be paid for again in every run."""
    one = answer("one")
    keep(tmp_path, one)
    (file,) = segments(tmp_path)
    content = bytearray(file.read_bytes())
    content[100] = ord('"')
    # The older of two segments is read first.
    file.rename(tmp_path / "00000000T000000.jsonl").write_bytes(bytes(content))
    keep(tmp_path, one)
    store = Answers(tmp_path)
    assert store.get(one.key) == one
    store.close()


def test_the_first_of_two_answers_to_the_same_stays(tmp_path: Path) -> None:
    """Copied together from two machines, they must not change from run to run."""
    first, second = answer("one", "first"), answer("one", "second")
    for name, each in (("1.jsonl", first), ("2.jsonl", second)):
        (tmp_path / name).write_bytes(each.line())
    store = Answers(tmp_path)
    assert store.get(first.key) == first
    assert [kept for kept, _ in every(tmp_path)] == [first]
    store.close()


def test_a_body_cannot_pass_for_an_answer(tmp_path: Path) -> None:
    two = answer("two")
    one = answer("one", f"x\n{two.line().decode()}")
    keep(tmp_path, one)
    store = Answers(tmp_path)
    assert two.key not in store
    assert store.get(one.key) == one
    store.close()


def test_many_threads_lose_nothing(tmp_path: Path) -> None:
    store = Answers(tmp_path)
    kept = [answer(f"{number}") for number in range(400)]
    with ThreadPoolExecutor(8) as pool:
        for done in list(pool.map(store.put, kept)):
            done.result()
    assert [store.get(each.key) for each in kept] == kept
    store.close()
    assert {each.key for each, _ in every(tmp_path)} == {each.key for each in kept}


WRITES = """
import sys
from pathlib import Path
from orgsmith.prompts.model.answers import Answers
from tests.prompts.model.test_answers import answer
store = Answers(Path(sys.argv[1]))
waiting = [store.put(answer(f"{sys.argv[2]}-{number}")) for number in range(300)]
waiting += [store.put(answer(f"both-{number}")) for number in range(50)]
for each in waiting:
    each.result()
store.close()
"""


def test_processes_that_share_a_folder_lose_nothing(tmp_path: Path, repo: Path) -> None:
    store = Answers(tmp_path)
    running = [
        subprocess.Popen([sys.executable, "-c", WRITES, tmp_path, name], cwd=repo)
        for name in ("here", "there")
    ]
    while any(process.poll() is None for process in running):
        store.refresh()
    assert [process.returncode for process in running] == [0, 0]
    store.refresh()
    texts = [f"{name}-{n}" for name in ("here", "there") for n in range(300)]
    texts += [f"both-{n}" for n in range(50)]
    assert [store.get(answer(text).key) for text in texts] == [answer(text) for text in texts]
    assert len(store) == len(list(every(tmp_path))) == 650
    store.close()


def test_a_full_disk_loses_nothing_and_is_said(small_disk: Path) -> None:
    store = Answers(small_disk / "answers")
    one = answer("one")
    store.put(one).result()
    with pytest.raises(StorageError, match=r"No space left.*--answers"):
        store.put(answer("large", "x" * 4_000_000)).result()
    # Whoever waits is told, and nothing is left of what did not fit.
    waiting = [store.put(answer(f"large {n}", "x" * 4_000_000)) for n in range(3)]
    assert all(isinstance(each.exception(), StorageError) for each in waiting)
    assert sum(file.stat().st_size for file in segments(small_disk / "answers")) == len(one.line())
    two = answer("two")
    store.put(two).result()
    store.close()
    again = Answers(small_disk / "answers")
    assert (again.get(one.key), again.get(two.key)) == (one, two)


def test_pruning_a_full_disk_loses_nothing(small_disk: Path) -> None:
    folder = small_disk / "answers"
    kept = [answer("one", "x" * 900_000), answer("two")]
    keep(folder, *kept)
    (small_disk / "other").write_bytes(b"x" * 900_000)
    with pytest.raises(StorageError, match=r"No space left.*--answers"):
        prune(folder, lambda each: each.key == kept[1].key)
    assert [each for each, _ in every(folder)] == kept
    assert [file.suffix for file in folder.iterdir()] == [".jsonl"]
    # What is removed whole needs no room.
    assert prune(folder, lambda each: True).answers == 2


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    store = Answers(tmp_path / "file/answers")
    with pytest.raises(StorageError, match="--answers"):
        store.put(answer("one")).result()
    store.close()


def test_answers_of_another_machine_are_taken_over_once(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    keep(here, answer("one"))
    keep(there, answer("one"), answer("two"))
    assert copy(there, here) == 1
    assert copy(there, here) == 0
    assert len(Answers(here)) == 2
    with pytest.raises(StorageError, match="holds no answers"):
        copy(tmp_path / "nowhere", here)


def test_pruning_removes_what_is_unwanted(tmp_path: Path) -> None:
    keep(tmp_path, answer("one"), answer("two", model="openai/old"), answer("three"))
    pruned = prune(tmp_path, lambda each: each.model == "openai/old")
    assert (pruned.answers, pruned.in_use) == (1, 0)
    assert pruned.bytes == len(answer("two", model="openai/old").line())
    assert {each.model for each, _ in every(tmp_path)} == {"openai/m"}
    assert prune(tmp_path, lambda each: True).answers == 2
    assert list(segments(tmp_path)) == []


def test_who_reads_while_others_prune_goes_on(tmp_path: Path) -> None:
    kept = [answer(f"{number}") for number in range(20)]
    keep(tmp_path, *kept)
    store = Answers(tmp_path)
    prune(tmp_path, lambda each: each.key != kept[3].key)
    assert [store.get(each.key) for each in kept] == kept
    store.refresh()
    assert store.get(kept[3].key) == kept[3]
    store.close()
    again = Answers(tmp_path)
    assert [each.key in again for each in kept] == [each is kept[3] for each in kept]
    again.close()


PRUNES = """
import sys
from pathlib import Path
from orgsmith.prompts.model.upkeep import prune
print(flush=True)
while True:
    prune(Path(sys.argv[1]), lambda each: True)
"""


def test_pruning_takes_no_file_away_from_a_process_that_begins(tmp_path: Path) -> None:
    """A file that is made is locked a moment later; whatever went into it would be lost."""
    with subprocess.Popen(
        [sys.executable, "-c", PRUNES, tmp_path], stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        for _ in range(1_000):
            segment = Segment(tmp_path)
            assert segment.path.exists()
            segment.close()
        assert process.poll() is None
        process.kill()


def test_what_a_process_at_work_appends_to_is_left_alone(tmp_path: Path) -> None:
    script = (
        "import sys\nfrom pathlib import Path\n"
        "from orgsmith.prompts.model.segments import Segment\n"
        "segment = Segment(Path(sys.argv[1]))\nprint(segment.path.name, flush=True)\n"
        "sys.stdin.read()\n"
    )
    keep(tmp_path, answer("one"))
    with subprocess.Popen(
        [sys.executable, "-c", script, tmp_path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        name = process.stdout.readline().decode().strip()
        pruned = prune(tmp_path, lambda each: True)
        assert (pruned.answers, pruned.in_use) == (1, 1)
        assert [file.name for file in segments(tmp_path)] == [name]
        process.communicate()
    assert prune(tmp_path, lambda each: True).in_use == 0


def test_a_segment_is_locked_as_long_as_it_is_open(tmp_path: Path) -> None:
    segment = Segment(tmp_path)
    with segment.path.open("rb") as other, pytest.raises(BlockingIOError):
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
    segment.close()
    with segment.path.open("rb") as other:
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
    assert segment.path.stat().st_size == 0
