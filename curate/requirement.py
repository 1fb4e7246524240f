"""The packages that curate asks for, by its own metadata, and whether they are there."""

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from itertools import zip_longest
from typing import Any, Final

_REQUIREMENT: Final = re.compile(
    r"(?P<name>[A-Za-z0-9._-]+)(?:\[[^]]*\])?\s*"
    r"(?P<bounds>[^;]*?)\s*(?:;.*?extra == ['\"](?P<extra>[^'\"]+)['\"].*)?"
)
_BOUND: Final = re.compile(r"\s*(?P<comparison>>=|<=|==|<|>)\s*(?P<limit>\d+(?:\.\d+)*)\s*")
_COMPARISONS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    ">=": operator.ge,
    "<=": operator.le,
    "==": operator.eq,
    "<": operator.lt,
    ">": operator.gt,
}


@dataclass(frozen=True)
class Requirement:
    """A distribution that curate asks for: its bounds, and the version found, if any."""

    name: str
    bounds: str
    found: str | None
    fits: bool
    """Whether it is installed and within its bounds."""


@dataclass(frozen=True)
class Extra:
    """An optional part of curate; `install` is None where nothing is missing."""

    name: str
    requirements: tuple[Requirement, ...]
    install: str | None


def core_requirements() -> tuple[Requirement, ...]:
    """What curate needs in any case."""
    return _by_extra().get(None, ())


def extras() -> tuple[Extra, ...]:
    """The extras that bring packages of their own, by name."""
    found: list[Extra] = []
    for name, requirements in _by_extra().items():
        if name is not None:
            complete = all(requirement.fits for requirement in requirements)
            install = None if complete else f"pip install 'curate[{name}]'"
            found.append(Extra(name, requirements, install))
    return tuple(sorted(found, key=lambda extra: extra.name))


def installed_version(package: str) -> str | None:
    """The version of an installed distribution."""
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def within(found: str, bounds: str) -> bool:
    """Whether a release is within bounds such as `>=4.57.6,<6`, all that curate uses.

    >>> within("4.57.6", ">=4.57.6,<6"), within("2.13.0+cpu", "==2.13"), within("6.0", "<6")
    (True, True, False)
    """
    for bound in filter(None, bounds.split(",")):
        match = _BOUND.fullmatch(bound)
        if match is None:
            raise ValueError(f"bounds {bounds!r} are none of {', '.join(_COMPARISONS)}")
        pairs = zip_longest(_release(found), _release(match["limit"]), fillvalue=0)
        ours, limit = zip(*pairs, strict=True)
        if not _COMPARISONS[match["comparison"]](ours, limit):
            return False
    return True


def _release(text: str) -> list[int]:
    """The numbers of a version before any suffix: 2.13.0+cpu is [2, 13, 0]."""
    match = re.match(r"\d+(?:\.\d+)*", text)
    return [int(part) for part in match[0].split(".")] if match else []


def _by_extra() -> dict[str | None, tuple[Requirement, ...]]:
    found: dict[str | None, tuple[Requirement, ...]] = {}
    for line in requires("curate") or ():
        match = _REQUIREMENT.fullmatch(line)
        if match is None or match["name"] == "curate":
            continue
        there, bounds = installed_version(match["name"]), match["bounds"]
        fits = there is not None and within(there, bounds)
        requirement = Requirement(match["name"], bounds, there, fits)
        found[match["extra"]] = (*found.get(match["extra"], ()), requirement)
    return found
