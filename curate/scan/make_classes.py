"""Make `classes.txt` from the Unicode data of the package `regex`.

    python -m curate.scan.make_classes

The file is kept, so that a count does not depend on the Unicode version of a Python or a package.
"""

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Final

from curate.scan.classes import FILE, Flag

UNICODE: Final = "17.0"

_ALONE_SCRIPTS: Final = ("Han", "Hiragana", "Katakana", "Thai", "Lao", "Khmer", "Myanmar")

# UAX #29 closes a sentence over these; a mark of emphasis in Markdown stands at the same place.
_CLOSING: Final = "[\\p{Pe}\\p{Pf}\\p{Pi}\"'*_]"

PATTERNS: Final = {
    Flag.LETTER: r"\p{L}",
    Flag.UPPER: r"\p{Lu}",
    Flag.LOWER: r"\p{Ll}",
    Flag.DIGIT: r"\p{Nd}",
    Flag.PUNCTUATION: r"\p{P}",
    Flag.TERMINAL: r"\p{Sentence_Terminal}",
    Flag.CLOSING: _CLOSING,
    Flag.MARK: r"[\p{M}\u200c\u200d]",
    Flag.ALONE: "[" + "".join(rf"\p{{Script={name}}}" for name in _ALONE_SCRIPTS) + "&&\\p{L}]",
}


def ranges() -> Iterator[tuple[int, int, int]]:
    """Runs of code points with the same flags: first, last, flags; those without flags left out."""
    import regex

    patterns = {
        flag: regex.compile(pattern, regex.V1 | regex.UNICODE) for flag, pattern in PATTERNS.items()
    }

    def flags(code: int) -> int:
        if 0xD800 <= code <= 0xDFFF:
            return 0
        character = chr(code)
        # As `str.isspace`, so that words are what `str.split` gives in scripts with spaces.
        found = Flag.SPACE if character.isspace() else 0
        for flag, pattern in patterns.items():
            if pattern.match(character):
                found |= flag
        return int(found)

    for value, run in groupby(range(0x110000), key=flags):
        codes = list(run)
        if value:
            yield codes[0], codes[-1], value


def _lines() -> Iterator[str]:
    yield f"# Unicode {UNICODE}: first and last code point, flags (classes.Flag), in hex"
    for first, last, value in ranges():
        yield f"{first:x} {last:x} {value:x}"


if __name__ == "__main__":
    Path(str(FILE)).write_text("\n".join(_lines()) + "\n", encoding="ascii")
