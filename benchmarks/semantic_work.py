"""What is measured of curate: embeddings and greedy decisions, in a process of its own."""

import json
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
from semantic_peer import seconds

from curate.models.embedding import embed, loaded
from curate.models.embedding_files import find_embedding
from curate.models.vectors import column_of
from curate.semantic.finding import neighbours


def main(texts: str, model: str, threshold: float) -> None:
    """Deduplicate the texts of a JSON list; print CPU seconds and how many went."""
    given = json.loads(Path(texts).read_text())
    found = find_embedding(model, Path())
    loaded(found, 512)
    before = seconds()
    vectors = embed(found, given, 512)
    embedded = seconds()
    result = neighbours(_records(vectors), np.arange(len(given)), threshold, 200_000)
    done = seconds()
    print(
        json.dumps(
            {
                "dropped": len(result.table),
                "embed and index": embedded - before,
                "decide": done - embedded,
                "work": done - before,
                "all": done,
                "curve": result.curve,
            }
        )
    )


def _records(vectors: "np.ndarray[tuple[int, int], np.dtype[np.int16]]") -> pa.Table:
    ids = [place.to_bytes(16, "big") for place in range(len(vectors))]
    zeros = pa.array(np.zeros(len(vectors), np.int32))
    columns = {"id": pa.array(ids, pa.binary()), "copy": zeros, "vector": column_of(vectors)}
    table = pa.table({**columns, "fixed": pa.array(np.zeros(len(vectors), np.bool_))})
    assert not table["vector"].null_count, "a text without a direction"
    return table


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]))
