"""The fields of records that topics can be of."""

from collections.abc import Sequence
from typing import Final

from curate.conversations import WHOLE

FIELDS: Final = ("conversation", "text", "prompt", "response", "system", "rejected")

_SAID: Final = ("prompt", "response")


def said_fields(field: str) -> Sequence[str]:
    """The fields whose words name the topics of a field: of a conversation those embedded."""
    return _SAID if field in WHOLE else (field,)
