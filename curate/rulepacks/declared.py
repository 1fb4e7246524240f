"""Scores that a pack declares: what signal steps before it give, by name."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Annotated, Any, Literal, NoReturn

import pyarrow as pa
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from curate.rulepacks.definitions import RESERVED, DefinitionFault
from curate.scan import Scan
from curate.scores import ARROW_TYPES
from curate.signals import SIGNALS, Signal
from curate.signals.registry import NAME


class Declared(BaseModel):
    """A score that a pack needs."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    what: Annotated[str, Field(min_length=1)]
    """One sentence: what it measures, and which step gives it."""
    type: Literal["number", "label"] = "number"
    """What its values are."""

    def signal(self, name: str) -> Signal:
        """It as a signal, for what rules are held against: it cannot be measured on the spot."""
        return Signal(name, self.what, "", ARROW_TYPES[self.type], True, _not_measured)


def _not_measured(_batch: pa.RecordBatch, _scan: Scan) -> NoReturn:
    raise TypeError("a score is given by a signal step, and not measured on the spot")


def _in_short(written: Any) -> Any:
    return {"what": written} if isinstance(written, str) else written


DeclaredScores = dict[str, Annotated[Declared, BeforeValidator(_in_short)]]
"""Scores by name; a text alone says what a number is."""


def as_signals(declared: Mapping[str, Declared]) -> dict[str, Signal]:
    """Declared scores as signals, by name."""
    return {name: one.signal(name) for name, one in declared.items()}


def readable(written: Any) -> dict[str, Declared]:
    """The scores of a pack as written, those that are wrong left out."""
    found: dict[str, Declared] = {}
    for name, one in written.items() if isinstance(written, dict) else ():
        if not isinstance(name, str):
            continue
        try:
            found[name] = Declared.model_validate(_in_short(one))
        except ValueError:
            continue
    return found


def declared_faults(names: Mapping[Any, Any], own: Mapping[str, Any]) -> Iterator[DefinitionFault]:
    """What is wrong with the names of scores, `own` being the signals that the pack defines."""
    for name in names:
        what = None
        if not isinstance(name, str) or not NAME.fullmatch(name) or name in RESERVED:
            what = "a name has a to z, 0 to 9 and _, and is no word of SQL"
        elif name in SIGNALS:
            what = "a signal of curate has this name, and is measured without a step"
        elif name in own:
            what = "the pack defines a signal of this name"
        if what is not None:
            yield DefinitionFault(str(name), f"score {name!r}: {what}")


def unknown_score(name: str, known: Mapping[str, Any]) -> str:
    """A sentence on a score that a pack does not declare."""
    near = get_close_matches(name, known, n=1)
    guess = f"did you mean {near[0]!r}?" if near else f"it declares {', '.join(known) or 'none'}"
    return f"the pack declares no score {name!r}; {guess}"
