"""Sums that a text writes out, worked out again."""

import operator
import re
from collections.abc import Callable
from fractions import Fraction
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from curate.byte_gates import holding, matching
from curate.signals.registry import text_signal

_NUMBER: Final = r"(?!0\d)(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_SIGNS: Final = "-+*/x×·÷−"
_BEFORE: Final = (
    r"(?<![\w.,:;)\]}^*/+×·÷=%$€£√∑|−-])(?<![\dx)\]}^*/+×·÷=%√|−-][ \t])(?<!and[ \t])(?<!\d,[ \t])"
)
_AFTER: Final = (
    r"(?![\d.,]*\d|[A-Za-z°^%!(]|[ \t]\d|\.\.|[ \t]*…|[ \t]*(?:r|rem|remainder|mod)\b"
    rf"|[ \t]*[%^=]|[ \t]*[{_SIGNS}][ \t]*[\w(])"
)
_LEFT: Final = rf"{_NUMBER}(?:[ \t]*[{_SIGNS}][ \t]*{_NUMBER})+"
_SUM: Final = re.compile(rf"{_BEFORE}({_LEFT})[ \t]*=[ \t]*([-−]?{_NUMBER}){_AFTER}")
"""Numbers with operators between, an equals sign, and a number with which the sum ends."""

_GATE: Final = rf"\d[ \t]*[{_SIGNS}][ \t]*[\d,.]+[ \t]*=[ \t]*[-−]?\d"

_OF_FRACTIONS: Final = re.compile(r"[/÷][^-+*x×·−]*[/÷]")
"""One division after the other: "10 / 1/2" divides by a fraction, and cannot be told apart."""

_PARTS: Final = re.compile(rf"{_NUMBER}|[{_SIGNS}]")
_MEANING: Final = {"x": "*", "×": "*", "·": "*", "÷": "/", "−": "-"}
_OPERATIONS: Final[dict[str, Callable[[Fraction, Fraction], Fraction]]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}


@text_signal("sums", pa.int64())
def false_sums(texts: pa.StringArray) -> pa.Array:
    """Number of sums that are wrong, such as "2 + 2 = 5"; rounding in the last digit is right."""
    gate = matching(texts, _GATE, holding(texts, b"="))
    counts = np.zeros(len(texts), np.int64)
    for row in np.flatnonzero(gate).tolist():
        counts[row] = sum(_is_false(*found) for found in _SUM.findall(texts[row].as_py()))
    return pc.if_else(pc.is_valid(texts), pa.array(counts), pa.scalar(None, pa.int64()))


def _is_false(left: str, right: str) -> bool:
    """Whether two sides differ by more than one unit of the right side's last digit."""
    if _OF_FRACTIONS.search(left):
        return False
    try:
        worth = _worth(_PARTS.findall(left))
    except ZeroDivisionError:
        return True
    stated = right.replace(",", "").replace("−", "-")
    decimals = len(stated.partition(".")[2])
    return abs(worth - Fraction(stated)) > Fraction(1, 10**decimals) * (worth.denominator != 1)


def _worth(parts: list[str]) -> Fraction:
    """What numbers with operators between them come to, products and quotients first."""
    terms = [_number(parts[0])]
    for sign, number in zip(parts[1::2], parts[2::2], strict=True):
        sign = _MEANING.get(sign, sign)
        if sign in "*/":
            terms[-1] = _OPERATIONS[sign](terms[-1], _number(number))
        else:
            terms.append(_OPERATIONS[sign](Fraction(0), _number(number)))
    return sum(terms, Fraction(0))


def _number(text: str) -> Fraction:
    return Fraction(text.replace(",", ""))
