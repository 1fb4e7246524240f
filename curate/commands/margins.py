"""`curate margins REF --external EXPRESSION`."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from curate.output import Output, json_option, store_option, visible

if TYPE_CHECKING:
    from curate.history.margin_zones import View, ZoneFigures
    from curate.history.margins import Margins
    from curate.store import Version

LONGEST = 240
"""Characters of each turn of a sample that are shown."""


@click.command()
@click.argument("ref")
@click.option(
    "--external",
    required=True,
    metavar="EXPRESSION",
    help="How much better the chosen answer is: 'chosen_reward - rejected_reward'.",
)
@click.option(
    "--implicit",
    default="dpo_margin",
    show_default=True,
    metavar="EXPRESSION",
    help="How much the policy prefers it already.",
)
@click.option(
    "--noise", type=float, default=0.0, show_default=True, help="External margins that say nothing."
)
@click.option(
    "--learned",
    type=click.FloatRange(0),
    help="Implicit margins that are learned.  [default: the upper quartile of their sizes]",
)
@click.option(
    "--bins", type=click.IntRange(2, 20), default=5, show_default=True, help="Of each margin."
)
@click.option(
    "--samples", type=click.IntRange(0), default=1, show_default=True, help="Pairs of each zone."
)
@click.option(
    "--model",
    "models",
    multiple=True,
    metavar="FINGERPRINT",
    help="Whose scores, where the store has some of several models; repeatable.",
)
@store_option
@json_option
def margins(
    ref: str,
    external: str,
    implicit: str,
    noise: float,
    learned: float | None,
    bins: int,
    samples: int,
    models: tuple[str, ...],
    store: Path,
    as_json: bool,
) -> None:
    """Lay out the preference pairs of the version REF by two margins, and show some of each zone.

    An EXPRESSION is made of signals and of scores that a build or `curate score` stored;
    `chosen_NAME` and `rejected_NAME` are of either answer. A pair is noise where the external
    margin is at most --noise, learned where the implicit one is above --learned, disputed where
    that is as far below 0, and else to learn.
    """
    from curate.history.margin_zones import view
    from curate.history.margins import margins as measure
    from curate.store import Store

    version = Store.open(store).version(ref)
    found = measure(version, external, implicit, models)
    seen = view(found, noise, learned, bins, samples)
    output = Output(as_json)
    contents = _contents(version, found, seen)
    output.emit(_document(version, (external, implicit), found, seen, contents) if as_json else {})
    if not as_json:
        _print(version, seen, output)
        for zone in seen.zones:
            _print_samples(zone, found, contents, output)
        _print_steps((external, implicit), seen, output)


def _contents(version: "Version", found: "Margins", seen: "View") -> Mapping[int, Any]:
    """The content of each sample that is still stored, by its place."""
    hashes = {at: found.keys["hash"][at].as_py() for one in seen.zones for at in one.samples}
    contents = version.payloads(list(hashes.values()))
    return {at: contents.get(digest) for at, digest in hashes.items()}


def _print(version: "Version", seen: "View", output: Output) -> None:
    from rich.text import Text

    from curate.history.margin_zones import ZONES

    head = Text(visible(version.ref), "bold").append(f"  {seen.pairs:,} pairs", "not bold")
    output.line(head.append(f", {seen.without:,} without a margin" * bool(seen.without), "dim"))
    limits = f"noise: external <= {seen.noise:.4g}; learned: implicit > {seen.learned:.4g}"
    output.line(Text(f"{limits}; disputed: < {-seen.learned:.4g}", "dim"))
    output.line()
    rows = [
        [
            *(one.zone, one.pairs, f"{one.pairs / seen.pairs:.1%}"),
            *("" if mean is None else f"{mean:.4g}" for mean in one[2:5]),
            ZONES[one.zone],
        ]
        for one in seen.zones
    ]
    output.table(["zone", "pairs", "share", "external", "implicit", "longer by", ""], rows)
    output.line()
    _print_bins(seen, output)
    for pair, value in seen.correlations.items():
        shown = "does not vary" if value is None else f"{value:.2f}"
        output.line(Text(f"rank correlation of {pair}: {shown}", "dim"))
    output.line()


def _print_bins(seen: "View", output: Output) -> None:
    """The highest external margins on top, the highest implicit ones to the right."""
    from itertools import pairwise

    names = [
        [f"{low:.3g} to {high:.3g}" for low, high in pairwise(edges)]
        for edges in (seen.external_edges, seen.implicit_edges)
    ]
    rows = [[name, *counts] for name, counts in zip(names[0], seen.counts, strict=True)]
    output.table(["external | implicit", *names[1]], rows[::-1])
    output.line()


def _print_samples(
    zone: "ZoneFigures", found: "Margins", contents: Mapping[int, Any], output: Output
) -> None:
    from rich.text import Text

    from curate.history.page import content_lines

    for at in zone.samples:
        line = Text(zone.zone, "magenta").append(f"  {found.keys['id'][at].as_py().hex()[:12]}")
        values = f"  external {found.external[at]:.4g}  implicit {found.implicit[at]:.4g}"
        output.line(line.append(values, "not bold"))
        if contents[at] is None:
            output.line(Text("  its content is not stored any more", "dim"))
            continue
        for paragraph in content_lines(contents[at], LONGEST, with_values=False):
            output.line(paragraph)
        output.line()


def _print_steps(expressions: tuple[str, str], seen: "View", output: Output) -> None:
    from rich.text import Text

    from curate.history.margin_zones import proposed_steps
    from curate.history.whatif_settings import as_yaml

    settings = proposed_steps(*expressions, seen)
    if settings:
        output.line(Text("In the recipe, behind the steps that give the scores:"))
        for one in settings:
            output.line(Text(visible(as_yaml({"- drop": one}))))


def _document(
    version: "Version",
    expressions: tuple[str, str],
    found: "Margins",
    seen: "View",
    contents: Mapping[int, Any],
) -> dict[str, Any]:
    from curate.history.document import document
    from curate.history.margin_zones import proposed_steps

    zones = []
    for zone in seen.zones:
        samples = [
            {
                **{name: found.keys[name][at].as_py() for name in ("id", "copy")},
                **{"external": float(found.external[at]), "implicit": float(found.implicit[at])},
                "content": contents[at],
            }
            for at in zone.samples
        ]
        zones.append(document(zone) | {"samples": document(samples)})
    told = dict(zip(("external", "implicit"), expressions, strict=True))
    steps = [{"drop": one} for one in proposed_steps(*expressions, seen)]
    return {"version": version.ref, **told, **document(seen), "zones": zones, "steps": steps}
