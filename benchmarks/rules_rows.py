"""The rows of the table: what is measured, against whom, and what it should be."""

from collections.abc import Callable, Iterator
from typing import Final

from rules_bench import Bench, Measure, by_peer, costs, judged
from rules_kernel import has_compiler
from slope import Cost, Sizes, micro, whole
from store_bench import told
from store_process import HERE, NotMeasuredError, Run, command, python
from table import Line

from curate.rulepacks import pack_names

SIX: Final = str(HERE / "rules_six.yaml")
WEB: Final = ("gopher", "gopher-repetition", "c4", "fineweb")
"""The packs for web pages, which judge everything that a pass finds."""

LANGUAGE: Final = "english"
"""The pack that asks a model, which takes several times as long as all others together."""

RECIPE: Final = """\
dataset: bench
sources:
  - {path: %s, name: texts, key: id, map: {text: text}}
steps:
  - rules: {pack: %s, field: text}
"""


def juicer(bench: Bench) -> Iterator[Line]:
    """The six filters beside Data-Juicer's."""
    peer = by_peer("juicer", "py-data-juicer"), bench.juicer_sizes
    yield from _beside(bench, "Data-Juicer, the same six", peer, 60)


def datatrove(bench: Bench) -> Iterator[Line]:
    """The six filters beside datatrove's filters for Gopher's rules."""
    peer = by_peer("gopher", "datatrove", "spacy"), bench.datatrove_sizes
    yield from _beside(bench, "datatrove, Gopher", peer, 150)


def _beside(bench: Bench, name: str, peer: tuple[Measure, Sizes], target: int) -> Iterator[Line]:
    told(f"six filters beside {name}")
    ours, theirs = costs(bench, [(judged(SIX), bench.sizes), peer])
    ratio = theirs.micro / ours.micro
    yield Line(
        "six", "six filters, CPU a record", micro(ours), f"{name}: {micro(theirs)}",
        f"{ratio:.0f}", f">= {target}", ratio >= target, max(ours.peaks),
    )  # fmt: skip
    yield Line(
        "six", "the whole processes, kept of read", whole(ours), whole(theirs),
        peak=max(ours.peaks),
    )  # fmt: skip
    yield _flat("six", ours, theirs)


def _flat(row: str, ours: Cost, theirs: Cost | None = None) -> Line:
    few, many = ours.peaks
    beside = "" if theirs is None else "{:.0f}, {:.0f} MiB".format(*theirs.peaks)
    return Line(
        row, "peak memory at both sizes", f"{few:.0f}, {many:.0f} MiB", beside,
        f"{many / few:.2f}", "<= 1.1", many / few <= 1.1, many,
    )  # fmt: skip


def build(bench: Bench) -> Iterator[Line]:
    """The same rules as a build: with ids, hashes, ledger, measured values and a version."""
    told("six filters as a build")
    ours, built = costs(bench, [(judged(SIX), bench.sizes), (_build, bench.sizes)])
    yield Line(
        "build", "six filters by curate build, CPU a record", micro(built),
        f"judged alone: {micro(ours)}", f"{built.micro / ours.micro:.1f}", peak=max(built.peaks),
    )  # fmt: skip
    yield Line("build", "the whole process, kept of read", whole(built), peak=max(built.peaks))
    peaks = "{:.0f}, {:.0f} MiB".format(*built.peaks)
    yield Line("build", "peak memory at both sizes", peaks)


def _build(bench: Bench, size: int) -> Run:
    out = bench.out()
    out.mkdir()
    recipe = out / "recipe.yaml"
    recipe.write_text(RECIPE % (bench.file(size), SIX))
    run = command("build", recipe, "--json", "--workers", "1", "--store", out / "store")
    return run._replace(said={"kept": run.said["records"]})


def web(bench: Bench) -> Iterator[Line]:
    """All packs for web pages beside the six filters.

    The rules of C4 on lines cut and mend texts, which is more than to judge them: they come on top.
    """
    there, less = _there()
    ways = {
        f"the rules of {' + '.join(there)} on texts{less}": judged(*there, lines=False),
        "and those of c4 on lines, which edit": judged(*there),
    }
    yield from _beside_six(bench, "web", ways, 3)


def language(bench: Bench) -> Iterator[Line]:
    """The same and the language, for which a model is asked."""
    there, less = _there()
    ways = {f"{' + '.join([*there, LANGUAGE])}{less}": judged(*there, LANGUAGE)}
    yield from _beside_six(bench, "language", ways, None)


def _there() -> tuple[list[str], str]:
    """The packs that there are, and what to say of the others."""
    there: list[str] = [name for name in WEB if name in pack_names()]
    if not there:
        raise NotMeasuredError(f"none of the packs {', '.join(WEB)} is there")
    missing = [name for name in WEB if name not in there]
    return there, f" (missing: {', '.join(missing)})" if missing else ""


def _beside_six(
    bench: Bench, row: str, ways: dict[str, Measure], target: int | None
) -> Iterator[Line]:
    told(f"{row}: {', '.join(ways)}")
    six, *others = costs(bench, [(way, bench.sizes) for way in (judged(SIX), *ways.values())])
    for name, cost in zip(ways, others, strict=True):
        ratio = cost.micro / six.micro
        yield Line(
            row, f"{name}: CPU a record", micro(cost), f"six: {micro(six)}", f"{ratio:.1f}",
            f"<= {target}" if target else "", ratio <= target if target else None, max(cost.peaks),
        )  # fmt: skip
        yield Line(row, "the whole processes, kept of read", whole(cost), whole(six))
        yield _flat(row, cost)


def kernel(bench: Bench) -> Iterator[Line]:
    """The pass over the texts alone: counts and repetition."""
    if not has_compiler():
        raise NotMeasuredError("there is no C compiler (cc) to hold the kernel against")
    told("the kernel beside C")
    given = {"file": bench.file(bench.sizes[0]), "folder": bench.folder, "rounds": bench.rounds * 5}
    run = python("rules_work.py", "kernel", given)
    ours, in_c = (run.said["records"] / run.said[name] for name in ("ours", "c"))
    speed = run.said["bytes"] / run.said["ours"] / 2**20
    yield Line(
        "kernel", "counts and repetition: records a second and core", f"{ours:,.0f}", "",
        f"{speed:.0f} MiB/s", ">= 100,000", ours >= 100_000,
    )  # fmt: skip
    yield Line(
        "kernel", "of the rate of the same pass in C, equal numbers", f"{ours:,.0f}",
        f"cc -O3: {in_c:,.0f}", f"{ours / in_c:.0%}", ">= 80 %", ours >= 0.8 * in_c,
    )  # fmt: skip


ROWS: Final[dict[str, Callable[[Bench], Iterator[Line]]]] = {
    row.__name__: row for row in (juicer, datatrove, build, web, language, kernel)
}
"""By name, in the order in which they are measured."""
