"""Types of settings that several operators have."""

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator

from curate.fields import FIELDS, can_be_judged, is_field


def one_or_more(names: object) -> object:
    """A text is a list of one.

    >>> one_or_more("prompt"), one_or_more(["prompt", "response"])
    (('prompt',), ('prompt', 'response'))
    """
    if isinstance(names, str):
        return (names,)
    return tuple(names) if isinstance(names, list) else names


Names = Annotated[tuple[str, ...], BeforeValidator(one_or_more)]
"""Names, of which one may be written without a list."""


def check_fields(names: tuple[str, ...]) -> None:
    """Raise ValueError where a name is no field."""
    unknown = [name for name in names if not is_field(name)]
    if unknown:
        raise ValueError(f"{unknown[0]!r} is no field; fields: {', '.join(FIELDS)}")


def check_texts(names: Sequence[str], done: str, known: Sequence[str] = ()) -> None:
    """Raise ValueError where a name is not one text of a record, or where there is no name.

    `done` is what is done to the texts, such as "scored". Where `known` is given, only its fields
    are right.

    >>> check_texts(["respons"], "scored")
    Traceback (most recent call last):
    ValueError: 'respons' is no field that can be scored; did you mean 'response'?
    """
    right = known or FIELDS[:-1]
    listed = ", ".join(right)
    if not names:
        raise ValueError(f"at least one field must be {done}, of {listed}")
    for name in names:
        if name in right or (not known and can_be_judged(name)):
            continue
        near = get_close_matches(name, right, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"fields: {listed}"
        raise ValueError(f"{name!r} is no field that can be {done}; {hint}")


def _judged(name: str) -> str:
    check_texts([name], "judged")
    return name


def _measured(name: str) -> str:
    check_texts([name], "measured")
    return name


JudgedField = Annotated[str, AfterValidator(_judged)]
"""A field whose text rules can judge."""

MeasuredField = Annotated[str, AfterValidator(_measured)]
"""A field whose text signals can be measured on."""


def listed(value: object) -> object:
    """A list as the tuple that a frozen setting holds."""
    return tuple(value) if isinstance(value, list) else value
