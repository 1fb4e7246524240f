"""What the numbers of an entity must fulfil: that it is one, and that it is right."""

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final, NamedTuple

from curate.patterns.checksums import CHECKSUMS

_LAST: Final = -1


Form = Callable[[str], bool]
"""Whether a text is written as a number is."""


class Rule(NamedTuple):
    """What a number must fulfil."""

    forms: tuple[Form, ...]
    """The surest first."""
    verdict: Callable[[str], int]
    """0 where its checksum does not hold, 1 where it may, 2 where it does; of one in that form."""
    check_place: int = _LAST
    """Which of its letters and digits is the check digit."""


_CHECKED: Final[Mapping[str, tuple[str, str, int]]] = {
    "BR_CPF": ("cpf", r"\d{11}", _LAST),
    "CH_AHV": ("gs1", r"756\d{10}", _LAST),
    "FR_NIR": ("nir", r"[1-478]\d{2}(?:0[1-9]|1[0-2])(?:\d{2}|2[AB])\d{8}", _LAST),
    "IMEI": ("luhn", r"\d{15}", _LAST),
    "NL_BSN": ("bsn", r"\d{9}", _LAST),
    "ORCID": ("mod11-2", r"\d{15}[\dX]", _LAST),
    "SIM_CARD_NUMBER": ("luhn", r"89\d{17,18}", _LAST),
    "VEHICLE_IDENTIFICATION_NUMBER": (
        *("vin", r"[A-HJ-NPR-Z0-9]{8}[0-9X][A-HJ-NPR-Z0-9]{5}[0-9]{3}", 8),
    ),
}
"""Of entities of the pack `pii`: the checksum, the form, and the place of the check digit."""

_OF_A_COUNTRY: Final = re.compile(r"[A-Z]{2}_\w+|ABA_ROUTING_NUMBER|MEDICAL_LICENSE")
"""Entities that a recognizer of Presidio may have: to ask it about others takes seconds."""


@cache
def rule_of(entity: str) -> Rule | None:
    """What the values of an entity fulfil; None where nothing is known of them."""
    if entity in _CHECKED:
        name, form, place = _CHECKED[entity]
        pattern = re.compile(form, re.ASCII)
        return Rule(
            (lambda text: pattern.fullmatch(text) is not None,),
            lambda text: 2 if CHECKSUMS[name](text) else 0,
            place,
        )
    if not _OF_A_COUNTRY.fullmatch(entity):
        return None
    from curate.pii.recognizers import known_entities

    kind = known_entities().get(entity)
    recognizer = None if kind is None else kind()
    return _recognized(recognizer) if hasattr(recognizer, "patterns") else None


def _recognized(recognizer: Any) -> Rule:
    """By Presidio's own patterns and its own opinion of what they find."""
    import regex

    def form(pattern: Any) -> Form:
        compiled = regex.compile(pattern.regex, recognizer.global_regex_flags)
        return lambda text: compiled.fullmatch(text) is not None

    def verdict(text: str) -> int:
        is_valid = recognizer.validate_result(text)
        if is_valid is False or recognizer.invalidate_result(text):
            return 0
        return 2 if is_valid else 1

    surest = sorted(recognizer.patterns, key=lambda pattern: -pattern.score)
    return Rule(tuple(map(form, surest)), verdict)
