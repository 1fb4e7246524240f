"""The versions of a store, one by one: members, ledger, counts and the chain of their changes."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from curate.errors import StoreError
from curate.store import Version
from curate.store.delta import LEDGER, MEMBERS
from curate.store.signals import hash_values
from curate.store.snapshot import snapshot_id
from curate.upkeep.files import Checked
from curate.upkeep.findings import EXAMPLES, Finding
from curate.upkeep.payloads import Hashes, Payloads


@dataclass(frozen=True)
class Seen:
    """What was seen of one version."""

    version: Version
    needed: frozenset[str]
    """The files of members and ledger that its tables are made of, and its quarantine."""
    findings: list[Finding] = field(default_factory=list)
    erased: int = 0
    segments: dict[str, int] = field(default_factory=dict)
    """Of each damaged segment, how many of its members are there."""
    bad: Mapping[bytes, bytes] = field(default_factory=dict)
    """Members whose payload is not what its hash says: hash -> id."""


def check_version(
    version: Version, damaged: Mapping[str, Checked], payloads: Payloads, bad: Hashes
) -> Seen:
    """Check one version; `bad` are payloads that are not what their hash says."""
    needed = needed_files(version)
    findings = _gaps(version)
    if any(path in damaged and not damaged[path].is_readable for path in needed) or findings:
        return Seen(version, needed, findings)
    try:
        members = version.members()
        ledger = version.ledger()
    except StoreError as error:
        # A file that says by name what is wrong with it needs no second finding.
        if not any(path in damaged for path in needed):
            findings.append(Finding("unreadable", version.ref, error.found))
        return Seen(version, needed, findings)
    findings += _of_members(version, members) + _of_counts(version, members, ledger)
    hashes = hash_values(members.column("hash").combine_chunks())
    lacking = np.flatnonzero(np.isin(hashes, payloads.missing))
    if len(lacking):
        what = f"{len(lacking):,} members have no content: no segment holds it"
        ids = hex_of(members, lacking)
        findings.append(
            Finding("missing-content", version.ref, what, (version.ref,), len(lacking), ids)
        )
    wrong = members.take(np.flatnonzero(np.isin(hashes, bad)))
    return Seen(
        version,
        needed,
        findings,
        int(np.isin(hashes, payloads.erased).sum()),
        {path: int(np.isin(hashes, found).sum()) for path, found in payloads.doubtful.items()},
        dict(zip(wrong["hash"].to_pylist(), wrong["id"].to_pylist(), strict=True)),
    )


def needed_files(version: Version) -> frozenset[str]:
    """The files that members, ledger and quarantine of a version are made of."""
    needed = set()
    for kind in (MEMBERS.kind, LEDGER.kind):
        own = [file for file in version.files if file.kind == kind]
        start = max((file.version for file in own if file.whole), default=0)
        needed |= {f.path for f in own if (f.version == start if f.whole else f.version > start)}
    quarantined = (f for f in version.files if f.kind == "quarantine")
    needed |= {file.path for file in quarantined if file.version == version.number}
    return frozenset(needed)


def hex_of(members: pa.Table, rows: Any) -> tuple[str, ...]:
    """The first ids of some members."""
    return tuple(one.hex() for one in members["id"].take(rows[:EXAMPLES]).to_pylist())


def _gaps(version: Version) -> list[Finding]:
    """Every version has changes of its own in members and ledger; the catalog must name them."""
    return [
        Finding("chain", version.ref, f"the catalog names no file of its {kind}", (version.ref,))
        for kind in (MEMBERS.kind, LEDGER.kind)
        if not any(f.kind == kind and f.version == version.number for f in version.files)
    ]


def _of_members(version: Version, members: pa.Table) -> list[Finding]:
    if len(members) != version.records:
        found = f"has {len(members):,} members instead of {version.records:,}"
        return [Finding("snapshot", version.ref, found, (version.ref,))]
    snapshot = snapshot_id(members)
    if snapshot != version.snapshot:
        found = f"its members give the snapshot {snapshot[:12]} instead of {version.snapshot[:12]}"
        return [Finding("snapshot", version.ref, found, (version.ref,))]
    return []


def _of_counts(version: Version, members: pa.Table, ledger: pa.Table) -> list[Finding]:
    """Law 1, and whether members and ledger are as many as the counts say."""
    wrong = list(_unequal(version.counts))
    dropped: Counter[str] = Counter()
    for row in version.counts:
        dropped[row["step"]] += row["dropped"]
    drops = ledger.filter(pc.equal(ledger["action"], "drop")).select(["step", "id", "copy"])
    each = drops.group_by(["step", "id", "copy"]).aggregate([])
    decided = Counter(each["step"].to_pylist())
    wrong += [
        f"step {step}: {dropped[step]:,} dropped, but the ledger has {decided[step]:,}"
        for step in sorted(dropped | decided)
        if dropped[step] != decided[step]
    ]
    kept = {row["source"]: row["kept"] for row in version.counts}  # the last step's stays
    counted = pc.value_counts(members["source"]).to_pylist()
    there = Counter({one["values"]: one["counts"] for one in counted})
    wrong += [
        f"source {source}: {number:,} kept, but {there[source]:,} are members"
        for source, number in kept.items()
        if number != there[source]
    ]
    return [Finding("account", version.ref, what, (version.ref,)) for what in wrong]


def _unequal(counts: list[dict[str, Any]]) -> list[str]:
    found = []
    before: dict[str, int] = {}
    for step, rows in groupby(counts, key=lambda row: row["step"]):
        for row in rows:
            came, source = row["in"], row["source"]
            left = row["kept"] + row["dropped"] + row["quarantined"]
            if came + row["added"] != left or before.get(source, came) != came:
                found.append(f"step {step}, source {source}: the counts do not add up")
            before[source] = row["kept"]
    return found
