r"""Conversations written as one text, as in HH-RLHF: `\n\nHuman: ...\n\nAssistant: ...`."""

import re
from typing import Final

from curate.readers.shapes.turn import Turn

OPENING: Final = "\n\nHuman:"
"""How a transcript begins that can be nothing else."""

_SPEAKER: Final = re.compile(r"(?:^|\n\n)(Human|Assistant):")
_ROLE_OF: Final = {"Human": "user", "Assistant": "assistant"}


def is_transcript(text: str) -> bool:
    """Whether a text begins with a speaker."""
    return _SPEAKER.match(text) is not None


def transcript_turns(text: str) -> list[Turn]:
    r"""The turns of a transcript.

    Exactly the one space after the colon is taken away: all other white space is content.

    >>> [turn.content for turn in transcript_turns("\n\nHuman: hi \n\nAssistant:  hello")]
    ['hi ', ' hello']
    """
    _, *parts = _SPEAKER.split(text)
    speakers, contents = parts[::2], parts[1::2]
    return [
        Turn(_ROLE_OF[speaker], content.removeprefix(" "))
        for speaker, content in zip(speakers, contents, strict=True)
    ]
