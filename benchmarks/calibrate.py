"""What a rule pack finds in real data: the figures that stand in its comments.

    python benchmarks/calibrate.py PACK --data FOLDER [--json]
    python benchmarks/calibrate.py PACK --data FOLDER --samples RULE 20

PACK is a shipped pack's name or a path. FOLDER holds the data sets of `calibrate_sets.SETS`; those
that are not there are left out. Three tables are printed: the hits of each rule in each data set,
and those that no other rule has; what is flagged before and after experts revised the same records
(half of them to choose limits on, half held out, split by a hash); and the share of the answers
that people wrote, Dolly's, which is dropped. `--samples` prints hits of a rule instead, in their
context, to be read: a rule is only as good as its hits.
"""

import argparse
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from calibrate_rates import Compared, Found, Share, compare, find, halves
from calibrate_samples import samples
from calibrate_sets import REVISIONS, SETS, SIDES, DataSet, batches

from curate.output import visible
from curate.rulepacks import Judge, Pack, pack_bytes, parse_pack

HUMAN: Final = "dolly"
"""The data set that people wrote: what is dropped of it is most of all a false alarm."""

PAIR_PACK: Final = "preference"


def figures(pack: Pack, field: str, folder: Path) -> dict[str, Any]:
    """Everything that is printed, as JSON."""
    judge = Judge(pack, field)
    found = {
        name: find(judge, batches(data, folder)) for name, data in chosen(pack, folder).items()
    }
    return {
        "pack": pack.pack,
        "version": pack.version,
        "records": {name: len(each.ids) for name, each in found.items()},
        "flagged": {name: len(each.failed) for name, each in found.items()},
        "rules": [_rule(rule.id, found) for rule in pack.rules],
        "revisions": _revisions(judge, pack, folder),
        "human": _human(found.get(HUMAN)),
    }


def chosen(pack: Pack, folder: Path) -> dict[str, DataSet]:
    """The data sets that are there, of them those with pairs for the pack on pairs."""
    wanted = {name: data for name, data in SETS.items() if pack.pack != PAIR_PACK or data.pairs}
    return {name: data for name, data in wanted.items() if (folder / data.path).exists()}


def _rule(rule: str, found: Mapping[str, Found]) -> dict[str, Any]:
    hits = {name: each.hits()[rule] for name, each in found.items()}
    return {"rule": rule, "hits": hits, "alone": sum(each.alone()[rule] for each in found.values())}


def _human(found: Found | None) -> dict[str, Any] | None:
    if found is None:
        return None
    share = Share(len(found.failed), len(found.ids))
    return {**share._asdict(), "share": share.value, "interval": share.interval}


def _revisions(judge: Judge, pack: Pack, folder: Path) -> dict[str, Any] | None:
    """The revised records: each half, and each rule that has a hit on either side."""
    if not (folder / REVISIONS).exists():
        return None
    raw, revised = (
        find(judge, batches(DataSet(REVISIONS, columns), folder)) for columns in SIDES.values()
    )
    assert raw.ids == revised.ids
    parts = halves(raw)
    compared = {name: compare(raw, revised, places) for name, places in parts.items()}
    rules = {
        rule.id: {name: compare(raw, revised, places, rule.id) for name, places in parts.items()}
        for rule in pack.rules
    }
    return {
        "any rule": {name: each.as_json() for name, each in compared.items()},
        "rules": {
            rule: {name: each.as_json() for name, each in by_part.items()}
            for rule, by_part in rules.items()
            if _has_hits(by_part["all"])
        },
    }


def _has_hits(compared: Compared) -> bool:
    return bool(compared.raw.hits or compared.revised.hits)


def print_figures(values: Mapping[str, Any]) -> None:
    """The three tables."""
    names = list(values["records"])
    rows = [
        [rule["rule"], *map(_number, rule["hits"].values()), str(rule["alone"])]
        for rule in values["rules"]
    ]
    rows.append(["any rule", *(str(values["flagged"][name]) for name in names), ""])
    rows.append(["records", *(f"{values['records'][name]:,}" for name in names), ""])
    print(f"{values['pack']} {values['version']}: records flagged, and by no other rule")
    _print_table(["rule", *names, "alone"], rows)
    if values["revisions"]:
        _print_revisions(values["revisions"])
    if values["human"]:
        print(f"\n{HUMAN}, written by people: {_share(values['human'])} dropped")


def _print_revisions(revisions: Mapping[str, Any]) -> None:
    print("\nflagged before and after experts revised the record, with 95 % intervals (Wilson)")
    whole = [
        [name, _share(part["raw"]), _share(part["revised"]), f"{part['p']:.2g}"]
        for name, part in revisions["any rule"].items()
    ]
    _print_table(["half", "raw", "revised", "p (McNemar, exact)"], whole)
    print("\nthe same by rule: raw, revised")
    parts = list(revisions["any rule"])
    rows = [
        [rule, *(f"{by[part]['raw']['hits']}, {by[part]['revised']['hits']}" for part in parts)]
        for rule, by in revisions["rules"].items()
    ]
    _print_table(["rule", *parts], rows)


def _number(hits: int) -> str:
    return str(hits) if hits else "."


def _share(part: Mapping[str, Any]) -> str:
    low, high = part["interval"]
    counted = f"{part['hits']:,} / {part['records']:,}"
    return f"{counted} = {part['share']:.1%} ({low:.1%} to {high:.1%})"


def _print_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    lines = [head, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    for line in lines:
        first, *rest = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        numbers = (cell.strip().rjust(width) for cell, width in zip(rest, widths[1:], strict=True))
        print("  ".join([first, *numbers]).rstrip())


def main() -> None:
    """Count and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pack", help="a shipped pack's name, or the path of one")
    parser.add_argument("--data", type=Path, required=True, help="the folder of the data sets")
    parser.add_argument("--field", default="response", help="what rules without a field judge")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.add_argument("--samples", nargs=2, metavar=("RULE", "N"), help="print hits of a rule")
    given = parser.parse_args()
    pack = parse_pack(pack_bytes(given.pack))
    if given.samples:
        rule, number = given.samples
        for text in samples(pack, rule, given.field, chosen(pack, given.data), given.data)[
            : int(number)
        ]:
            print(visible(text), end="\n\n")
        return
    values = figures(pack, given.field, given.data)
    print(json.dumps(values)) if given.json else print_figures(values)


if __name__ == "__main__":
    main()
