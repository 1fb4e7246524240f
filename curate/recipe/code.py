"""A user's own operators and signals, loaded from one file on request (`--allow-code FILE`)."""

import sys
from importlib.abc import SourceLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType

from curate.errors import RecipeError
from curate.hashing import digest
from curate.operator import REGISTRY, Operator
from curate.signals import SIGNALS, Signal

MODULE_PREFIX = "curate_code_"
"""What the modules of users' files are called, with a digest of their bytes after it."""


class _FileLoader(SourceLoader):
    """Runs exactly the bytes that were hashed."""

    def __init__(self, path: Path, code: bytes) -> None:
        self.path = path
        self.code = code

    def get_filename(self, fullname: str) -> str:  # noqa: ARG002
        return str(self.path)

    def get_data(self, path: str | bytes) -> bytes:
        if Path(str(path)) != self.path:
            raise OSError(path)
        return self.code


def load_code(path: Path) -> bytes:
    """Import a Python file once, so that its operators and signals are registered.

    Returns its bytes, which are in the fingerprint of all that they define. The file runs with all
    rights of the user: only a request on the command line may lead here. Raises RecipeError where
    the file cannot be read or run, defines neither, or takes a name that exists.
    """
    try:
        code = path.read_bytes()
    except OSError as error:
        right = "Expected a Python file that defines operators or signals"
        raise RecipeError(str(path), f"cannot be read ({error.strerror})", right) from None
    name = MODULE_PREFIX + digest(code).hex()
    if name not in sys.modules:
        from curate.operators import load  # importing every operator takes a while

        load()
        _run(path.resolve(), code, name)
    return code


def _run(path: Path, code: bytes, name: str) -> None:
    before, signals = dict(REGISTRY), dict(SIGNALS)
    spec = spec_from_loader(name, _FileLoader(path, code))
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
        _adopt(path, code, module, before)
        _adopt_signals(path, code, signals)
        if before == REGISTRY and signals == SIGNALS:
            right = "Expected a class derived from an operator's, with a name, or a signal"
            raise RecipeError(str(path), "defines no operator and no signal", right)
    except BaseException as error:
        del sys.modules[name]
        REGISTRY.clear()
        REGISTRY.update(before)
        SIGNALS.clear()
        SIGNALS.update(signals)
        if isinstance(error, RecipeError) or not isinstance(error, Exception | SystemExit):
            raise
        found = f"{type(error).__name__}: {error}"
        raise RecipeError(_where(path, error), found, "Expected Python that runs") from error


def _adopt(path: Path, code: bytes, module: ModuleType, before: dict[str, type[Operator]]) -> None:
    """Bind the file's bytes to its operators, after a look at their names."""
    added = [made for made in REGISTRY.values() if made.__module__ == module.__name__]
    for made in added:
        earlier = before.get(made.name)
        if earlier is not None and not earlier.__module__.startswith(MODULE_PREFIX):
            found = f"defines the operator {made.name!r}, which exists"
            raise RecipeError(str(path), found, "Give it another name")
        made.code = code


def _adopt_signals(path: Path, code: bytes, before: dict[str, Signal]) -> None:
    """Bind the file's bytes to its signals, after a look at their names."""
    for name, made in list(SIGNALS.items()):
        earlier = before.get(name)
        if made is earlier:
            continue
        if earlier is not None and not earlier.code:
            found = f"defines the signal {name!r}, which exists"
            raise RecipeError(str(path), found, "Give it another name")
        if not made.what:
            found = f"the signal {name!r} does not say what it measures"
            raise RecipeError(str(path), found, "Expected a docstring")
        SIGNALS[name] = made._replace(code=code)


def _where(path: Path, error: BaseException) -> str:
    """The file, and the line that failed."""
    line = error.lineno if isinstance(error, SyntaxError) else None
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == str(path):
            line = trace.tb_lineno
        trace = trace.tb_next
    return str(path) if line is None else f"{path}:{line}"
