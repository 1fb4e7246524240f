"""The rows of the table: what a text costs, and how many of the known values are found."""

import json
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple

import corpus
from pii_texts import known
from slope import Cost, Measure, Sizes, at_least, costs, is_told, micro
from store_process import Run, command, python
from table import Line

TARGET: Final = 100
"""How many times less CPU time than Presidio a text must take."""


class Peer(NamedTuple):
    """Another tool."""

    title: str
    package: str
    kinds: str
    """What it looks for."""


PEERS: Final = {
    "juicer": Peer("Data-Juicer's clean_email, clean_ip", "py-data-juicer", "mail, IP"),
    "juicer_redaction": Peer(
        "Data-Juicer's pii_redaction", "py-data-juicer", "mail, IP, MAC, telephones, paths, secrets"
    ),
    "datatrove": Peer("datatrove's PIIFormatter", "datatrove", "mail, IP"),
}


class Bench(NamedTuple):
    """Texts, and how many of them each way is given, the fewer first."""

    name: str
    folder: Path
    sizes: Sizes
    presidio_sizes: Sizes
    peer_sizes: Sizes
    have: dict[str, tuple[str, str]]
    """The packages of peers, each with its Python and its version."""
    rounds: int

    def own(self, name: str, size: int, whole: bool = False) -> Run:
        """Look for personal data by curate, or by Presidio in its environment."""
        return _timed(python("pii_work.py", name, self._given(name, size) | {"whole": whole}))

    def peer(self, name: str, size: int) -> Run:
        """Let another do it."""
        executable = self.have[PEERS[name].package][0]
        return _timed(python("pii_peers.py", name, self._given(name, size), executable))

    def left(self, name: str, size: int) -> dict[int, str]:
        """The texts that a way changed, by place, without what it found."""
        found = json.loads(self._out(name, size).read_text())
        return {int(place): text for place, text in found.items()}

    def file(self, size: int) -> Path:
        """The file of so many texts."""
        return self.folder / f"{size}.jsonl"

    def _out(self, name: str, size: int) -> Path:
        return self.folder / f"{name}-{size}.json"

    def _given(self, name: str, size: int) -> dict[str, Any]:
        return {"file": self.file(size), "out": self._out(name, size)}


def _timed(run: Run) -> Run:
    """A run by the time of the work alone: to start takes longer, and varies by more."""
    return run._replace(cpu=run.seconds)


def speed(bench: Bench) -> Iterator[Line]:
    """What a text costs each way."""
    there = [name for name, peer in PEERS.items() if peer.package in bench.have]
    ways: list[tuple[Measure, Sizes]] = [
        (partial(bench.own, "curate"), bench.sizes),
        (partial(bench.own, "presidio"), bench.presidio_sizes),
        *((partial(bench.peer, name), bench.peer_sizes) for name in there),
    ]
    ours, presidio, *others = costs(ways, bench.rounds)
    size = bench.presidio_sizes[1]
    both = [bench.own(name, size, whole=True).said["findings"] for name in ("curate", "presidio")]
    same = f"findings in {size:,} texts"
    yield Line(
        bench.name,
        same,
        "equal" if both[0] == both[1] else "DIFFER",
        "Presidio",
        met=both[0] == both[1],
    )
    yield _beside(bench.name, "Presidio, the same recognizers", ours, presidio, TARGET)
    for name, cost in zip(there, others, strict=True):
        peer = PEERS[name]
        yield _beside(bench.name, f"{peer.title} ({peer.kinds})", ours, cost, None)
    share = f"{ours.kept / ours.records:.2%} of {ours.records:,}"
    yield Line(bench.name, "texts with findings", share, peak=max(ours.peaks))


def _beside(row: str, title: str, ours: Cost, theirs: Cost, target: int | None) -> Line:
    least = at_least(theirs, ours)
    ratio = f"{theirs.micro / max(ours.micro, 1e-9):.1f} times" if is_told(ours) else "in noise"
    return Line(
        row, f"CPU a text beside {title}", micro(ours), micro(theirs), ratio,
        f"{target} times" if target else "", least >= target if target else None,
        cpu=f"{ours.whole:.1f}, {theirs.whole:.1f}",
    )  # fmt: skip


def values(bench: Bench, names: Sequence[str], size: int) -> Iterator[Line]:
    """How many of the known values are no longer there, by kind."""
    texts = known(bench.file(size))
    kinds = Counter(kind for each in texts for kind, _ in each["values"])
    for name in names:
        run = bench.peer if name in PEERS else bench.own
        changed = run(name, size).said["kept"]
        left = bench.left(name, size)
        gone = Counter(
            kind
            for each in texts
            for kind, value in each["values"]
            if value not in left.get(each["place"], each["text"])
        )
        told = ", ".join(f"{kind} {gone[kind]}/{count}" for kind, count in sorted(kinds.items()))
        yield Line(bench.name, f"found by {name}", told, f"{changed:,} of {size:,} changed")


def step(folder: Path, sizes: Sizes, rounds: int) -> Iterator[Line]:
    """What the step of a recipe costs in builds of the scale corpus, with and without it."""
    ways = [(partial(_build, folder, steps), sizes) for steps in ("[]", "[pii]")]
    without, with_it = costs(ways, rounds)
    each = with_it.micro - without.micro
    yield Line(
        "build", "CPU a record: the step pii", f"{each:.1f} us",
        f"whole build {micro(with_it)}, without {micro(without)}", peak=max(with_it.peaks),
        cpu=f"{with_it.whole:.1f}, {without.whole:.1f}",
    )  # fmt: skip
    share = with_it.kept / with_it.records
    yield Line("build", "records with findings", f"{share:.2%} of {with_it.records:,}")
    yield Line("build", "a million records, projected", f"{each:.0f} s of CPU")


def _build(folder: Path, steps: str, size: int) -> Run:
    home, store = folder / str(size), folder / "store"
    if not home.exists():
        corpus.write(home, 1, size)
    recipe = home / "pii.yaml"
    recipe.write_text((home / "v1.yaml").read_text().replace("steps: []", f"steps: {steps}"))
    shutil.rmtree(store, ignore_errors=True)
    run = command("build", recipe, "--json", "--workers", "1", "--store", store)
    return run._replace(said={"kept": run.said["edited"]})
