"""Texts that are planted in the scale corpus: personal data, faults, code, instructions."""

from typing import Final

import numpy as np
from corpus_plan import Places, Plan
from corpus_text import mixed, salted

SYSTEM: Final = (
    "You are a patient assistant of a help desk. Answer in the language of the question.",
    "Be brief and exact. Say when you do not know.",
    "You help customers of a web shop. Never promise a refund.",
    "Answer in at most five sentences, then ask whether that was all.",
    "You are a technician. Explain every step, and why it is needed.",
    "Reply politely, and name the page where more can be read.",
)
REFUSALS: Final = (
    "I'm sorry, but I cannot help with that.",
    "I am unable to assist with this request.",
    "As an AI language model, I cannot do that.",
    "Sorry, I can't answer this question.",
)
GARBLED: Final = tuple(
    f"{text} ".encode().decode("cp1252")
    for text in (
        "It’s the naïve way – and it works.",
        "Größe und Straße müssen übereinstimmen.",
        "El número está en la página – señale «sí».",
        "Très bien : déjà réglé, l’été dernier…",
    )
)
"""UTF-8 read as Windows-1252."""
CODE: Final = (
    '\n\n```python\nfor item in orders[{n}:]:\n    print("order", item)\n```',
    "\n\n```sql\nSELECT * FROM orders WHERE number = {n};\n```",
    '\n\n```json\n{{"retry": {n}, "path": "C:\\\\logs"}}\n```',
)
ASKS: Final = {
    "mail": " Please write to {} about it.",
    "phone": " You can call me at {} in the morning.",
    "card": " I paid with the card {} last week.",
    "ip": " The device has the address {} in our net.",
}
NAMES: Final = ("anna", "b.keller", "carlos", "d_moreau", "emre", "f.jones", "gita", "h.lindqvist")
HOSTS: Final = ("example.com", "example.org", "mail.example.net", "shop.example.com")


def check_digit(digits: str) -> str:
    """The digit that makes a card number valid by Luhn's formula (ISO/IEC 7812-1, annex B).

    >>> check_digit("7992739871")
    '3'
    """
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (2 - place % 2)
        total += doubled - 9 if doubled > 9 else doubled
    return str(-total % 10)


def personal(kind: str, bits: int) -> str:
    """A made-up personal datum of a kind, from 64 random bits."""
    if kind == "mail":
        return f"{NAMES[bits % 8]}{bits // 8 % 900 + 100}@{HOSTS[bits >> 60 & 3]}"
    if kind == "phone":
        return f"+1 ({200 + bits % 700}) 555-{bits >> 32 & 0x1FFF:04d}"
    if kind == "ip":
        return ".".join(str(part) for part in (10, bits % 256, bits >> 8 & 255, bits >> 16 & 255))
    digits = f"4{bits % 10**14:014d}"
    digits += check_digit(digits)
    return " ".join(digits[at : at + 4] for at in range(0, 16, 4))


def question_ends(plan: Plan) -> list[str]:
    """What stands at the end of each record's first question."""
    ends = [""] * len(plan.numbers)
    for kind, sentence in ASKS.items():
        rows = np.flatnonzero(plan.is_kind(kind))
        bits = mixed(plan.base[rows], salted(plan.seed, kind))
        for row, each in zip(rows.tolist(), bits.tolist(), strict=True):
            ends[row] = sentence.format(personal(kind, each))
    return ends


def answer_starts(plan: Plan) -> list[str]:
    """What stands at the beginning of each record's last answer."""
    starts = [""] * len(plan.numbers)
    draws = plan.draw("garbled", len(GARBLED))
    for row in np.flatnonzero(plan.is_kind("mojibake")).tolist():
        starts[row] = GARBLED[draws[row]]
    return starts


def answer_ends(plan: Plan, silent: Places) -> list[str]:
    """What stands at the end of each record's last answer: code, or a refusal alone.

    `silent` is the rows whose last answer has no sentences.
    """
    ends = [""] * len(plan.numbers)
    numbers = plan.draw("number", 90_000)
    kinds = plan.draw("code", 100)
    for row in np.flatnonzero(kinds < len(CODE)).tolist():
        ends[row] = CODE[kinds[row]].format(n=numbers[row])
    refused = plan.is_kind("refusal")
    for row in silent.tolist():
        ends[row] = REFUSALS[numbers[row] % len(REFUSALS)] if refused[row] else ""
    return ends
