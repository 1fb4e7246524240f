"""The faults that are planted in the demonstration data, and what a build should do with each."""

import re
from collections.abc import Callable
from typing import Any, Final, NamedTuple

from .conversations import TEXTS, Pair, Ticket, Turn


class Fault(NamedTuple):
    """A kind of fault, and what a build should do with each of its `times` records.

    `make` is given a sound item and a number; a twin stands beside the sound item, every other
    fault in its place. None stands for a line that is cut off.
    """

    name: str
    what: str
    expect: str
    times: int
    make: Callable[[Any, int], Any] | None
    twin: bool = False


def faulty(name: str, number: int) -> str:
    """One of the texts that are planted as a fault."""
    texts: list[str] = TEXTS["faulty"][name]
    return texts[number % len(texts)]


def signed(text: str) -> str:
    """The text with a name and quotation marks that are no ASCII."""
    return "Zoë from Fernway here. " + re.sub(r"(?<!\w)'", "‘", text).replace("'", "’")


def garbled(text: str) -> str:
    """UTF-8 that was read as Windows-1252, as happens between mail programs."""
    return signed(text).encode().decode("cp1252")


def with_controls(text: str, number: int) -> str:
    """The text with a control character after its first and its last word."""
    first, _, rest = text.partition(" ")
    return first + faulty("control", number) + " " + rest + faulty("control", number)


def cut_short(text: str, number: int) -> str:
    """The text up to a word in its middle, as when a limit on tokens was reached."""
    words = text.split(" ")
    return " ".join(words[: len(words) // 2 + number % 3]).rstrip(".,:;'!?") + " and then the"


def answering(change: Callable[[str, int], str]) -> Callable[[Ticket, int], Ticket]:
    """A change of the last answer, as a change of the ticket."""

    def changed(item: Ticket, number: int) -> Ticket:
        *before, last = item.messages
        return item._replace(messages=(*before, Turn(last.role, change(last.content, number))))

    return changed


def echoing(item: Ticket, _: int) -> Ticket:
    """The answer repeats the question."""
    asked = item.messages[-2].content
    return item._replace(messages=(*item.messages[:-1], Turn("assistant", asked)))


def disordered(item: Ticket, number: int) -> Ticket:
    """Turns in an order that no chat template allows."""
    asked, answered = item.messages[-2:]
    orders = ((asked, asked, answered), (answered, asked, answered), (asked, answered, answered))
    return item._replace(messages=orders[number % len(orders)])


def restyled(item: Ticket, number: int) -> Ticket:
    """The same conversation in other case or spacing."""
    style = (str.upper, str.lower, lambda text: text.replace(" ", "  ") + " ")[number % 3]
    return item._replace(messages=tuple(Turn(role, style(text)) for role, text in item.messages))


def same_once_repaired(item: Pair, _: int) -> Pair:
    """A pair whose answers differ by nothing but mojibake."""
    return item._replace(chosen=signed(item.chosen), rejected=garbled(item.chosen))


BLANK: Final = "the answer is empty or blank"
BOILERPLATE: Final = "the answer is the boilerplate of a refusal"
CUT_OFF: Final = "a line of JSON that is cut off"

# fmt: off
TICKET_FAULTS: Final = (
    Fault("mojibake", "UTF-8 read as Windows-1252", "edited", 10,
          answering(lambda text, _: garbled(text))),
    Fault("control-characters", "control characters in the answer", "edited", 8,
          answering(with_controls)),
    Fault("trailing-spaces", "spaces at the ends of lines", "edited", 10,
          answering(lambda text, _: text.replace("\n", "  \n") + "   ")),
    Fault("exact-duplicate", "the same ticket in other case or spacing", "dropped", 12,
          restyled, twin=True),
    Fault("empty-answer", BLANK, "dropped", 8,
          answering(lambda _, number: faulty("empty", number))),
    Fault("refusal", BOILERPLATE, "dropped", 8,
          answering(lambda _, number: faulty("refusal", number))),
    Fault("unfinished", "the answer stops in the middle of a sentence", "dropped", 8,
          answering(cut_short)),
    Fault("prompt-echo", "the answer repeats the question", "dropped", 6, echoing),
    Fault("unfilled-variable", "a template variable was never filled in", "dropped", 6,
          answering(lambda text, number: faulty("unfilled", number) + text)),
    Fault("placeholder", "a placeholder in brackets, which only house.yaml drops", "dropped", 6,
          answering(lambda text, number: faulty("placeholder", number) + text)),
    Fault("role-order", "two turns of one role in succession, or an answer first", "dropped", 6,
          disordered),
    Fault("broken-line", CUT_OFF, "quarantined", 4, None),
)
PAIR_FAULTS: Final = (
    Fault("identical", "chosen and rejected are the same", "dropped", 4,
          lambda item, _: item._replace(rejected=item.chosen)),
    Fault("identical-once-repaired", "the same but for mojibake", "dropped", 3,
          same_once_repaired),
    Fault("exact-duplicate", "the same pair in other spacing", "dropped", 5,
          lambda item, _: item._replace(prompt="  " + item.prompt.replace(" ", "  ")), twin=True),
    Fault("refusal", BOILERPLATE, "dropped", 4,
          lambda item, number: item._replace(chosen=faulty("refusal", number))),
    Fault("empty-answer", BLANK, "dropped", 3,
          lambda item, number: item._replace(chosen=faulty("empty", number))),
    Fault("broken-line", CUT_OFF, "quarantined", 2, None),
)
# fmt: on
