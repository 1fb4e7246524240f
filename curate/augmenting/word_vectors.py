"""Word vectors in text files, as GloVe, word2vec and fastText write them: a word and its numbers.

Counter-fitted vectors (Mrkšić et al. 2016, arXiv 1603.00892), which TextFooler uses, come so too.
"""

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from curate.errors import InputError, NotFoundError

_RIGHT: Final = (
    "Name a text file with a word and its numbers on each line, such as glove.6B.100d.txt or "
    "counter-fitted-vectors.txt; pickled and binary files are not read"
)


class WordVectors(NamedTuple):
    """Words and their vectors."""

    words: tuple[str, ...]
    matrix: npt.NDArray[np.float32]
    """[words, dimensions], in the order of the file."""


def vectors_hash(path: Path) -> str:
    """SHA-256 of the file, as hex digits. Raises NotFoundError where there is none."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        found = f"it cannot be read ({error.strerror})"
        raise NotFoundError(f"word vectors {str(path)!r}", found, _RIGHT) from error


@lru_cache(maxsize=2)
def word_vectors(path: Path, digest: str) -> WordVectors:
    """The vectors of a file with this hash; the last two stay loaded.

    A first line with two numbers, as word2vec and fastText write it, is passed over, and of a word
    that is there twice the first line counts. Raises InputError where a line is no vector.
    """
    where = f"word vectors {str(path)!r} ({digest[:12]})"
    rows: dict[str, npt.NDArray[np.float32]] = {}
    size = 0
    try:
        with path.open(encoding="utf-8", newline="\n") as lines:
            for number, line in enumerate(lines, 1):
                fields = line.rstrip().split(" ")
                if number == 1 and len(fields) == 2 and all(map(str.isdecimal, fields)):
                    continue
                size = size or len(fields) - 1
                # Some words of GloVe have spaces of their own.
                word = " ".join(fields[:-size])
                rows.setdefault(word, _numbers(fields[-size:]))
    except (ValueError, UnicodeDecodeError) as error:
        raise InputError(where, f"line {number} is no word with numbers", _RIGHT) from error
    if not rows:
        raise InputError(where, "it has no vectors", _RIGHT)
    if any(len(row) != size for row in rows.values()):
        raise InputError(where, f"its lines have not all {size} numbers", _RIGHT)
    return WordVectors(tuple(rows), np.stack(list(rows.values())))


def _numbers(fields: list[str]) -> npt.NDArray[np.float32]:
    made = np.array([float(field) for field in fields], np.float32)
    if not len(made) or not np.isfinite(made).all():
        raise ValueError("no finite numbers")
    return made
