"""What last changed each field of a record: a step of a build, or what its source said."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any, NamedTuple

from curate.history.attribution import Origin, Part, Run, as_read, parts_of, rewritten, spans_of
from curate.history.pieces import word_pieces
from curate.history.places import Place, aligned, flattened
from curate.history.why import Decision, Story, why
from curate.store import Store, Version


class Blamed(NamedTuple):
    """A field of a record, and where its value comes from."""

    field: str
    value: Any
    origin: Origin
    """What changed it last."""
    parts: tuple[Part, ...] = ()
    """Of a text: how many of its characters come from where, and how many went."""


class Blame(NamedTuple):
    """One record as a version of a dataset has it."""

    id: bytes
    dataset: str
    version: int
    is_member: bool
    """Otherwise its fields are as it was dropped."""
    fields: tuple[Blamed, ...]


class _Field(NamedTuple):
    value: Any
    origin: Origin
    runs: tuple[Run, ...] = ()
    removed: tuple[Run, ...] = ()


Spans = Sequence[Mapping[str, Any]]
_Fields = dict[str, _Field]
_Edits = dict[tuple[str, str], tuple[Any, Any, Origin]]
"""Step and field -> its value before and after the step, and the origin that it was given."""


def blame(store: Store, record: bytes, versions: Sequence[Version]) -> list[Blame]:
    """Say of each field of a record what last changed it, for each dataset that has met it.

    `versions` are all that are looked at: the newest of a dataset that met the record is explained,
    those before it tell since when a value is so. Contents that are not stored any more are left
    out.
    """
    life = why(store, record, versions)
    created = {(one.dataset, one.number): one.created for one in versions}
    found = []
    for dataset, stories in groupby(life.stories, key=lambda story: story.dataset):
        told = list(stories)
        folder = _Folding(life.contents, created)
        for story in told:
            folder.add(story)
        newest = told[-1]
        fields = [*folder.blamed(), *_split(told, created)]
        found.append(
            Blame(record, dataset, newest.versions[-1], bool(newest.members), tuple(fields))
        )
    return found


class _Folding:
    """Goes through the stories of one dataset, the oldest first."""

    def __init__(
        self,
        contents: Mapping[bytes, Mapping[str, Any]],
        created: Mapping[tuple[str, int], datetime],
    ) -> None:
        self.contents, self.created = contents, created
        self.read: _Fields = {}
        self.read_content: Mapping[str, Any] | None = None
        self.edits: _Edits = {}
        self.final: _Fields = {}

    def add(self, story: Story) -> None:
        content = self.contents.get(story.known_hash() or b"")
        if content is None:
            return
        origin = origin_of(story, self.created, story.made())
        is_read = story.read_hash() is not None
        self.read = _carried(self.read, self.read_content, content, origin, is_read)
        self.read_content = content
        self.final, edits = dict(self.read), dict[tuple[str, str], tuple[Any, Any, Origin]]()
        for decisions in _edits(story):
            self._edit(story, decisions, edits)
        self.edits = edits

    def _edit(self, story: Story, decisions: list[Decision], edits: _Edits) -> None:
        """Apply what one step changed."""
        first = decisions[0]
        before, after = (self.contents.get(side or b"") for side in (first.before, first.after))
        spans = _spans_by_field(decisions)
        if before is None and is_scrub(decisions):
            self._scrub(story, first, spans, edits)
        if before is None or after is None:
            return
        old, new = flattened(before), flattened(after)
        for name, place in new.items():
            was = old.get(name)
            if was is not None and was.value == place.value:
                continue
            origin = self._since(story, first, name, (was and was.value, place.value), edits)
            self.final[name] = _changed(self.final.get(name), place, origin, spans.get(name))
        for name in old.keys() - new.keys():
            self.final.pop(name, None)

    def _since(
        self, story: Story, first: Decision, name: str, values: tuple[Any, Any], edits: _Edits
    ) -> Origin:
        """The origin of what a step wrote: the first version since which it does so."""
        origin = origin_of(story, self.created, first)
        known = self.edits.get((first.step, name))
        if known is not None and known[:2] == values:
            origin = known[2]
        edits[first.step, name] = (*values, origin)
        return origin

    def _scrub(
        self, story: Story, first: Decision, spans: Mapping[str, Spans], edits: _Edits
    ) -> None:
        """Tell what a step scrubbed: nothing before it is kept, so that the text was read so."""
        for path, own in spans.items():
            name = next((one for one in self.final if path == one or _within(path, one)), None)
            if name is None:
                continue
            field = self.final[name]
            origin = self._since(story, first, name, (None, field.value), edits)
            runs, removed = field.runs, field.removed
            if path == name and first.after is not None:
                runs, _ = rewritten(runs, _as_written(own), origin)
                removed += ((origin, sum(span["end"] - span["start"] for span in own)),)
            self.final[name] = _Field(field.value, origin, runs, removed)

    def blamed(self) -> Iterator[Blamed]:
        for name, field in self.final.items():
            yield Blamed(name, field.value, field.origin, parts_of(field.runs, field.removed))


def _spans_by_field(decisions: list[Decision]) -> dict[str, list[Mapping[str, Any]]]:
    """What changed in each field: each rule of a step has its own part of it."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for one in decisions:
        found.setdefault(one.field or "", []).extend(one.spans or ())
    return {field: sorted(spans, key=lambda span: span["start"]) for field, spans in found.items()}


def is_scrub(decisions: Sequence[Decision]) -> bool:
    """Whether an edit is one that scrubs: it tells what it wrote."""
    return any(span.get("surrogate") is not None for one in decisions for span in one.spans or ())


def _within(path: str, name: str) -> bool:
    """Whether a path leads into the JSON of a field."""
    return path.startswith((f"{name}.", f"{name}["))


def _as_written(spans: Spans) -> Spans:
    """Spans of a text before an edit as those of the text after it, where nothing changes them."""
    made = []
    moved = 0
    for span in spans:
        start = span["start"] + moved
        made.append({"start": start, "end": start + span["length"], "length": span["length"]})
        moved += span["length"] - (span["end"] - span["start"])
    return made


def _edits(story: Story) -> Iterator[list[Decision]]:
    """The edits of a story, step by step; a step edits all copies alike."""
    edits = [one for one in story.decisions if one.action == "edit"]
    for _, group in groupby(edits, key=lambda one: (one.step, one.before, one.after)):
        yield list(group)


def origin_of(
    story: Story,
    created: Mapping[tuple[str, int], datetime],
    decision: Decision | None = None,
) -> Origin:
    """Where a value comes from that is first so in a story: its source, or a step."""
    number = story.versions[0]
    step, operator, rule, of = None, None, None, None
    if decision is not None:
        step, operator, rule = decision.step, decision.operator, decision.rule
        of = decision.of if decision.action == "add" else None
    place = (story.source, story.file, story.line)
    time = created[story.dataset, number]
    return Origin(story.dataset, number, time, step, operator, rule, *place, of)


def _carried(
    old: _Fields,
    old_content: Mapping[str, Any] | None,
    content: Mapping[str, Any],
    origin: Origin,
    is_read: bool,
) -> _Fields:
    """What was read, with the origins of the version before where it said the same.

    Where not all of it is known, what differs may be the work of a step, and not of the source.
    """
    partner = aligned(old_content, content) if old_content is not None else {}
    fields: _Fields = {}
    for name, place in flattened(content).items():
        was = old.get(partner.get(name, name))
        if was is not None and was.value == place.value:
            fields[name] = was
        elif was is not None and place.is_text and is_read:
            fields[name] = _changed(was, place, origin, None)
        else:
            fields[name] = _Field(place.value, origin, as_read(place, origin))
    return fields


def _changed(was: _Field | None, place: Place, origin: Origin, spans: Any) -> _Field:
    """A field that a step, or the source, changed; `spans` is where, if the ledger says so."""
    if was is None or not place.is_text or not isinstance(was.value, str):
        return _Field(place.value, origin, as_read(place, origin))
    where = spans or spans_of(word_pieces(was.value, place.value))
    runs, gone = rewritten(was.runs, where, origin)
    if sum(length for _, length in runs) != len(place.value):
        runs, gone = as_read(place, origin), ()
    return _Field(place.value, origin, runs, (*was.removed, *gone))


def _split(
    stories: Sequence[Story], created: Mapping[tuple[str, int], datetime]
) -> Iterator[Blamed]:
    """The split of each copy, since when it is so, and the step that gave or left it."""
    newest = stories[-1]
    for copy in newest.members:
        since = newest
        for story in reversed(stories):
            split = next((one.split for one in story.members if one.copy == copy.copy), None)
            same = _split_decision(story, copy.copy) == _split_decision(newest, copy.copy)
            if split != copy.split or not same:
                break
            since = story
        field = "split" if len(newest.members) == 1 else f"split of copy {copy.copy}"
        decision = _split_decision(since, copy.copy)
        yield Blamed(field, copy.split, origin_of(since, created, decision))


def _split_decision(story: Story, copy: int) -> Decision | None:
    """What gave a copy its split; `keep` of a split is what left it where it was."""
    given = [one for one in story.decisions if one.action == "split" and one.copy == copy]
    left = [one for one in story.decisions if one.operator == "split" and one.action == "keep"]
    found = (given or left)[-1:]
    return found[0]._replace(copy=copy) if found else None
