"""The end of a conversation: an answer, ranked answers, or a preferred and a rejected one."""

from typing import Any, NamedTuple

from curate.readers.problem import BadRecordError, named
from curate.readers.shapes.transcript import OPENING, is_transcript, transcript_turns
from curate.readers.shapes.turn import Turn, turns_of

RANKED = "ranked_between"
"""Where meta keeps the ranked answers between the best and the worst."""


class Endings(NamedTuple):
    """The wanted turns, and those not wanted; `shared` of them are the same prompt."""

    chosen: list[Turn]
    rejected: list[Turn] | None = None
    shared: int = 0


def answer(value: Any, column: str, extras: dict[str, Any]) -> Endings:
    """One answer, as a text or turns; or texts ranked from best to worst.

    Of ranked answers the first is chosen and the last is rejected. A null is an empty answer.
    """
    if value is None or type(value) is str:
        return Endings([Turn("assistant", value)])
    if not isinstance(value, list) or not value or not isinstance(value[0], str):
        return Endings(_turns(value, column, extras))
    wrong = next((each for each in value if not isinstance(each, str)), None)
    if wrong is not None:
        raise BadRecordError(f"{column} holds {named(wrong)}; ranked answers are texts")
    if len(value) == 1:
        return Endings([Turn("assistant", value[0])])
    if len(value) > 2:
        extras[RANKED] = value[1:-1]
    return Endings([Turn("assistant", value[0])], [Turn("assistant", value[-1])])


def pair(
    chosen: Any, rejected: Any, columns: tuple[str, str], asks: bool, extras: dict[str, Any]
) -> Endings:
    """A preferred and a rejected ending, or two whole conversations that share their beginning.

    `asks` says whether there is a prompt beside them. Whole conversations are transcripts, lists
    whose first turn is not the assistant's, and all lists where there is no prompt.
    """
    good, bad = (
        _sided(value, column, asks, extras)
        for value, column in zip((chosen, rejected), columns, strict=True)
    )
    whole = [_begins_conversation(turns) or not asks for turns in (good, bad)]
    if whole[0] != whole[1]:
        raise BadRecordError(f"one of {columns[0]} and {columns[1]} is a whole conversation")
    if not whole[0]:
        return Endings(good, bad)
    for value, turns in ((chosen, good), (rejected, bad)):
        if isinstance(value, str) and not _begins_conversation(turns):
            raise BadRecordError(
                f"{columns[0]} and {columns[1]} are texts without a prompt; name it by `map:`"
            )
    shared = _shared(good, bad)
    if not shared:
        raise BadRecordError(f"{columns[0]} and {columns[1]} have no first turn in common")
    return Endings(good, bad[shared:], shared)


def _sided(value: Any, column: str, asks: bool, extras: dict[str, Any]) -> list[Turn]:
    if value is None:
        raise BadRecordError(f"{column} is null; a preference pair has both sides")
    if isinstance(value, str):
        # Beside a prompt, an answer may well begin with "Assistant:"; that is its content.
        whole = value.startswith(OPENING) if asks else is_transcript(value)
        return transcript_turns(value) if whole else [Turn("assistant", value)]
    return _turns(value, column, extras)


def _turns(value: Any, column: str, extras: dict[str, Any]) -> list[Turn]:
    if not isinstance(value, list | dict):
        raise BadRecordError(f"{column} is {named(value)}; an answer is a text, or turns")
    return turns_of(value, column, extras)


def _begins_conversation(turns: list[Turn]) -> bool:
    return turns[0].role in ("system", "user")


def _shared(chosen: list[Turn], rejected: list[Turn]) -> int:
    """How many first turns are the same; each side keeps at least its last turn.

    Whether a turn is trained on makes no difference.
    """
    most = min(len(chosen), len(rejected)) - 1
    for count in range(most):
        if chosen[count][:-1] != rejected[count][:-1]:
            return count
    return most
