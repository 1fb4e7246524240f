"""What can go wrong for a user, and the exit code of each family.

Every error says three facts: where, what was found, what would be right. Anything that is not a
`CurateError` is a defect of curate and shows its traceback.
"""

from typing import ClassVar


class CurateError(Exception):
    """A failure that the user can act on; printed without a traceback."""

    exit_code: ClassVar[int] = 1

    def __init__(self, where: str, found: str, right: str) -> None:
        """`where` is the file, step or argument; `found` what was there; `right` what to do."""
        super().__init__(f"{where}: {found}. {right}")
        self.where = where
        self.found = found
        self.right = right

    def __reduce__(self) -> tuple[object, ...]:
        """Travel between processes whole, whatever the arguments of a subclass."""
        return _rebuild, (type(self), self.args, self.__dict__)


def is_interrupt(error: BaseException) -> bool:
    """Whether an exception is Ctrl-C in disguise: DuckDB turns it into an error of its query."""
    if isinstance(error, RuntimeError):
        return "Query interrupted" in str(error)
    return type(error).__module__ == "_duckdb" and "KeyboardInterrupt" in str(error)


def _rebuild(
    kind: type[CurateError], args: tuple[object, ...], facts: dict[str, object]
) -> CurateError:
    error = kind.__new__(kind)
    error.args = args
    error.__dict__.update(facts)
    return error


class UsageError(CurateError):
    """The command line cannot be understood."""

    exit_code = 2


class RecipeError(CurateError):
    """A recipe, rule pack or training configuration is wrong."""

    exit_code = 3


class InputError(CurateError):
    """A source cannot be read, or too much of it is bad."""

    exit_code = 4


class NotFoundError(CurateError):
    """A dataset, version, tag, record, run, model or operator does not exist."""

    exit_code = 5


class StoreError(CurateError):
    """The store cannot be read or written: no space, damaged, or held by someone else."""

    exit_code = 6


class RefusedError(CurateError):
    """The request is understood and would give a wrong result, such as DPO on SFT data."""

    exit_code = 7


class MissingExtraError(CurateError):
    """A package of an optional extra is not installed."""

    exit_code = 8

    def __init__(self, where: str, package: str, extra: str) -> None:
        """Name the package that is missing and the extra that brings it."""
        super().__init__(
            where, f"the package {package!r} is not installed", f"pip install 'curate[{extra}]'"
        )


class OperatorError(CurateError):
    """An operator failed on a record; the build stopped and nothing was committed."""

    exit_code = 9


class AccountingError(CurateError):
    """Records in and out of a step do not add up: a defect, never committed."""

    exit_code = 10


class ConditionError(CurateError):
    """A condition of `--fail-on` holds: the versions differ more than they may."""

    exit_code = 11


class ContaminatedError(CurateError):
    """A version has records that a test suite, or another version, should not share with it."""

    exit_code = 12


class LeakError(CurateError):
    """What a recipe scrubs is still there after it; nothing was committed."""

    exit_code = 12
