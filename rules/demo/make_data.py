"""Make the demonstration data: support conversations and preference pairs, with planted faults.

    python -m curate.rules.demo.make_data [FOLDER]

Writes `tickets.jsonl`, `preferences.jsonl` and `planted.json`, which lists every fault that was
planted and where, so that a test can say whether a build finds them all.
"""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from .conversations import Pair, Ticket, pair, pick, ticket
from .faults import PAIR_FAULTS, TICKET_FAULTS, Fault


class Row(NamedTuple):
    """One line to write: its item, the fault it has, and the number of the item it was made of."""

    item: Ticket | Pair
    fault: Fault | None
    number: int


def rows(make: Callable[[int], Ticket | Pair], sound: int, faults: Sequence[Fault]) -> list[Row]:
    """Sound items and faulty ones, in an order that a hash decides."""
    found = [Row(make(number), None, number) for number in range(sound)]
    for fault in faults:
        for index in range(fault.times):
            number = 7 * index if fault.twin else len(found)
            item = make(number)
            found.append(Row(fault.make(item, index) if fault.make else item, fault, number))
    return sorted(found, key=lambda row: pick(range(2**60), "order", row.number, row.fault is None))


def as_json(key: str, value: str, item: Ticket | Pair) -> str:
    """One line: the key, then the item's own fields."""
    fields = item._asdict()
    if isinstance(item, Ticket):
        fields["messages"] = [turn._asdict() for turn in item.messages]
    return json.dumps({key: value, **fields}, ensure_ascii=False)


def lines(every: Sequence[Row], key: str, prefix: str) -> Iterator[str]:
    """The lines of a file; the n-th from 0 has the key PREFIX-(1001 + n)."""
    for place, row in enumerate(every):
        line = as_json(key, f"{prefix}-{1001 + place}", row.item)
        whole = row.fault is None or row.fault.make is not None
        yield line if whole else line[: len(line) * 2 // 3]


def planted(every: Sequence[Row], faults: Sequence[Fault], prefix: str) -> dict[str, Any]:
    """Where each fault is: keys, for twins also those of the sound items, or line numbers."""
    sound = {row.number: place for place, row in enumerate(every) if row.fault is None}
    found: dict[str, Any] = {}
    for fault in faults:
        places = [place for place, row in enumerate(every) if row.fault is fault]
        entry = {"what": fault.what, "expect": fault.expect, "count": len(places)}
        keys = {"keys": [f"{prefix}-{1001 + place}" for place in places]}
        if fault.twin:
            keys["twins"] = [f"{prefix}-{1001 + sound[every[place].number]}" for place in places]
        where = keys if fault.make else {"lines": [place + 1 for place in places]}
        found[fault.name] = entry | where
    return {"lines": len(every), "sound": len(sound), "faults": found}


def main(folder: Path) -> None:
    """Write the two files and the list of what was planted in them."""
    listed: dict[str, Any] = {}
    for name, prefix, make, sound, faults in (
        ("tickets", "T", ticket, 220, TICKET_FAULTS),
        ("preferences", "P", pair, 100, PAIR_FAULTS),
    ):
        every = rows(make, sound, faults)
        key = "ticket_id" if prefix == "T" else "pair_id"
        text = "".join(f"{line}\n" for line in lines(every, key, prefix))
        (folder / f"{name}.jsonl").write_text(text, encoding="utf-8", newline="\n")
        listed[f"{name}.jsonl"] = planted(every, faults, prefix)
    text = json.dumps(listed, indent=1, ensure_ascii=False)
    (folder / "planted.json").write_text(text + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
