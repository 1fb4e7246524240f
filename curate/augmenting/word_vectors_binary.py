"""Word vectors in word2vec's binary format (Mikolov et al. 2013)."""

from pathlib import Path

import numpy as np

from curate.augmenting.word_vectors import WordVectors
from curate.errors import InputError

_RIGHT = "Name a binary file of word2vec, or say of text `glove` or `fasttext`"


def binary_vectors(path: Path, digest: str) -> WordVectors:
    """The vectors of a file with this hash.

    It has a line with the numbers of words and dimensions; then each word in UTF-8, a space, and
    its numbers (float32, little-endian); a newline may stand between them. Bytes of a word that are
    no UTF-8 are replaced. Raises InputError where the file is cut short or no such file.
    """
    where = f"word vectors {str(path)!r} ({digest[:12]})"
    content = path.read_bytes()
    head, _, _ = content[:100].partition(b"\n")
    sizes = head.split()
    if len(sizes) != 2 or not all(size.isdigit() for size in sizes):
        raise InputError(where, "its first line is not two numbers", _RIGHT)
    count, dimensions = map(int, sizes)
    place, words = len(head) + 1, dict[str, int]()
    if count * dimensions * 4 > len(content):
        raise InputError(where, f"it is too short for {count} x {dimensions} numbers", _RIGHT)
    matrix = np.empty((count, dimensions), "<f4")
    for _ in range(count):
        space = content.find(b" ", place)
        begin, place_after = space + 1, space + 1 + 4 * dimensions
        if space < 0 or place_after > len(content):
            raise InputError(where, f"it ends after {len(words)} of {count} words", _RIGHT)
        word = content[place:space].lstrip(b"\n").decode("utf-8", "replace")
        if word not in words:
            matrix[len(words)] = np.frombuffer(content, "<f4", dimensions, begin)
            words[word] = len(words)
        place = place_after
    if not words or not np.isfinite(matrix[: len(words)]).all():
        raise InputError(where, "it has no words, or numbers that are none", _RIGHT)
    return WordVectors(tuple(words), matrix[: len(words)].astype(np.float32))
