"""Labels of records, good or bad, in a JSONL file that is appended to."""

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from curate.errors import InputError, StoreError
from curate.history.tune_samples import Sample
from curate.history.used_rules import UsedRule

LABELS: Final = {"g": "good", "b": "bad", "s": "skip"}
"""The label of each key."""

TAKEN_BACK: Final = None
"""The label of a line that takes the record's former label back."""

_ID = re.compile(r"[0-9a-f]{32}")


def labels_path(rule: UsedRule) -> Path:
    """Where labels are kept unless another file is named."""
    return Path(f"labels-{rule.id}.jsonl")


def read_labels(path: Path, rule: UsedRule) -> dict[bytes, str]:
    """Read the labels of a rule by id; the last line of a record counts, other rules' do not.

    Raises InputError where the file cannot be read, or a line is no label.
    """
    try:
        lines = path.read_bytes().split(b"\n")
    except OSError as error:
        right = "Name a file of labels, as `--label N` writes it."
        raise InputError(str(path), f"cannot be read ({error.strerror})", right) from error
    found: dict[bytes, str] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        row = _row(line, f"{path}:{number}")
        if row.get("rule", rule.id) not in (rule.id, rule.name):
            continue
        one = bytes.fromhex(row["id"])
        found.pop(one, None)
        if row["label"] is not TAKEN_BACK:
            found[one] = row["label"]
    return found


def _row(line: bytes, where: str) -> Mapping[str, Any]:
    right = 'Correct or remove the line; one is like {"id": "32 hex digits", "label": "good"}.'
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:  # also where it is not UTF-8
        raise InputError(where, "no JSON", right) from error
    if not isinstance(row, dict):
        raise InputError(where, "no JSON object", right)
    one = row.get("id")
    if not (isinstance(one, str) and _ID.fullmatch(one)):
        raise InputError(where, f"the id {one!r} is not 32 hex digits", right)
    if "label" not in row or row["label"] not in (*LABELS.values(), TAKEN_BACK):
        expected = "Expected good, bad, skip, or null to take a label back."
        raise InputError(where, f"the label {row.get('label')!r}", expected)
    return row


class LabelFile:
    """A file of labels to which one line at a time is added, each on the disk at once."""

    def __init__(self, path: Path, rule: UsedRule) -> None:
        """Read what is there. Raises InputError for a broken line, StoreError if unwritable."""
        self.path, self.rule = path, rule
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("ab")
        except OSError as error:
            found = f"cannot be written ({error.strerror})"
            right = "Choose another place: --labels FILE."
            raise StoreError(str(path), found, right) from error
        try:
            self.by_id = read_labels(path, rule)
            self._end_last_line()
        except BaseException:
            self.close()
            raise

    def _end_last_line(self) -> None:
        text = self.path.read_bytes()
        if text and not text.endswith(b"\n"):
            self._file.write(b"\n")

    def put(self, sample: Sample, label: str | None) -> None:
        """Add the label of a record; None takes it back."""
        value = int(sample.value) if sample.value.is_integer() else sample.value
        row = {"id": sample.id.hex(), "rule": self.rule.id, "value": value, "label": label}
        try:
            self._file.write(json.dumps(row).encode() + b"\n")
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as error:
            found = f"cannot be written ({error.strerror})"
            raise StoreError(str(self.path), found, "Make room, and go on.") from error
        self.by_id.pop(sample.id, None)
        if label is not None:
            self.by_id[sample.id] = label

    def close(self) -> None:
        """Close the file; one without a label is not left behind."""
        self._file.close()
        if not self.path.stat().st_size:
            self.path.unlink()


class Session:
    """Records that wait for their label, one after the other."""

    def __init__(self, samples: list[Sample], file: LabelFile) -> None:
        self.file, self._undone = file, list[Sample]()
        self.waiting = [one for one in samples if one.id not in file.by_id]
        self.total = len(samples)

    @property
    def current(self) -> Sample | None:
        """The record to label now."""
        return self.waiting[0] if self.waiting else None

    def answer(self, key: str) -> bool:
        """Take a key for the current record: a label, or `u`; False where it means nothing."""
        if key == "u" and self._undone:
            last = self._undone.pop()
            self.file.put(last, None)
            self.waiting.insert(0, last)
            return True
        if key not in LABELS or not self.waiting:
            return False
        self._undone.append(self.waiting.pop(0))
        self.file.put(self._undone[-1], LABELS[key])
        return True
