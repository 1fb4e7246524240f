from pathlib import Path

import pyarrow as pa
import pytest

from curate.build.arrow_file import ARROW, read_arrow, write_arrow
from curate.build.cache import damaged


def test_a_table_comes_back_as_it_was_in_one_piece(tmp_path: Path) -> None:
    path = tmp_path / f"a{ARROW}"
    table = pa.table({"text": pa.chunked_array([["a", None], [], ["b"]], pa.string())})
    write_arrow(path, table)
    assert read_arrow(path) == table
    assert read_arrow(path).column("text").num_chunks == 1
    write_arrow(path, table.slice(0, 0))
    assert read_arrow(path) == table.slice(0, 0)


@pytest.mark.parametrize("part", [0.0, 0.5, 0.99])
def test_a_file_that_is_cut_off_is_said_to_be_damaged(tmp_path: Path, part: float) -> None:
    path = tmp_path / f"a{ARROW}"
    write_arrow(path, pa.table({"text": ["abc"] * 1000}))
    assert not damaged(tmp_path)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * part)])
    with pytest.raises((pa.ArrowException, OSError)):
        read_arrow(path)
    assert damaged(tmp_path) == [path]
