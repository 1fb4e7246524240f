"""Paraphrases of PPDB (Pavlick et al. 2015), of single words."""

from functools import lru_cache
from pathlib import Path

from curate.errors import InputError


@lru_cache(maxsize=1)
def read_ppdb(file: Path) -> dict[str, tuple[str, ...]]:
    """The paraphrases of each word, in the order of the file. Raises `InputError`.

    A line has a part of speech, a phrase, a paraphrase and more, with `|||` between them; phrases
    of several words are left out, as are words whose paraphrase has the same letters.
    """
    found: dict[str, dict[str, None]] = {}
    number = 0
    try:
        with file.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                fields = [field.strip() for field in line.split("|||")]
                if len(fields) < 3:
                    raise ValueError(f"line {number} has no phrase and paraphrase")
                word, other = fields[1:3]
                if " " not in word and " " not in other and word.lower() != other.lower():
                    found.setdefault(word, {})[other] = None
    except (OSError, ValueError) as error:
        right = "Name an unpacked file of paraphrase.org, such as ppdb-2.0-s-lexical"
        raise InputError(str(file), f"cannot be read ({error})", right) from error
    return {word: tuple(others) for word, others in found.items()}
