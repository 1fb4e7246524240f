"""Words and lines, as the packs have them."""

from functools import lru_cache

import regex

from tests.rules.reference.reading import Choices

# One letter of a script that is written without spaces, with what is no letter or digit after it;
# or anything else up to the next such letter.
_ALONE = (
    r"[[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}"
    r"\p{Script=Khmer}\p{Script=Myanmar}]&&\p{L}]"
)
_WORD = regex.compile(rf"(?V1)(?:{_ALONE}[^\p{{L}}\p{{Nd}}]*|(?:(?!{_ALONE}).)+)", regex.DOTALL)


@lru_cache(maxsize=8)
def words(text: str, choices: Choices) -> tuple[str, ...]:
    """What stands between white space; in scripts without spaces each letter."""
    stretches = text.split()
    if "spaces" in choices:
        return tuple(stretches)
    return tuple(word for stretch in stretches for word in _WORD.findall(stretch))


def lines(text: str) -> list[str]:
    """What stands between line feeds, without white space at its ends, but blank ones."""
    return [line.strip() for line in text.split("\n") if line.strip()]
