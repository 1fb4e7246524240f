"""Word vectors from a file of the user, where TextAttack fetches counter-fitted ones."""

from typing import Any

import numpy as np
from textattack.shared import WordEmbedding
from textattack.shared.utils import is_one_word

from curate.augmenting.word_vectors import WordVectors


class FileVectors(WordEmbedding):
    """Vectors of which the nearest are found exactly, ties by the order of the file.

    What is no word to TextAttack, such as punctuation, is left out.
    """

    def __init__(self, vectors: WordVectors) -> None:
        rows = [at for at, word in enumerate(vectors.words) if word.isalpha() or is_one_word(word)]
        words, matrix = [vectors.words[row] for row in rows], vectors.matrix[rows]
        super().__init__(matrix, {word: at for at, word in enumerate(words)}, words)
        self._squares = np.einsum("ij,ij->i", matrix, matrix)

    def nearest_neighbours(self, index: Any, topn: int) -> list[int]:
        """The places of the words nearest to a word or its place, itself left out."""
        at = self._word2index[index] if isinstance(index, str) else int(index)
        if (at, topn) not in self._nn_cache:
            apart = self._squares - 2 * (self.embedding_matrix @ self.embedding_matrix[at])
            apart[at] = np.inf
            few = np.argpartition(apart, min(topn, len(apart) - 1))[:topn]
            ordered = few[np.lexsort((few, apart[few]))]
            self._nn_cache[at, topn] = [int(one) for one in ordered if one != at]
        return list(self._nn_cache[at, topn])
