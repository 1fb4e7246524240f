"""Which words a masked language model expects at a place of a text."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from curate.models.batches import ROWS, batches
from curate.models.files import ModelFiles
from curate.models.masked import load_masked

_STARTS: Final = ("Ġ", "▁")
"""What tokens that begin a word have in front, in byte-level BPE and in SentencePiece."""
_CONTINUES: Final = "##"
"""What other tokens have in front, in WordPiece."""
_CHARACTERS_A_TOKEN: Final = 8
_DIGITS: Final = 4
"""Of logits: so that their last digits, which depend on the machine, decide nothing."""

Logits = npt.NDArray[np.float64]


class Around(NamedTuple):
    """A place of a text: what stands before and behind the word that is looked for."""

    before: str
    after: str


class Vocabulary(NamedTuple):
    """The tokens of a model that are whole words; of BPE, those that begin one, which most are."""

    ids: npt.NDArray[np.int64]
    words: list[str]


class Expectation:
    """A masked language model that is asked for words."""

    def __init__(self, files: ModelFiles) -> None:
        """Raises `InputError` where it cannot be loaded."""
        self._masked = load_masked(files)
        self.vocabulary = _vocabulary(self._masked.tokenizer)

    def logits(self, places: Sequence[Around]) -> list[Logits]:
        """How much each word of the vocabulary is expected at each place.

        What is far from a place is not looked at, where the text is longer than the model reads.
        """
        given = [self._ids(place) for place in places]
        found: list[Logits] = [np.empty(0)] * len(places)
        for length, rows in batches([len(ids) for ids, _ in given], self._masked.limit):
            for row, logits in zip(
                rows, self._asked([given[r] for r in rows], length), strict=True
            ):
                found[row] = logits
        return found

    def _ids(self, place: Around) -> tuple[list[int], int]:
        """The tokens of a text with the mask, as many as the model reads, and where it stands."""
        masked = self._masked
        mask, room = masked.tokenizer.mask_token, _CHARACTERS_A_TOKEN * masked.limit
        before, after = place.before[-room:], place.after[:room]
        text = f"{before.replace(mask, ' ')}{mask}{after.replace(mask, ' ')}"
        own: list[int] = masked.tokenizer(text, add_special_tokens=False, verbose=False)[
            "input_ids"
        ]
        at = own.index(masked.tokenizer.mask_token_id)
        most = masked.limit - masked.tokenizer.num_special_tokens_to_add()
        start = max(0, min(at - most // 2, len(own) - most))
        ids = masked.tokenizer.build_inputs_with_special_tokens(own[start : start + most])
        return ids, ids.index(masked.tokenizer.mask_token_id)

    def _asked(self, given: Sequence[tuple[list[int], int]], length: int) -> list[Logits]:
        """Ask for a batch, filled up with its first text so that its shape is always one."""
        import torch

        padding = self._masked.tokenizer.pad_token_id or 0
        rows = [ids for ids, _ in given] + [given[0][0]] * (ROWS - len(given))
        ids = torch.tensor([each + [padding] * (length - len(each)) for each in rows])
        seen = torch.tensor([[1] * len(each) + [0] * (length - len(each)) for each in rows])
        with torch.inference_mode():
            logits = self._masked.model(input_ids=ids, attention_mask=seen).logits
        return [
            np.round(logits[row, at].double().numpy()[self.vocabulary.ids], _DIGITS)
            for row, (_, at) in enumerate(given)
        ]


@lru_cache(maxsize=2)
def expectation(files: ModelFiles) -> Expectation:
    """A model, loaded when it is first asked for; the last two stay loaded."""
    return Expectation(files)


def drawn_word(
    vocabulary: Vocabulary, logits: Logits, barred: Sequence[str], most: int | None, share: float
) -> str | None:
    """One of the `most` most expected words that are not barred, as likely as it is expected.

    `share`, of [0, 1), tells which. None where there is none.
    """
    no = {word.lower() for word in barred}
    order = np.argsort(-logits, kind="stable")
    kept: list[int] = []
    for each in order.tolist():
        if most is not None and len(kept) == most:
            break
        if vocabulary.words[each].lower() not in no:
            kept.append(each)
    if not kept:
        return None
    weights = np.cumsum(np.exp(logits[kept] - logits[kept[0]]))
    place = int(np.searchsorted(weights, share * weights[-1], side="right"))
    return vocabulary.words[kept[min(place, len(kept) - 1)]]


def _vocabulary(tokenizer: Any) -> Vocabulary:
    tokens: list[str] = tokenizer.convert_ids_to_tokens(list(range(len(tokenizer))))
    start = next((each for each in _STARTS if any(t and t.startswith(each) for t in tokens)), "")
    special = set(tokenizer.all_special_tokens)
    ids, words = [], []
    for place, token in enumerate(tokens):
        if not token or token in special or token.startswith(_CONTINUES):
            continue
        if token.startswith(start):
            word = tokenizer.decode([place]).strip() if start else token
            # Most letters alone are no words, whereas signs of Chinese are.
            if word.isalpha() and (len(word) > 1 or not word.isascii()):
                ids.append(place)
                words.append(word)
    return Vocabulary(np.array(ids, np.int64), words)
