"""The recipe of a mix of versions: `curate mix` writes it, and `curate build` builds it again."""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from typing import Final, NamedTuple

from curate.errors import CurateError, UsageError
from curate.recipe.parse import DATASET_NAME
from curate.store import Store

_SET_ASIDE: Final = ("eval", "test")
_PLAIN: Final = re.compile(r"(?!(?:true|false|null)$)[a-z][a-z0-9._-]*")
"""Names that YAML takes for texts without quotes."""


class Wanted(NamedTuple):
    """What is asked of a mix, as written on the command line."""

    refs: Sequence[str]
    """Each REF, or REF=WEIGHT; where only some have a weight, that of the others is 1."""
    dataset: str
    unit: str = "records"
    total: float | None = None
    repeats: int = 1
    temperature: float = 1.0
    floors: Sequence[str] = ()
    """Each REF=SHARE, as `ceilings`; `caps` are REF=AMOUNT."""
    ceilings: Sequence[str] = ()
    caps: Sequence[str] = ()
    steps: Sequence[str] = ()
    """Steps before the mix, as a recipe has them, such as one that counts the unit."""
    seed: int = 0


def compose(store: Store, wanted: Wanted) -> str:
    """The text of the recipe of a mix, whose sources are versions by number.

    Raises a `CurateError` that tells all that is wrong with REFs and their numbers.
    """
    composer = _Composer(store)
    refs = composer.refs(wanted.refs)
    settings: dict[str, object] = {"by": "ref"}
    if any(weight is not None for weight in refs.values()):
        weights = {ref: 1.0 if weight is None else weight for ref, weight in refs.items()}
        settings["weights"] = weights
        if wanted.temperature != 1:
            composer.tell("--temperature: makes weights of sizes; leave it, or all =WEIGHT, out")
        if not any(weights.values()):
            composer.tell("all weights are 0: at least one must be above")
    elif wanted.temperature != 1:
        settings["temperature"] = wanted.temperature
    settings |= {"unit": wanted.unit, "repeats": wanted.repeats}
    if wanted.total is not None:
        settings["total"] = wanted.total
    for name, is_right, right in _BOUNDS:
        found = composer.numbers(getattr(wanted, name), f"--{name[:-1]}", is_right, right)
        settings |= {name: found} if found else {}
    if not DATASET_NAME.fullmatch(wanted.dataset):
        right = "expected a name of a-z, 0-9, '.', '_' and '-', at most 100 characters"
        composer.tell(f"--dataset: got {wanted.dataset!r}; {right}")
    composer.check()
    usual = {"unit": "records", "repeats": 1}
    kept = {key: value for key, value in settings.items() if usual.get(key) != value}
    return "".join(f"{line}\n" for line in _lines(wanted, list(refs), kept))


_BOUNDS: Final[tuple[tuple[str, Callable[[float], bool], str], ...]] = (
    ("floors", lambda share: 0 <= share <= 1, "a share between 0 and 1"),
    ("ceilings", lambda share: 0 <= share <= 1, "a share between 0 and 1"),
    ("caps", lambda amount: amount > 0, "an amount above 0"),
)


class _Composer:
    """Reads REFs with numbers, and collects what is wrong with them."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.faults: list[CurateError | str] = []
        self.written: dict[str, str] = {}

    def tell(self, fault: str) -> None:
        self.faults.append(fault)

    def check(self) -> None:
        """Raise where something is wrong; one thing that is not there as the store tells it."""
        if not self.faults:
            return
        if len(self.faults) == 1 and isinstance(self.faults[0], CurateError):
            raise self.faults[0]
        told = "\n  ".join(f"{each}".rstrip(". ") for each in self.faults)
        raise UsageError("mix", f"cannot be made:\n  {told}", "Nothing was done.")

    def refs(self, texts: Sequence[str]) -> dict[str, float | None]:
        """The weight of each version, by the REF that names it for good."""
        found: dict[str, float | None] = {}
        for text in texts:
            written, equals, number = text.partition("=")
            weight = self._number(number, text, lambda one: one >= 0, "a weight of 0 or more")
            ref = self._ref(written)
            if ref is None:
                continue
            if ref in found:
                self.tell(f"{text}: names {ref} a second time; give it once, with its weight")
            found[ref] = weight if equals else None
        return found

    def numbers(
        self, texts: Sequence[str], option: str, is_right: Callable[[float], bool], right: str
    ) -> dict[str, float]:
        """What an option says of the versions that are mixed."""
        found: dict[str, float] = {}
        for text in texts:
            written, _, number = text.partition("=")
            value = self._number(number or "nothing", f"{option} {text}", is_right, right)
            ref = self.written.get(written)
            if ref is None:
                near = get_close_matches(written, self.written, n=1)
                guess = f"did you mean {near[0]!r}?" if near else "name one that is mixed"
                self.tell(f"{option} {text}: {written!r} is not in this mix; {guess}")
            elif value is not None:
                found[ref] = value
        return found

    def _ref(self, written: str) -> str | None:
        try:
            version = self.store.version(written)
        except CurateError as error:
            self.faults.append(error)
            self.written[written] = written
            return None
        self.written |= {written: version.ref, version.ref: version.ref}
        if version.split in _SET_ASIDE:
            self.tell(f"{written}: is set aside, and a mix is for training; name another split")
        return version.ref

    def _number(
        self, text: str, where: str, is_right: Callable[[float], bool], right: str
    ) -> float | None:
        if not text:
            return None
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if math.isfinite(value) and is_right(value):
            return value
        self.tell(f"{where}: got {text!r}; expected {right}")
        return None


def _lines(wanted: Wanted, refs: Sequence[str], settings: Mapping[str, object]) -> list[str]:
    dataset = wanted.dataset if _PLAIN.fullmatch(wanted.dataset) else f'"{wanted.dataset}"'
    lines = [f"dataset: {dataset}", "sources:", *(f"  - ref: {ref}" for ref in refs), "steps:"]
    lines += [f"  - {' '.join(step.splitlines())}" for step in wanted.steps]
    lines.append("  - mix:")
    for name, value in settings.items():
        if isinstance(value, Mapping):
            lines += [
                f"      {name}:",
                *(f"        {ref}: {_plain(n)}" for ref, n in value.items()),
            ]
        else:
            lines.append(f"      {name}: {_plain(value)}")
    return [*lines, f"seed: {wanted.seed}"]


def _plain(value: object) -> str:
    """A text as it is, a number without a fraction as a whole one."""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)
    return str(value)
