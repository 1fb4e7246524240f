"""Gopher's quality rules (Rae et al. 2021, arXiv 2112.11446, appendix A1.1), one by one."""

import string

import regex

from tests.rules.reference.reading import Choices, Reading, above, below, share
from tests.rules.reference.words import lines, words

STOP_WORDS = {"the", "be", "to", "of", "and", "that", "have", "with"}

_LETTER = regex.compile(r"\p{L}")
_AROUND = regex.compile(r"^[^\p{L}\p{M}\p{Nd}\u200c\u200d]*|[^\p{L}\p{M}\p{Nd}\u200c\u200d]*$")

# datatrove's list: ASCII punctuation, the ends of sentences, control characters but tab and line
# feed, and these.
_SIGNS = set(string.punctuation) | set("«´»–—’“”„…∶━►、。〈〉《》「」【】！％（），．１：；？～")
_SIGNS |= {chr(code) for code in (*range(9), *range(11, 32), *range(127, 160))}


def number_of_words(text: str, choices: Choices) -> float:
    """... that does not contain between 50 and 100,000 words."""
    return len(_counted(text, choices))


def mean_word_length(text: str, choices: Choices) -> float | None:
    """... whose mean word length is outside the range of 3 to 10 characters."""
    counted = _counted(text, choices)
    return share(sum(map(len, counted)), len(counted))


def hash_ratio(text: str, choices: Choices) -> float | None:
    """... a symbol-to-word ratio greater than 0.1 for the hash symbol ..."""
    return share(text.count("#"), len(words(text, choices)))


def ellipsis_ratio(text: str, choices: Choices) -> float | None:
    """... or for the ellipsis."""
    return share(text.count("...") + text.count("…"), len(words(text, choices)))


def bullet_lines(text: str, choices: Choices) -> float | None:
    """... more than 90% of lines starting with a bullet point ..."""
    found = _lines(text, choices)
    return share(sum(_is_bullet(line, choices) for line in found), len(found))


def ellipsis_lines(text: str, choices: Choices) -> float | None:
    """... or more than 30% ending with an ellipsis."""
    found = _lines(text, choices)
    return share(sum(line.endswith(("...", "…")) for line in found), len(found))


def alphabetic_words(text: str, choices: Choices) -> float | None:
    """... 80% of words must contain at least one alphabetic character."""
    found = words(text, choices)
    return share(sum(bool(_LETTER.search(word)) for word in found), len(found))


def stop_words(text: str, choices: Choices) -> float:
    """... at least two of the following English words."""
    return len(STOP_WORDS & set(required_words(text, choices)))


def required_words(text: str, choices: Choices) -> list[str]:
    """The words of a text that are stop words."""
    found = list(words(text, choices))
    if "exact" not in choices:
        found = [_AROUND.sub("", word).lower() for word in found]
    return [word for word in found if word in STOP_WORDS]


def _counted(text: str, choices: Choices) -> list[str]:
    found = list(words(text, choices))
    if "worded" in choices:
        found = [word for word in found if not all(is_sign(sign) for sign in word)]
    return found


def is_sign(character: str) -> bool:
    """Whether datatrove takes a character for punctuation."""
    return character in _SIGNS or ends_sentence_for_datatrove(character)


def ends_sentence_for_datatrove(character: str) -> bool:
    """Sentence_Terminal without what newer Unicode added, and with three signs of Khmer."""
    newer = "\u1b4e\u1b4f\u1b7f\u2024\u2cf9\u2cfa\u2cfb\u2e60\u2e61\ufe12\ufe15\ufe16"
    newer += "\U000113d4\U000113d5\U00016d6e\U00016d6f"
    if character in newer:
        return False
    return character in "\u17d6\u17d9\u17da" or ends_sentence(character)


_TERMINAL = regex.compile(r"\p{Sentence_Terminal}")


def ends_sentence(character: str) -> bool:
    """Whether a character may end a sentence (UAX #29)."""
    return bool(_TERMINAL.match(character))


def _lines(text: str, choices: Choices) -> list[str]:
    if "all-lines" in choices:
        return [line.strip() for line in text.splitlines()]
    return lines(text)


def _is_bullet(line: str, choices: Choices) -> bool:
    if "dashes" in choices:
        return line.startswith(("•", "-"))
    if line.startswith(("-", "*")):
        return len(line) == 1 or line[1].isspace()
    return line.startswith(tuple("•‣◦⁃∙▪●"))


READINGS = {
    "too-few-words": Reading(number_of_words, below(50)),
    "too-many-words": Reading(number_of_words, above(100_000)),
    "short-words": Reading(mean_word_length, below(3)),
    "long-words": Reading(mean_word_length, above(10)),
    "hash-signs": Reading(hash_ratio, above(0.1)),
    "ellipses": Reading(ellipsis_ratio, above(0.1)),
    "bullet-lines": Reading(bullet_lines, above(0.9)),
    "ellipsis-lines": Reading(ellipsis_lines, above(0.3)),
    "alphabetic-words": Reading(alphabetic_words, below(0.8)),
    "stop-words": Reading(stop_words, below(2)),
}
