"""Sound support conversations and preference pairs, from the texts of `scenarios.toml`.

All choices are hashes of a seed and a number, so that every Python makes the same ones.
"""

import hashlib
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

SEED: Final = "fernway-1"
TEXTS: Final[dict[str, Any]] = tomllib.loads(
    (Path(__file__).parent / "scenarios.toml").read_text("utf-8")
)


class Turn(NamedTuple):
    """One turn of a conversation."""

    role: str
    content: str


class Ticket(NamedTuple):
    """One support conversation."""

    topic: str
    channel: str
    messages: tuple[Turn, ...]


class Pair(NamedTuple):
    """One preference pair."""

    topic: str
    prompt: str
    chosen: str
    rejected: str


def pick(options: Sequence[Any], *key: object) -> Any:
    """Choose by a hash of the seed and a key."""
    digest = hashlib.sha256(repr((SEED, *key)).encode()).digest()
    return options[int.from_bytes(digest[:8], "big") % len(options)]


def filled(text: str, number: int) -> str:
    """Fill the words in braces; one conversation has one value for each."""
    return text.format(
        **{slot: pick(words, slot, number) for slot, words in TEXTS["slots"].items()}
    )


def phrase(name: str, number: int) -> str:
    """What stands around a question or an answer."""
    return filled(pick(TEXTS["phrases"][name], name, number), number)


def question(scenario: dict[str, Any], number: int) -> str:
    """What the customer writes."""
    asked = filled(pick(scenario["ask"], "ask", number), number)
    return phrase("opening", number) + phrase("context", number) + asked + phrase("closing", number)


def answer(scenario: dict[str, Any], number: int) -> str:
    """What the team answers."""
    answered = filled(pick(scenario["answer"], "answer", number), number)
    return phrase("greeting", number) + answered + phrase("farewell", number)


def ticket(number: int) -> Ticket:
    """One sound conversation; each number gives another."""
    scenario = TEXTS["scenario"][number % len(TEXTS["scenario"])]
    turns = [Turn("user", question(scenario, number)), Turn("assistant", answer(scenario, number))]
    if pick(range(10), "turns", number) < 4:
        further, reply = scenario["then"]
        turns.append(Turn("user", phrase("thanks", number) + filled(further, number)))
        turns.append(Turn("assistant", filled(reply, number)))
    if pick(range(10), "instructed", number) < 3:
        turns.insert(0, Turn("system", phrase("system", number)))
    channel = pick(("email", "email", "chat", "form"), "channel", number)
    return Ticket(scenario["topic"], channel, tuple(turns))


def pair(number: int) -> Pair:
    """One sound preference pair: a good answer and a weak one."""
    scenario = TEXTS["scenario"][number % len(TEXTS["scenario"])]
    other = number + 10_000
    weak = filled(pick(TEXTS["phrases"]["greeting"], "weak", other) + scenario["weak"], other)
    return Pair(scenario["topic"], question(scenario, other), answer(scenario, other), weak)
