"""What the kept table of characters says."""

import unicodedata

import numpy as np

from curate.scan.classes import LETTER, SPACE, UPPER, classes
from curate.scan.make_classes import ranges


def test_white_space_is_what_python_splits_at() -> None:
    table = classes()
    assert [code for code in range(0x110000) if chr(code).isspace()] == [
        code for code in range(0x110000) if table[code] & SPACE
    ]


def test_letters_are_those_that_python_knows_and_later_ones() -> None:
    table = classes()
    known = [code for code in range(0x110000) if unicodedata.category(chr(code)) != "Cn"]
    differ = [code for code in known if chr(code).isalpha() != bool(table[code] & LETTER)]
    assert len(differ) < 10
    assert all(table[ord(letter)] & UPPER for letter in "AÉЖΩ")


def test_the_file_is_what_its_maker_makes_but_for_characters_of_other_versions() -> None:
    made = np.zeros(0x110000, np.uint16)
    for first, last, flags in ranges():
        made[first : last + 1] = flags
    differ = np.flatnonzero(made != classes())
    assert not [code for code in differ.tolist() if unicodedata.category(chr(code)) != "Cn"]
