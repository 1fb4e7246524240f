"""The classifiers that can be attacked: one of curate's, one of transformers, or any in Python."""

from collections.abc import Sequence
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt

from curate.errors import InputError, NotFoundError, RefusedError
from curate.models.files import ModelFiles, read_json, user_path
from curate.models.local import find_local
from curate.models.toxicity import softmax, toxicity_scorer
from curate.models.toxicity_files import ToxicityFiles
from curate.models.toxicity_labels import own_labels

DECIMALS: Final = 12
"""To which probabilities are rounded, so that another processor's last digits change nothing. More
would be lost: a classifier that is sure tells by the tenth digit what makes it less so."""

LOGIT_DECIMALS: Final = 4
"""The same for logits in float32."""

Scores = npt.NDArray[np.float64]

_RIGHT: Final = (
    "Name a file of `curate classifier train`, or a folder of a model of transformers with "
    "config.json and *.safetensors"
)


class Target(Protocol):
    """A classifier: what labels it has, and what it says of texts."""

    @property
    def labels(self) -> tuple[str, ...]:
        """In the order of the probabilities."""

    def probabilities(self, texts: Sequence[str]) -> Scores:
        """The probability of each label, rounded [texts, labels]."""

    def digest(self) -> str:
        """What makes the answers, as hex digits; empty where that is not known."""

    def described(self) -> str:
        """It in a few words, without its path."""


class FileTarget:
    """A classifier file of `curate classifier train`."""

    def __init__(self, content: bytes, base: Path, where: str) -> None:
        """Raises InputError where the file is damaged, or its embedding model is missing."""
        from curate.classifier.file import decoded
        from curate.classifier.model import Embedded
        from curate.classifier.scoring import embedding_of, of_nothing

        self._made = decoded(content, where)
        self._digest = sha256(content).hexdigest()
        features = self._made.details.features
        self._model = embedding_of(features, base) if isinstance(features, Embedded) else None
        self._of_nothing = of_nothing(self._made)

    @property
    def labels(self) -> tuple[str, ...]:
        """In alphabetical order."""
        return self._made.details.labels

    def probabilities(self, texts: Sequence[str]) -> Scores:
        """The probability of each label; where no word is known, what it says of no word."""
        import pyarrow as pa

        from curate.classifier.scoring import probabilities

        found = probabilities(self._made, pa.array(texts, pa.string()), embedding=self._model)
        found[np.isnan(found[:, 0])] = self._of_nothing
        return np.asarray(found.round(DECIMALS), np.float64)

    def digest(self) -> str:
        """SHA-256 of the file."""
        return self._digest

    def described(self) -> str:
        """Its name and hash."""
        return f"classifier {self._made.details.name} (sha256 {self._digest[:12]})"


class FolderTarget:
    """A model of transformers that classifies whole texts, in float32."""

    def __init__(self, files: ModelFiles) -> None:
        """Raises RefusedError where more or less than one label can hold of a text."""
        self.files = files
        where = f"model {files.name!r}"
        config = read_json(files.folder / "config.json")
        self._labels = own_labels(config, where)
        rule = config.get("problem_type") or "single_label_classification"
        if rule != "single_label_classification" or len(self._labels) < 2:
            found = f"its problem_type is {rule!r}, with {len(self._labels)} labels"
            raise RefusedError(where, found, "Attack one that says which of several labels holds")

    @property
    def labels(self) -> tuple[str, ...]:
        """As its configuration has them (`id2label`)."""
        return self._labels

    def probabilities(self, texts: Sequence[str]) -> Scores:
        """The probability of each label, by a softmax."""
        if not texts:
            return np.zeros((0, len(self._labels)))
        scorer = toxicity_scorer(ToxicityFiles(self.files), "auto")
        logits = scorer.score(texts, None).logits
        return softmax(np.nan_to_num(logits).round(LOGIT_DECIMALS))

    def digest(self) -> str:
        """SHA-256 over its files."""
        return self.files.hash

    def described(self) -> str:
        """Its name and hash."""
        name = self.files.name if self.files.revision else self.files.folder.name
        return f"model {name} (files {self.files.hash[:12]})"


class ObjectTarget:
    """Any object with `predict_proba`, such as a pipeline of scikit-learn that reads texts."""

    def __init__(self, model: Any, labels: Sequence[Any] | None = None) -> None:
        """`labels` are by default those that the object has as `classes_`.

        Raises InputError where it has neither.
        """
        known = getattr(model, "classes_", None) if labels is None else labels
        if known is None or not hasattr(model, "predict_proba"):
            found = f"{type(model).__name__} has no predict_proba, or no classes_"
            raise InputError("classifier", found, "Give a trained one, and its labels in order")
        self._model, self._labels = model, tuple(map(str, known))

    @property
    def labels(self) -> tuple[str, ...]:
        """As text."""
        return self._labels

    def probabilities(self, texts: Sequence[str]) -> Scores:
        """What it says. Raises InputError where that is no table of texts and labels."""
        if not texts:
            return np.zeros((0, len(self._labels)))
        found = np.asarray(self._model.predict_proba(list(texts)), np.float64)
        if found.shape != (len(texts), len(self._labels)) or not np.isfinite(found).all():
            shape = f"{len(texts)} texts and {len(self._labels)} labels"
            told = f"predict_proba gave {found.shape} for {shape}, or no finite numbers"
            raise InputError("classifier", told, "It must give a probability of each label")
        return np.asarray(found.round(DECIMALS), np.float64)

    def digest(self) -> str:
        """Nothing: what an object answers by is not known."""
        return ""

    def described(self) -> str:
        """The name of its class."""
        return f"{type(self._model).__name__} with {len(self._labels)} labels"


def target_of(name: str, base: Path) -> Target:
    """The classifier that a name means: a file, or a folder, relative to `base`.

    Raises NotFoundError where there is none, InputError for a file that is no classifier, and
    RefusedError for pickled weights, models with code of their own, and those that say of several
    labels whether each holds.
    """
    path = base / user_path(name)
    if path.is_dir():
        return FolderTarget(find_local(name, base))
    try:
        content = path.read_bytes()
    except OSError as error:
        found = f"it cannot be read ({error.strerror})"
        raise NotFoundError(f"classifier {name!r}", found, _RIGHT) from error
    return _of_content(content, base, f"classifier {name!r}")


@lru_cache(maxsize=2)
def _of_content(content: bytes, base: Path, where: str) -> FileTarget:
    return FileTarget(content, base, where)
