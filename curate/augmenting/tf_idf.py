"""Words by how much they tell in a corpus: nlpaug's `TfIdfAug`."""

import math
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import ClassVar, Final, Literal, NamedTuple, Self

import numpy as np
import numpy.typing as npt
from pydantic import Field, PrivateAttr, ValidationInfo, model_validator

from curate.augmenting.draws import Draws
from curate.augmenting.nlpaug_files import found_folder
from curate.augmenting.token_augmenter import WordEditor
from curate.augmenting.tokens import aligned, case_of
from curate.errors import InputError, NotFoundError

_IDF: Final = "tfidfaug_w2idf.txt"
_TFIDF: Final = "tfidfaug_w2tfidf.txt"
_RIGHT: Final = (
    f"Name a folder with {_IDF} and {_TFIDF}, as nlpaug's TfIdf().train(TOKENS) and .save(FOLDER) "
    "write them"
)
_TRIES: Final = 3
_CLOSE: Final = 1e-6


class _Model(NamedTuple):
    idf: dict[str, float]
    words: list[str]
    chances: npt.NDArray[np.float64]
    """Of the words, added up."""


class TfIdfAug(WordEditor):
    """Replaces words that tell little by others that tell little in the corpus, or inserts such.

    It is the method of Xie et al. 2019 (arXiv 1904.12848) as nlpaug has it: a word is put in
    whatever it means, so this is noise for classifiers rather than another wording.
    """

    name: ClassVar[str] = "TfIdfAug"
    version: ClassVar[int] = 1
    extra: ClassVar[str] = ""
    needs: ClassVar[str] = "a folder of word statistics that nlpaug has trained"
    depends: ClassVar[tuple[str, ...]] = ("numpy",)

    model_path: str = Field(default=".", exclude=True)
    """The folder with the statistics, relative to the recipe."""
    action: Literal["insert", "substitute"] = "substitute"
    """Whether words are put in, or replaced."""
    top_k: int = Field(default=5, ge=1)
    """So many words are drawn by their scores, and then one of them."""

    _folder: Path = PrivateAttr()

    @model_validator(mode="after")
    def _statistics_are_there(self, info: ValidationInfo) -> Self:
        base = (info.context or {}).get("base", Path())
        self._folder = found_folder("model_path", self.model_path, base, _RIGHT)
        for name in (_IDF, _TFIDF):
            if not (self._folder / name).is_file():
                found = f"there is no file {self._folder / name}"
                raise NotFoundError(f"model_path {self.model_path!r}", found, _RIGHT)
        return self

    def files(self) -> Sequence[bytes]:
        """The content of both files."""
        return [(self._folder / name).read_bytes() for name in (_IDF, _TFIDF)]

    def edited(self, tokens: list[str], draws: Draws) -> list[str] | None:
        """Replace words that are drawn, or put others in front of them."""
        model = _model(self._folder)
        if self.action == "insert":
            places = self.drawn(tokens, self.words_of(tokens, range(len(tokens))), draws)
            return self._inserted(tokens, sorted(places, reverse=True), model, draws)
        known = [place for place, token in enumerate(tokens) if token in model.idf]
        places = self.words_of(tokens, known)
        if not places:
            return None
        for place in self._told_little(tokens, places, model, draws):
            word = self._word(model, draws)
            tokens[place] = aligned(tokens[place], word) if place == 0 else word
        return tokens

    def _told_little(
        self, tokens: Sequence[str], places: list[int], model: _Model, draws: Draws
    ) -> list[int]:
        """Draw places, those of words that tell little more often: as nlpaug does.

        It takes a place out of the list that it goes through, so that the next is passed over.
        """
        count = min(self.count(tokens), len(places))
        told = np.array([model.idf[tokens[place]] / len(tokens) for place in places])
        little = told.max() - told
        total = little.sum()
        chances = (little / total).tolist() if total else [0.0]
        left, drawn = list(places), list[int]()
        for _ in range(_TRIES):
            for place, chance in zip(left, chances, strict=False):
                if draws.uniform(1)[0] < chance:
                    drawn.append(place)
                    left.remove(place)
                    if len(left) == count:
                        break
        if len(drawn) < count:
            drawn += draws.sample(left, count - len(drawn))
        return draws.sample(drawn, count)

    def _word(self, model: _Model, draws: Draws) -> str:
        drawn = np.searchsorted(model.chances, draws.uniform(self.top_k), side="right")
        places: list[int] = drawn.tolist()
        return model.words[draws.one(places)]

    def _inserted(
        self, tokens: list[str], places: Sequence[int], model: _Model, draws: Draws
    ) -> list[str] | None:
        """Put words in front of tokens, the last first; a capital stays at the beginning."""
        own = [[token] for token in tokens]
        for place in places:
            word = self._word(model, draws)
            own[place].insert(0, word.capitalize() if place == 0 else word)
            second = (0, 1) if len(own[0]) > 1 else (1, 0)
            if case_of(own[0][0]) == "capitalize" and second[0] < len(own):
                group, at = second
                own[group][at] = own[group][at].lower()
        return [" ".join(each) for each in own] if places else None


@lru_cache(maxsize=2)
def _model(folder: Path) -> _Model:
    idf, tfidf = _read(folder / _IDF), _read(folder / _TFIDF)
    scores = np.array(list(tfidf.values()))
    if not len(scores) or scores.min() < 0 or abs(scores.sum() - 1) > _CLOSE:
        found = "its scores do not add up to 1, so that no word can be drawn"
        raise InputError(str(folder / _TFIDF), found, "Train it on texts of which words differ")
    chances = scores.cumsum()
    return _Model(idf, list(tfidf), chances / chances[-1])


def _read(file: Path) -> dict[str, float]:
    """Words and numbers, one of each on a line."""
    found: dict[str, float] = {}
    try:
        for line in file.read_text("utf-8").split("\n"):
            if line:
                word, number = line.rsplit(" ", 1)
                found[word] = float(number)
                if not math.isfinite(found[word]):
                    raise ValueError(f"{line!r} has no number")
    except (OSError, ValueError) as error:
        raise InputError(str(file), f"cannot be read ({error})", _RIGHT) from error
    return found
