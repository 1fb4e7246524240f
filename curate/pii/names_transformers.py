"""Names by a model of transformers, through Presidio's recognizer for those.

Presidio asks the model about one window after another. Here the windows of all texts are asked
about in batches of one shape (`models.batches`), and Presidio is given the answers.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

from presidio_analyzer.predefined_recognizers import HuggingFaceNerRecognizer

from curate.errors import InputError
from curate.models.batches import ROWS, batches
from curate.models.limits import token_limit
from curate.pii.lightly import give_transformers
from curate.pii.names_entities import entity_labels, named_entities
from curate.pii.names_files import NameModel
from curate.pii.names_windows import Windows
from curate.pii.recognizers import LANGUAGE

WINDOW: Final = 400
OVERLAP: Final = 40
"""Characters, as Presidio's recognizer has them by default."""
WORDS: Final = "max"
"""A word has the label of its token with the highest score, so that no part of a name is left: the
default of Presidio's `NerModelConfiguration`."""
_LEAST_LIMIT: Final = 8


def transformers_settings(model: NameModel, threshold: float) -> dict[str, Any]:
    """What Presidio's recognizer is made with."""
    return {
        "model_name": str(model.files.folder),
        "supported_language": LANGUAGE,
        "supported_entities": sorted(named_entities(model)),
        "label_mapping": dict(entity_labels(model)),
        "aggregation_strategy": WORDS,
        "threshold": threshold,
    }


class TransformersNames:
    """Finds names by a model of transformers."""

    def __init__(self, model: NameModel, entities: Sequence[str], threshold: float) -> None:
        """Load the model, in float32, to the GPU where torch finds one."""
        give_transformers()
        self._batched = batched = _Batched(_pipeline(model))
        self._entities = list(entities)
        self._windows = Windows(WINDOW, OVERLAP, batched.fits)
        self.name = HuggingFaceNerRecognizer.__name__

        class Recognizer(HuggingFaceNerRecognizer):
            def load(self) -> None:
                pipeline: Any = batched
                self.ner_pipeline = pipeline

        self._recognizer = Recognizer(
            **transformers_settings(model, threshold),
            name=self.name,
            text_chunker=self._windows,
        )

    def results(self, texts: Sequence[str]) -> list[list[Any]]:
        """Presidio's results in each text."""
        pieces = {piece.text for text in texts for piece in self._windows.chunk(text)}
        self._batched.answer(sorted(pieces, key=lambda piece: (len(piece), piece)))
        return [self._recognizer.analyze(text, self._entities) for text in texts]


class _Batched:
    """A pipeline of transformers, asked about many texts before it is called with each."""

    def __init__(self, pipeline: Any) -> None:
        self._pipeline = pipeline
        self._most = max(_LEAST_LIMIT, token_limit(pipeline.model, pipeline.tokenizer))
        self._answers: Mapping[str, list[Any]] = {}

    def __call__(self, text: str) -> list[Any]:
        """What was found in a text."""
        return self._answers[text]

    def fits(self, text: str) -> bool:
        """Whether the model sees all of a text."""
        return len(self._pipeline.tokenizer(text, verbose=False)["input_ids"]) <= self._most

    def answer(self, texts: Sequence[str]) -> None:
        """Ask about some texts, in place of those before."""
        asked = [next(iter(self._pipeline.preprocess(text, is_split_into_words=False)))
                 for text in texts]  # fmt: skip
        answers: dict[str, list[Any]] = {}
        for tokens, rows in batches([one["input_ids"].shape[1] for one in asked], self._most):
            given = [asked[row] for row in rows]
            for row, one, logits in zip(rows, given, self._logits(given, tokens), strict=False):
                told = {**one, "logits": logits[None, : one["input_ids"].shape[1]]}
                answers[texts[row]] = self._pipeline.postprocess([told], WORDS)
        self._answers = answers

    def _logits(self, given: Sequence[Mapping[str, Any]], tokens: int) -> Any:
        """Those of some texts, [ROWS, tokens, labels], filled up with the first."""
        import torch

        inputs = {}
        for name in self._pipeline.tokenizer.model_input_names:
            if name not in given[0]:
                continue
            padding = (self._pipeline.tokenizer.pad_token_id or 0) if name == "input_ids" else 0
            whole = torch.full((ROWS, tokens), padding, dtype=torch.long)
            for place in range(ROWS):
                row = given[place if place < len(given) else 0][name][0]
                whole[place, : len(row)] = row
            inputs[name] = whole.to(self._pipeline.device)
        with torch.inference_mode():
            return self._pipeline.model(**inputs).logits.float().cpu()


def _pipeline(model: NameModel) -> Any:
    """The pipeline of transformers, from the files of the model and nothing else."""
    import torch
    from transformers import AutoModelForTokenClassification, AutoTokenizer, pipeline

    local = {"trust_remote_code": False, "local_files_only": True}
    folder = str(model.files.folder)
    tokenizer: Any = AutoTokenizer.from_pretrained(folder, **local)
    if not getattr(tokenizer, "is_fast", False):
        raise InputError(
            f"model of names {model.files.name!r}",
            "there is no fast version of its tokenizer, so where a name stands is not known",
            "Use a model with tokenizer.json.",
        )
    loaded: Any = AutoModelForTokenClassification.from_pretrained(
        folder, use_safetensors=True, dtype=torch.float32, **local
    )
    make: Any = pipeline
    with _without_remarks():
        return make(
            *("token-classification", loaded.eval()),
            tokenizer=tokenizer,
            aggregation_strategy=WORDS,
            device=0 if torch.cuda.is_available() else -1,
        )


@contextmanager
def _without_remarks() -> Iterator[None]:
    """Keep transformers from warning of the device that it is told to use."""
    from transformers.utils import logging

    before = logging.get_verbosity()
    logging.set_verbosity_error()
    try:
        yield
    finally:
        logging.set_verbosity(before)
