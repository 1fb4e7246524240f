"""The rows of the table: what is measured, against whom, and what it should be."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Final, NamedTuple

from dedup_bench import Bench
from dedup_quality import named, quality
from dedup_truth import Pair
from slope import Cost, Measure, Sizes, at_least, costs, is_told, micro, whole
from store_bench import told
from table import Line

THRESHOLD: Final = 0.8


class Peer(NamedTuple):
    """Another tool."""

    title: str
    package: str
    target: int | None
    """How many times less CPU time a record must take."""


PEERS: Final = {
    "juicer": Peer("Data-Juicer", "py-data-juicer", 200),
    "datatrove": Peer("datatrove", "datatrove", 200),
    "text_dedup": Peer("text-dedup", "text-dedup", None),
    "datasketch": Peer("datasketch", "datasketch", None),
    "rensa": Peer("rensa", "rensa", 5),
}


def rows(bench: Bench, truth: Sequence[Pair], names: Sequence[str]) -> Iterator[Line]:
    """Measure ours and the peers in turn, and hold what each dropped against the truth."""
    there = [name for name in names if PEERS[name].package in bench.have]
    told(f"{bench.name}: near_dedup beside {', '.join(there) or 'nobody'}")
    ways: list[tuple[Measure, Sizes]] = [
        (bench.by_parts, bench.sizes),
        (bench.by_build, bench.sizes),
        *(
            (partial(bench.by_peer, name, PEERS[name].package), bench.peer_sizes[name])
            for name in there
        ),
    ]
    parts, build, *others = costs(ways, bench.rounds)
    yield from _own(bench, truth, parts, build)
    for name in names:
        if name in there:
            yield from _beside(bench, truth, name, parts, others[there.index(name)])
        else:
            package = PEERS[name].package
            yield Line(bench.name, f"beside {PEERS[name].title}", "", f"{package}: not installed")


def _own(bench: Bench, truth: Sequence[Pair], parts: Cost, build: Cost) -> Iterator[Line]:
    yield Line(
        bench.name, "by curate build: CPU a record", _slope(build),
        f"its parts alone: {_slope(parts)}", _ratio(build, parts), peak=max(build.peaks),
    )  # fmt: skip
    yield Line(bench.name, "the whole processes, kept of read", whole(build), whole(parts))
    yield Line(bench.name, "peak memory at both sizes", _peaks(build), _peaks(parts))
    for name in ("parts", "build"):
        found = bench.dropped[name, bench.judged]
        said = quality(truth, bench.judged, found, THRESHOLD)
        good = said.recall >= 0.99 and said.precision == 1
        target = "0.99, 1.0"
        yield Line(bench.name, f"found by {name}", str(said), target=target, met=good)
        reach, equal = named(truth, found, THRESHOLD)
        count = len(found.named)
        yield Line(
            bench.name, "pairs named that reach 0.8", f"{reach:,} of {count:,}", target="all",
            met=reach == count,
        )  # fmt: skip
        yield Line(bench.name, "pairs named with the same similarity", f"{equal:,} of {count:,}")


def _beside(
    bench: Bench, truth: Sequence[Pair], name: str, ours: Cost, theirs: Cost
) -> Iterator[Line]:
    title, _, target = PEERS[name]
    sure, told_apart = at_least(theirs, ours), is_told(theirs) and is_told(ours)
    yield Line(
        bench.name, f"beside {title}: CPU a record, by its parts", _slope(ours), _slope(theirs),
        _ratio(theirs, ours), f">= {target}" if target else "",
        sure >= target if target and told_apart else None, max(ours.peaks),
    )  # fmt: skip
    yield Line(bench.name, "the whole processes, kept of read", whole(ours), whole(theirs))
    yield Line(bench.name, "peak memory at both sizes", _peaks(ours), _peaks(theirs))
    size = max((each for each in bench.peer_sizes[name] if each <= bench.judged), default=None)
    if size is None:
        return
    found = quality(truth, size, bench.dropped[name, size], THRESHOLD)
    yield Line(bench.name, f"found of {size:,} by {title}", "", str(found))


def _slope(cost: Cost) -> str:
    return f"{micro(cost)} +- {cost.noise:,.1f}"


def _ratio(more: Cost, less: Cost) -> str:
    """The ratio, and that of which noise leaves us sure; none where a slope is lost in noise."""
    if not (is_told(more) and is_told(less)):
        return "lost in noise"
    return f"{more.micro / less.micro:.1f} (>= {at_least(more, less):.1f})"


def _peaks(cost: Cost) -> str:
    return "{:.0f}, {:.0f} MiB".format(*cost.peaks)
