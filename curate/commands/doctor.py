"""`curate doctor`: what this machine and installation can do."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterator

    from curate.doctor import Accelerators, Report


@click.command
@click.option(
    "--store",
    type=click.Path(path_type=Path),
    default=".curate",
    show_default=True,
    help="The folder of the store.",
)
@click.option("--json", "as_json", is_flag=True, help="Print all findings as one JSON object.")
@click.pass_context
def doctor(context: click.Context, store: Path, as_json: bool) -> None:
    """Say what is installed, what the machine can do, and what to install for the rest.

    The exit code is 0 unless something is broken.
    """
    import orjson

    from curate.doctor import examine

    report = examine(store)
    if as_json:
        click.echo(orjson.dumps(report, option=orjson.OPT_INDENT_2))
    else:
        for line in lines(report):
            click.echo(line)
    context.exit(report.exit_code)


def lines(report: "Report") -> "Iterator[str]":
    """The report as text."""
    machine, store = report.machine, report.store
    memory = "unknown" if machine.memory is None else _size(machine.memory)
    yield f"curate {report.curate}, Python {machine.python} ({machine.executable})"
    yield f"{machine.platform}: {machine.cores} cores, {memory} of memory"
    held = f"{store.versions} versions of {store.datasets} datasets" if store.exists else "none yet"
    yield f"store {store.path}: {store.error or held}; {_size(machine.disk_free)} free"
    yield ""
    for extra in report.extras:
        found = ", ".join(f"{one.name} {one.found}" for one in extra.requirements if one.found)
        missing = f"  -> {extra.install}" if extra.install else ""
        yield f"{extra.name:<9} {found or '-'}{missing}"
    yield ""
    yield from _accelerator_lines(report.accelerators)
    yield ""
    for setting in report.settings:
        value = "not set" if setting.value is None else setting.value
        yield f"{setting.name}: {value} ({setting.meaning})"
    if report.broken:
        yield ""
        yield from (f"broken: {problem}" for problem in report.broken)


def _accelerator_lines(found: "Accelerators") -> "Iterator[str]":
    if found.torch is None:
        yield "no torch: training is not installed"
        return
    built = f"CUDA {found.cuda}" if found.cuda else "no CUDA"
    yield f"torch {found.torch} ({built}): {'; '.join(found.devices) or 'runs on the CPU'}"
    yield f"bfloat16: {'yes' if found.bf16 else 'no'}"
    if found.bitsandbytes is not None:
        four_bit = f"4-bit works on {found.four_bit}" if found.four_bit else "4-bit does not work"
        yield f"bitsandbytes {found.bitsandbytes}: {four_bit}"


def _size(size: int) -> str:
    return f"{size / 2**30:.1f} GiB"
