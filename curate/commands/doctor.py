"""`curate doctor`: what this machine and installation can do."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from curate.output import Output, json_option, store_option

if TYPE_CHECKING:
    from curate.doctor import Accelerators, Report


@click.command
@store_option
@json_option
@click.pass_context
def doctor(context: click.Context, store: Path, as_json: bool) -> None:
    """Say what is installed, what the machine can do, and what to install for the rest.

    The exit code is 0 unless something is broken.
    """
    from dataclasses import asdict

    from curate.doctor import examine

    report = examine(store)
    output = Output(as_json)
    tell(report, output)
    output.emit(asdict(report))
    context.exit(report.exit_code)


def tell(report: "Report", output: Output) -> None:
    """Print the report for a person."""
    from rich.text import Text

    for line in _machine_lines(report):
        output.line(Text(line))
    output.line()
    rows = [
        (
            extra.name,
            ", ".join(f"{one.name} {one.found}" for one in extra.requirements if one.found),
            extra.install,
        )
        for extra in report.extras
    ]
    output.table(("extra", "installed", "to complete it"), rows, prose=True)
    output.line()
    for line in _accelerator_lines(report.accelerators):
        output.line(Text(line))
    output.line()
    settings = [(one.name, one.value or "not set", one.meaning) for one in report.settings]
    output.table(("variable", "value", "meaning"), settings, prose=True)
    if report.broken:
        output.line()
    for problem in report.broken:
        output.line(Text(f"broken: {problem}", style="red"))


def _machine_lines(report: "Report") -> list[str]:
    machine, store = report.machine, report.store
    memory = "unknown" if machine.memory is None else _size(machine.memory)
    held = f"{store.versions} versions of {store.datasets} datasets" if store.exists else "none yet"
    found = "cannot be used, see below" if store.error else held
    return [
        f"curate {report.curate}, Python {machine.python} ({machine.executable})",
        f"{machine.platform}: {machine.cores} cores, {memory} of memory",
        f"store {store.path}: {found}; {_size(machine.disk_free)} free",
    ]


def _accelerator_lines(found: "Accelerators") -> list[str]:
    if found.torch is None:
        return ["no torch: training is not installed"]
    built = f"CUDA {found.cuda}" if found.cuda else "no CUDA"
    lines = [
        f"torch {found.torch} ({built}): {'; '.join(found.devices) or 'runs on the CPU'}",
        f"bfloat16: {'yes' if found.bf16 else 'no'}",
    ]
    if found.bitsandbytes is not None:
        four_bit = f"4-bit works on {found.four_bit}" if found.four_bit else "4-bit does not work"
        lines.append(f"bitsandbytes {found.bitsandbytes}: {four_bit}")
    return lines


def _size(size: int) -> str:
    return f"{size / 2**30:.1f} GiB"
