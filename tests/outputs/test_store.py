import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow.parquet as pq
import pytest

from orgsmith.outputs.store import ROW_GROUP_SIZE, TableWriter, write_table, write_text
from orgsmith.schema.errors import StorageError

TOO_MUCH = 3 << 20


def frame(rows: int) -> pl.DataFrame:
    """Records in no order, with a text that does not compress."""
    chance = np.random.Generator(np.random.Philox(5))
    return pl.DataFrame(
        {
            "Id": [f"500{i:015}" for i in chance.permutation(rows)],
            "text": [chance.bytes(40).hex() for _ in range(rows)],
            "amount": chance.random(rows),
        }
    )


def test_equal_rows_give_equal_bytes_in_any_order_and_any_chunks(tmp_path: Path) -> None:
    whole = frame(3 * ROW_GROUP_SIZE + 7)
    chunked = pl.concat([whole[20_000:], whole[:3], whole[3:20_000]], rechunk=False)
    assert chunked.n_chunks() > 1
    first = write_table(whole, tmp_path / "a.parquet", ("Id",), "objects/Case")
    second = write_table(chunked, tmp_path / "b.parquet", ("Id",), "objects/Case")
    assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "b.parquet").read_bytes()
    assert first.sha256 == second.sha256


@pytest.mark.parametrize("cut", [1, 8191, 8192, 8193, 30_000])
def test_frames_of_any_size_give_the_same_file(tmp_path: Path, cut: int) -> None:
    whole = frame(2 * ROW_GROUP_SIZE + 5).sort("Id")
    entry = write_table(whole, tmp_path / "whole.parquet", ("Id",), "x")
    with TableWriter(tmp_path / "pieces.parquet", whole.schema, "x") as writer:
        writer.append(whole[:cut])
        writer.append(whole[cut : cut + 4])
        writer.append(whole[cut + 4 :])
        pieces = writer.finish()
    assert pieces.sha256 == entry.sha256


def test_the_file_is_sorted_named_and_in_groups_of_one_size(tmp_path: Path) -> None:
    entry = write_table(frame(ROW_GROUP_SIZE + 1), tmp_path / "a.parquet", ("Id",), "objects/Case")
    footer = pq.read_metadata(tmp_path / "a.parquet")
    assert footer.metadata == {b"orgsmith.table": b"objects/Case"}
    assert [footer.row_group(i).num_rows for i in range(2)] == [ROW_GROUP_SIZE, 1]
    assert footer.row_group(0).column(0).compression == "ZSTD"
    assert pl.read_parquet(tmp_path / "a.parquet")["Id"].is_sorted()
    assert (entry.rows, entry.bytes) == (ROW_GROUP_SIZE + 1, Path(entry.path).stat().st_size)


def test_an_empty_table_keeps_its_columns(tmp_path: Path) -> None:
    write_table(frame(1)[:0], tmp_path / "a.parquet", ("Id",))
    assert pl.read_parquet_schema(tmp_path / "a.parquet") == frame(1).schema


def test_another_schema_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    with (
        pytest.raises(TypeError, match="declared"),
        TableWriter(tmp_path / "a.parquet", frame(1).schema) as writer,
    ):
        writer.append(frame(1).rename({"text": "words"}))
    assert list(tmp_path.iterdir()) == []


def test_an_older_file_survives_a_failed_write(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    write_table(frame(3), path, ("Id",))
    before = path.read_bytes()
    with pytest.raises(TypeError), TableWriter(path, frame(1).schema) as writer:
        writer.append(frame(9).vstack(frame(2)).drop("text"))
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_is_a_storage_error_and_leaves_nothing(small_disk: Path) -> None:
    with pytest.raises(StorageError, match=r"a\.parquet: no room is left"):
        write_table(frame(100_000), small_disk / "a.parquet", ("Id",))
    assert list(small_disk.iterdir()) == []
    with pytest.raises(StorageError, match="no room is left"):
        write_text("x" * TOO_MUCH, small_disk / "a.txt")
    assert list(small_disk.iterdir()) == []
    write_table(frame(10), small_disk / "b.parquet", ("Id",))


def test_a_file_size_limit_is_a_storage_error(tmp_path: Path) -> None:
    code = (
        "import resource, sys, polars as pl\n"
        "from pathlib import Path\n"
        "from orgsmith.outputs.store import write_table\n"
        "from orgsmith.schema.errors import StorageError\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))\n"
        "try:\n"
        "    write_table(pl.DataFrame({'Id': [str(i**5) for i in range(99_999)]}),"
        " Path(sys.argv[1]) / 'a.parquet', ['Id'])\n"
        "except StorageError as error:\n"
        "    sys.exit(0 if 'ulimit -f' in str(error) else str(error))\n"
        "sys.exit('written')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, tmp_path], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert list(tmp_path.iterdir()) == []


def test_no_permission_is_a_storage_error(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    code = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from orgsmith.outputs.store import write_text\n"
        "from orgsmith.schema.errors import StorageError\n"
        "os.chdir(sys.argv[1])\n"
        "if os.getuid() == 0: os.setuid(65534)\n"
        "try:\n"
        "    write_text('x', Path('sub') / 'a.txt')\n"
        "except StorageError as error:\n"
        "    sys.exit(0 if 'no permission' in str(error) else str(error))\n"
        "sys.exit('written')\n"
    )
    (tmp_path / "sub").mkdir(mode=0o555)
    done = subprocess.run(
        [sys.executable, "-c", code, tmp_path], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_a_folder_that_is_a_file_is_a_storage_error(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    with pytest.raises(StorageError, match="name another --out"):
        write_table(frame(1), tmp_path / "out" / "objects" / "a.parquet", ("Id",))


def test_a_kill_leaves_no_file_under_its_name(tmp_path: Path) -> None:
    code = (
        "import os, signal, sys, polars as pl\n"
        "from pathlib import Path\n"
        "from orgsmith.outputs.store import TableWriter\n"
        "f = pl.DataFrame({'Id': [str(i**5) for i in range(500_000)]})\n"
        "writer = TableWriter(Path(sys.argv[1]) / 'a.parquet', f.schema)\n"
        "writer.append(f)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, tmp_path], check=False)
    assert done.returncode == -signal.SIGKILL
    assert not (tmp_path / "a.parquet").exists()
    assert [path.name[0] for path in tmp_path.iterdir()] == ["."]
