"""An automaton of digits accepts what its patterns match, and nothing else."""

import re
from itertools import product

import pytest

from curate.pii.digit_automaton import ACCEPTS, START, Table, automaton, united
from curate.pii.pattern_reader import UnreadableError

PATTERNS = (
    *("1", "1[23]", "12|13|1", r"\d{2,3}", "(?:0|90)?12", "0*1+", "[2-9]{2}(?:00)*", "(1)2", ""),
    *("(?:1(?:2|34)|12)5", "(?:1?){3}", "(?:0{0,2}){2}9", "(?:1|12)(?:3|23)"),
)
NUMBERS = ["".join(digits) for length in range(5) for digits in product("012359", repeat=length)]


def accepted(table: Table, digits: str) -> bool:
    state = START
    for digit in digits:
        state = table[state, int(digit)]
    return bool(table[state, ACCEPTS])


@pytest.mark.parametrize("pattern", PATTERNS)
def test_what_a_pattern_matches_is_accepted_and_nothing_else(pattern: str) -> None:
    table = automaton(pattern)
    for digits in NUMBERS:
        assert accepted(table, digits) == (re.fullmatch(pattern, digits) is not None)


def test_some_automata_made_one_accept_what_any_of_them_does() -> None:
    tables = [automaton(each) for each in PATTERNS]
    whole = united(tables)
    for digits in NUMBERS:
        assert accepted(whole, digits) == any(accepted(each, digits) for each in tables)


def test_states_from_which_the_same_follows_are_one() -> None:
    assert automaton("1[0-4]|1[5-9]|2[0-9]").tolist() == automaton(r"[12]\d").tolist()


def test_a_group_that_is_dropped_stands_for_nothing() -> None:
    table = automaton(r"0(12(\d\d))?3", (2,))
    assert accepted(table, "0123")
    assert not accepted(table, "012993")


def test_a_pattern_that_is_not_understood_is_an_error() -> None:
    with pytest.raises(UnreadableError):
        automaton(r"(?P<name>1)")
