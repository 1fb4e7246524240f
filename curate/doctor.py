"""What this machine and installation can do, as found: for `curate doctor`."""

import math
import os
import platform
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from curate import __version__
from curate.errors import CurateError, MissingExtraError, StoreError
from curate.requirement import (
    Extra,
    Requirement,
    core_requirements,
    extras,
    installed_version,
)

SETTINGS: Final = {
    "HF_HUB_DISABLE_TELEMETRY": "1 stops the usage reports of huggingface_hub and transformers",
    "DO_NOT_TRACK": "1 stops the usage reports of libraries that honour it",
    "HF_HUB_OFFLINE": "1 forbids downloads of models and datasets",
    "WANDB_MODE": "disabled or offline keeps training metrics on this machine",
    "RAY_USAGE_STATS_ENABLED": "0 stops the usage reports of Ray",
}
"""What decides whether libraries tell anyone anything. curate itself reports to nobody."""


@dataclass(frozen=True)
class Machine:
    """Where curate runs; sizes in bytes, None where the system does not tell."""

    python: str
    executable: str
    platform: str
    cores: int
    """What this process may use: affinity and the container's quota counted in."""
    memory: int | None
    """Of the machine, or of the container where that is less."""
    disk_free: int
    """Where the store is, or would be."""


@dataclass(frozen=True)
class Accelerators:
    """What torch finds; nothing where it is not installed."""

    torch: str | None = None
    cuda: str | None = None
    """The CUDA version that torch was built for."""
    devices: tuple[str, ...] = ()
    bf16: bool | None = None
    """Whether the device that training would take computes in bfloat16."""
    bitsandbytes: str | None = None
    four_bit: str | None = None
    """The device on which bitsandbytes has just quantised a matrix to 4 bits."""
    errors: tuple[str, ...] = ()
    """Why torch or bitsandbytes is installed and cannot be used."""


@dataclass(frozen=True)
class Setting:
    """An environment variable and what it does."""

    name: str
    value: str | None
    meaning: str


@dataclass(frozen=True)
class StoreState:
    """The store; `error` says why one that exists cannot be used."""

    path: str
    exists: bool
    datasets: int = 0
    versions: int = 0
    error: str | None = None


@dataclass(frozen=True)
class Report:
    """All findings; `broken` has a line for each thing that must be mended."""

    curate: str
    machine: Machine
    core: tuple[Requirement, ...]
    extras: tuple[Extra, ...]
    accelerators: Accelerators
    settings: tuple[Setting, ...]
    store: StoreState
    broken: tuple[str, ...]

    @property
    def exit_code(self) -> int:
        """0 unless something is broken: the store's code, else that of a missing package."""
        if self.store.error is not None:
            return StoreError.exit_code
        return MissingExtraError.exit_code if self.broken else 0


def examine(store: Path) -> Report:
    """Look at the machine, the packages and the store; nothing is changed."""
    core, accelerators, state = core_requirements(), find_accelerators(), store_state(store)
    broken = [
        f"{needed.name} {needed.found or 'is not installed'}: curate needs {needed.bounds}"
        for needed in core
        if not needed.fits
    ]
    broken += [*accelerators.errors, *([state.error] if state.error else [])]
    return Report(
        curate=__version__,
        machine=_machine(store),
        core=core,
        extras=extras(),
        accelerators=accelerators,
        settings=tuple(Setting(name, os.environ.get(name), SETTINGS[name]) for name in SETTINGS),
        store=state,
        broken=tuple(broken),
    )


def _machine(store: Path) -> Machine:
    folder = store.absolute()
    while not folder.is_dir():
        folder = folder.parent
    return Machine(
        python=platform.python_version(),
        executable=sys.executable,
        platform=platform.platform(),
        cores=_cores(),
        memory=_memory(),
        disk_free=shutil.disk_usage(folder).free,
    )


def _cores() -> int:
    allowed = getattr(os, "sched_getaffinity", None)
    cores = len(allowed(0)) if allowed else os.cpu_count() or 1
    quota, _, period = _control_group("cpu.max").partition(" ")
    if quota.isdecimal() and period.isdecimal():
        cores = min(cores, math.ceil(int(quota) / int(period)))
    return max(1, cores)


def _memory() -> int | None:
    try:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return None
    limit = _control_group("memory.max")
    return min(memory, int(limit)) if limit.isdecimal() else memory


def _control_group(name: str) -> str:
    """A limit of the container, as Linux tells it; empty where there is none."""
    try:
        return (Path("/sys/fs/cgroup") / name).read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return ""


def find_accelerators() -> Accelerators:
    """Import torch and bitsandbytes, where they are installed, and try them."""
    torch_version, quantiser = installed_version("torch"), installed_version("bitsandbytes")
    if torch_version is None:
        return Accelerators(bitsandbytes=quantiser)
    try:
        import torch
    except Exception as error:  # a broken installation can raise anything; that is the finding
        return Accelerators(torch_version, errors=(f"torch cannot be imported: {error}",))
    cuda, metal = torch.cuda.is_available(), torch.backends.mps.is_available()
    device = "cuda" if cuda else "mps" if metal else "cpu"
    errors: tuple[str, ...] = ()
    if quantiser is not None:
        problem = _four_bit_problem(device)
        errors = (problem,) if problem else ()
    return Accelerators(
        torch=torch_version,
        cuda=torch.version.cuda,
        devices=_devices(torch) if cuda else ("mps",) if metal else (),
        bf16=torch.cuda.is_bf16_supported() if cuda else _computes_bf16(torch, device),
        bitsandbytes=quantiser,
        four_bit=device if quantiser is not None and not errors else None,
        errors=errors,
    )


def _devices(torch: Any) -> tuple[str, ...]:
    """Each CUDA device: its name, memory and compute capability."""
    found: list[str] = []
    for index in range(torch.cuda.device_count()):
        properties = torch.cuda.get_device_properties(index)
        memory = f"{properties.total_memory / 2**30:.0f} GiB"
        found.append(f"{properties.name}, {memory}, sm_{properties.major}{properties.minor}")
    return tuple(found)


def _computes_bf16(torch: Any, device: str) -> bool:
    try:
        one = torch.ones(2, 2, dtype=torch.bfloat16, device=device)
        return bool((one @ one).sum().item() == 8)
    except RuntimeError:
        return False


def _four_bit_problem(device: str) -> str | None:
    try:
        import torch
        from bitsandbytes.functional import quantize_4bit

        quantize_4bit(torch.ones(64, 64, device=device))
    except Exception as error:  # as above
        return f"bitsandbytes cannot quantise on {device}: {error}"
    return None


def store_state(path: Path) -> StoreState:
    """Open the store and count what it holds; none there is no error."""
    from curate.store.store import Store

    if not path.exists():
        return StoreState(str(path), exists=False)
    try:
        versions = Store.open(path).versions()
    except CurateError as error:
        return StoreState(str(path), exists=True, error=str(error))
    datasets = {version.dataset for version in versions}
    return StoreState(str(path), exists=True, datasets=len(datasets), versions=len(versions))
