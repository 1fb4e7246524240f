"""Types of settings that several operators have."""

from typing import Annotated

from pydantic import BeforeValidator

from curate.fields import FIELDS, is_field


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
