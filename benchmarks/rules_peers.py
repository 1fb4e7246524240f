"""What datatrove's filters say of texts, whole and rule by rule. Needs datatrove, and no curate.

    python rules_peers.py NAME ... <texts.json >verdicts.json

`pip install datatrove spacy`. Takes a JSON array of texts; gives for the filters of the names
(gopher, gopher-repetition, fineweb, c4), for words between white space and
for spaCy's, what each filter says: the reason of the whole filter, and for each rule whether it
drops the text with the others switched off. Null: the filter raised, or another rule came first.
C4's gives the text that it leaves, or why it drops it, without and with its count of sentences.
"""

import json
import sys
import warnings
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from math import inf
from typing import Any

from datatrove.data import Document
from datatrove.pipeline.filters import (
    C4QualityFilter,
    FineWebQualityFilter,
    GopherQualityFilter,
    GopherRepetitionFilter,
)
from datatrove.utils.typeshelper import Languages
from datatrove.utils.word_tokenizers import WordTokenizer

KEPT = "kept"


class WhiteSpace(WordTokenizer):
    """Words between white space."""

    def word_tokenize(self, text: str) -> list[str]:
        return text.split()

    def sent_tokenize(self, text: str) -> list[str]:
        raise NotImplementedError

    def span_tokenize(self, text: str) -> list[tuple[int, int]]:
        raise NotImplementedError


WORDS = {"white space": WhiteSpace(), "spaCy": Languages.english}

_NO_QUALITY = dict.fromkeys(
    (
        *("min_doc_words", "max_doc_words", "min_avg_word_length", "max_avg_word_length"),
        *("max_symbol_word_ratio", "max_bullet_lines_ratio", "max_ellipsis_lines_ratio"),
        *("max_non_alpha_words_ratio", "min_stop_words"),
    )
)
_NO_REPETITION: dict[str, Any] = {
    **dict.fromkeys(("dup_line_frac", "dup_para_frac", "dup_line_char_frac", "dup_para_char_frac")),
    "top_n_grams": (),
    "dup_n_grams": (),
}
_NO_FINEWEB = {
    "line_punct_thr": 0,
    "short_line_thr": 1,
    "char_duplicates_ratio": 1,
    "new_line_ratio": inf,
}

RULES: dict[str, tuple[Any, dict[str, Any], dict[str, tuple[str, dict[str, Any]]]]] = {
    "gopher": (
        GopherQualityFilter,
        _NO_QUALITY,
        {
            "too-few-words": ("gopher_short_doc", {"min_doc_words": 50}),
            "too-many-words": ("gopher_long_doc", {"max_doc_words": 100000}),
            "short-words": ("gopher_below_avg_threshold", {"min_avg_word_length": 3}),
            "long-words": ("gopher_above_avg_threshold", {"max_avg_word_length": 10}),
            "hash-signs": ("gopher_too_many_hashes", {"max_symbol_word_ratio": 0.1}),
            "ellipses": ("gopher_too_many_ellipsis", {"max_symbol_word_ratio": 0.1}),
            "bullet-lines": ("gopher_too_many_bullets", {"max_bullet_lines_ratio": 0.9}),
            "ellipsis-lines": ("gopher_too_many_end_ellipsis", {"max_ellipsis_lines_ratio": 0.3}),
            "alphabetic-words": (
                "gopher_below_alpha_threshold",
                {"max_non_alpha_words_ratio": 0.8},
            ),
            "stop-words": ("gopher_enough_stop_words", {"min_stop_words": 2}),
        },
    ),
    "gopher-repetition": (
        GopherRepetitionFilter,
        _NO_REPETITION,
        {
            "empty": ("empty", {}),
            "duplicate-paragraphs": ("dup_para_frac", {"dup_para_frac": 0.3}),
            "duplicate-paragraph-characters": ("dup_para_char_frac", {"dup_para_char_frac": 0.2}),
            "duplicate-lines": ("dup_line_frac", {"dup_line_frac": 0.3}),
            "duplicate-line-characters": ("dup_line_char_frac", {"dup_line_char_frac": 0.2}),
            **{
                f"top-{n}gram": (f"top_{n}_gram", {"top_n_grams": ((n, limit),)})
                for n, limit in ((2, 0.2), (3, 0.18), (4, 0.16))
            },
            **{
                f"duplicate-{n}gram": (f"duplicated_{n}_n_grams", {"dup_n_grams": ((n, limit),)})
                for n, limit in zip(range(5, 11), (0.15, 0.14, 0.13, 0.12, 0.11, 0.1), strict=True)
            },
        },
    ),
    "fineweb": (
        FineWebQualityFilter,
        _NO_FINEWEB,
        {
            "empty": ("empty", {}),
            "punctuated-lines": ("line_punct_ratio", {"line_punct_thr": 0.12}),
            "short-lines": ("short_line_ratio", {"short_line_thr": 0.67}),
            "duplicate-line-characters": ("char_dup_ratio", {"char_duplicates_ratio": 0.01}),
            "newlines": ("list_ratio", {"new_line_ratio": 0.3}),
        },
    ),
}


def verdict(filter_: Any, text: str) -> str | None:
    """Why a filter drops a text, or that it is kept; null where the filter raises."""
    try:
        found = filter_.filter(Document(text=text, id="0"))
    except (ArithmeticError, LookupError, ValueError):
        return None
    return KEPT if found is True else str(found[1])


def _alone(found: str | None, reason: str) -> bool | None:
    return found == reason if found in (KEPT, reason) else None


def judge(texts: Sequence[str], words: Any, asked: Mapping[str, Any]) -> dict[str, Any]:
    """What each filter says of each text."""
    wholes = {name: rule[0](language=words) for name, rule in asked.items()}
    singles = {
        (name, rule): (partial(_alone, reason=reason), kind(**{**off, **on}, language=words))
        for name, (kind, off, rules) in asked.items()
        for rule, (reason, on) in rules.items()
    }
    said: dict[str, Any] = {
        name: {"whole": [], "rules": {rule: [] for rule in rules}}
        for name, (_, _, rules) in asked.items()
    }
    for text in texts:
        for name, filter_ in wholes.items():
            said[name]["whole"].append(verdict(filter_, text))
        for (name, rule), (alone, filter_) in singles.items():
            said[name]["rules"][rule].append(alone(verdict(filter_, text)))
    for name, (_, _, rules) in asked.items():
        said[name]["reasons"] = {reason: rule for rule, (reason, _) in rules.items()}
    return said


def clean(texts: Sequence[str], sentences: int) -> list[dict[str, str]]:
    """What C4's filter leaves of each text, or why it drops it."""
    filter_ = C4QualityFilter(min_num_sentences=sentences)
    answers = []
    for text in texts:
        document = Document(text=text, id="0")
        found = filter_.filter(document)
        answers.append({"text": document.text} if found is True else {"reason": str(found[1])})
    return answers


def versions() -> Iterator[str]:
    from importlib.metadata import version

    for name in ("datatrove", "spacy"):
        yield f"{name} {version(name)}"


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    given = json.load(sys.stdin)
    asked = {name: rules for name, rules in RULES.items() if name in sys.argv}
    said: dict[str, Any] = {"versions": list(versions())}
    said["words"] = {name: judge(given, words, asked) for name, words in WORDS.items()}
    if "c4" in sys.argv:
        said["c4"] = {"lines": clean(given, -1), "whole": clean(given, 5)}
    json.dump(said, sys.stdout)
