"""`curate verify [REF]`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from curate.output import Output, json_option, quiet_option, store_option, visible

if TYPE_CHECKING:
    from curate.upkeep.findings import Finding, Report

DAMAGED = 6
"""The exit code of a damaged store."""

REFS_SHOWN = 8


@click.command()
@click.argument("ref", required=False)
@click.option("--deep", is_flag=True, help="Decode every file and hash every content again.")
@quiet_option
@store_option
@json_option
@click.pass_context
def verify(
    context: click.Context, ref: str | None, deep: bool, quiet: bool, store: Path, as_json: bool
) -> None:
    """Check that the store, or the version REF, is whole; name all that is damaged.

    Without --deep sizes, checksums, snapshot ids and counts are compared; with it every content is
    hashed again. Exit code 6 where anything is damaged.
    """
    from dataclasses import asdict

    from curate.listener import listener_for
    from curate.store import Store
    from curate.upkeep.verify import verify as check

    opened = Store.open(store)
    output = Output(as_json)
    listener = listener_for(quiet or as_json)
    try:
        report = check(opened, ref, deep, listener)
    finally:
        listener.close()
    output.emit({"whole": report.is_whole, **asdict(report)})
    for finding in report.findings:
        _print_finding(output, finding)
    _print_sum(output, report)
    if not report.is_whole:
        context.exit(DAMAGED)


def _print_finding(output: Output, finding: "Finding") -> None:
    from rich.text import Text

    head = Text(visible(finding.where), "bold red")
    output.line(head.append(visible(f"  {finding.what}"), "not bold default"))
    if finding.versions:
        more = len(finding.versions) - REFS_SHOWN
        shown = ", ".join(finding.versions[:REFS_SHOWN]) + (f" and {more} more" * (more > 0))
        members = f" (at most {finding.records:,} members of each)" if finding.records else ""
        output.line(Text(visible(f"  hits {shown}{members}")))
    if finding.examples:
        output.line(Text(f"  such as {', '.join(finding.examples)}", "dim"))


def _print_sum(output: Output, report: "Report") -> None:
    for ref, number in report.erased.items():
        output.line(f"{ref}: the contents of {number:,} members were erased on purpose")
    if report.leftovers:
        output.line(
            f"{len(report.leftovers):,} files are named by no version: no damage, and deleted by "
            "the next build or gc"
        )
    how = "every content hashed again" if report.deep else "contents not hashed: --deep does"
    if report.is_whole:
        output.line(
            f"[green]whole:[/] {report.versions:,} versions, {report.files:,} files, "
            f"{report.bytes:,} bytes, {report.payloads:,} contents ({how})"
        )
    else:
        output.line(f"[red]damaged:[/] {len(report.findings):,} findings")
