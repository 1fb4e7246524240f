"""The story of one record: what every version read, decided and kept, and which runs learned it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import dropwhile, groupby
from typing import Any, NamedTuple

from curate.decision import NO_TWIN
from curate.history.contents import Contents
from curate.history.remedy import Remedy, remedies
from curate.history.rows import RecordRows
from curate.history.words import ContentChange, compare
from curate.store import Run, Store, Version
from curate.store.catalog import Connection, reading
from curate.store.runs import descendants, read_runs


class Decision(NamedTuple):
    """What one step decided of a record: a row of the ledger, or `keep`."""

    step: str
    operator: str
    action: str
    """keep, drop, edit, add, copy or split."""
    copy: int
    rule: str | None = None
    field: str | None = None
    value: str | None = None
    limit: str | None = None
    of: bytes | None = None
    before: bytes | None = None
    after: bytes | None = None
    spans: Sequence[Mapping[str, Any]] | None = None
    """Of an edit: the stretches that changed, as in the ledger."""


class Membership(NamedTuple):
    """A copy of the record in a version."""

    copy: int
    hash: bytes
    split: str


class Child(NamedTuple):
    """A record that a step made of another."""

    id: bytes
    maker: str
    """What made it, such as the name of an augmenter."""
    is_member: bool
    """Otherwise it was rejected, or dropped by a later step."""


class Story(NamedTuple):
    """What one version, or several in a row, did with a record."""

    dataset: str
    versions: tuple[int, ...]
    """The versions that tell the same, in order."""
    source: str
    file: str
    line: int
    """Where the newest of them read it."""
    decisions: tuple[Decision, ...]
    """In the order of the steps; steps after the one that dropped it are left out."""
    members: tuple[Membership, ...]
    """Its copies; empty where it was dropped."""
    twins: tuple[bytes, ...]
    """The records that were dropped for its sake."""
    runs: tuple[Run, ...]
    """The runs that were given it."""
    heirs: tuple[Run, ...]
    """The runs that started from a model that was given it."""
    remedies: tuple[Remedy, ...] = ()
    """Of a record that was dropped: what would have kept it at that step, all of them together."""
    never_reached: tuple[str, ...] = ()
    """The steps after the one that dropped it, which have not seen it."""
    children: tuple[Child, ...] = ()
    """What steps made of it."""

    def made(self) -> Decision | None:
        """The step that made it, where it was not read."""
        return next((one for one in self.decisions if one.action == "add"), None)

    def read_hash(self) -> bytes | None:
        """The hash of what the source said: before the first edit, or drop, or as a member.

        None where it was never stored, since it held what a step then scrubbed.
        """
        edits = [one for one in self.decisions if one.action in ("edit", "flag")]
        if edits and edits[0].before is None:
            return None
        return self.known_hash()

    def known_hash(self) -> bytes | None:
        """The first hash that is known of it."""
        befores = [one.before for one in self.decisions if one.before is not None]
        return next(iter([*befores, *(one.hash for one in self.members)]), None)


class Life(NamedTuple):
    """One record through all versions."""

    id: bytes
    stories: tuple[Story, ...]
    contents: Mapping[bytes, Mapping[str, Any]]
    """What is stored of its contents, by hash: before and after each edit, and at the end."""

    def edit(self, decision: Decision) -> ContentChange | None:
        """What an edit changed, or None where its content is not stored any more."""
        before, after = (
            self.contents.get(side or b"") for side in (decision.before, decision.after)
        )
        return None if before is None or after is None else compare(before, after)

    def newest_content(self) -> Mapping[str, Any] | None:
        """The last content that is known: as a member, else before it was dropped."""
        for story in reversed(self.stories):
            hashes = [one.hash for one in story.members]
            hashes += [one.before for one in reversed(story.decisions) if one.before is not None]
            for one in hashes:
                if one in self.contents:
                    return self.contents[one]
        return None


def why(store: Store, record: bytes, versions: Sequence[Version]) -> Life:
    """Tell what versions did with a record (`lookup.find` finds its id).

    Versions that never met it are left out; those in a row that tell the same are one story.
    """
    ordered = sorted(versions, key=lambda version: (version.dataset, version.number))
    if not ordered:
        return Life(record, (), {})
    by_number = {(one.dataset, one.number): one for one in ordered}
    stories: list[Story] = []
    with reading(store.folder) as connection:
        runs = read_runs(connection)
        for _, group in groupby(ordered, key=lambda version: version.dataset):
            stories += _stories(connection, record, list(group), runs)
        first = {(story.dataset, story.versions[0]): _hashes([story]) for story in stories}
        contents = Contents(connection, ordered[-1], _hashes(stories), first)
        told = [_with_remedies(connection, one, record, by_number, contents) for one in stories]
    return Life(record, tuple(told), contents)


def _hashes(stories: Iterable[Story]) -> set[bytes]:
    """Every content that a record had."""
    hashes = {one.hash for story in stories for one in story.members}
    decided = [one for story in stories for one in story.decisions]
    return hashes | {side for one in decided for side in (one.before, one.after) if side}


def _with_remedies(
    connection: Connection,
    story: Story,
    record: bytes,
    versions: Mapping[tuple[str, int], Version],
    contents: Contents,
) -> Story:
    """Add to a story that ends in a drop what would have kept the record."""
    if story.members or not story.decisions:
        return story
    last = story.decisions[-1]
    version = versions[story.dataset, story.versions[-1]]
    drops = [
        one
        for one in story.decisions
        if one.action == "drop" and (one.step, one.copy) == (last.step, last.copy)
    ]
    names = [step["name"] for step in version.recipe["steps"]]
    reached = names.index(last.step) + 1 if last.step in names else 0
    made = story.made()
    is_own = made is not None and made.step == last.step
    found = remedies(connection, version, record, drops, contents, is_own)
    return story._replace(remedies=found, never_reached=tuple(names[reached:]))


def _stories(
    connection: Connection, record: bytes, versions: list[Version], runs: Sequence[Run]
) -> list[Story]:
    """The stories of one dataset, folded."""
    ledger = RecordRows.ledger(connection, versions, record)
    kin = {row["id"] for row in ledger.rows if row["action"] == "add"} - {record}
    members = RecordRows.members(connection, versions, [record, *sorted(kin)])
    folded: list[Story] = []
    for version in versions:
        own = members.at(version.number, record)
        story = _story(version, record, own, ledger.at(version.number), runs)
        if story is None:
            continue
        there = {row["id"] for row in members.at(version.number)}
        made = tuple(one._replace(is_member=one.id in there) for one in story.children)
        story = story._replace(children=made)
        if folded and _is_same(folded[-1], story):
            last = folded.pop()
            numbers, both = (*last.versions, version.number), (*last.runs, *story.runs)
            heirs = (*last.heirs, *(one for one in story.heirs if one not in last.heirs))
            story = story._replace(versions=numbers, runs=both, heirs=heirs)
        folded.append(story)
    return folded


def _is_same(earlier: Story, later: Story) -> bool:
    told = ("source", "decisions", "members", "twins", "children")
    follows = later.versions[0] == earlier.versions[-1] + 1
    return follows and all(getattr(earlier, name) == getattr(later, name) for name in told)


def _story(
    version: Version,
    record: bytes,
    members: list[dict[str, Any]],
    ledger: list[dict[str, Any]],
    runs: Sequence[Run],
) -> Story | None:
    own = [row for row in ledger if row["id"] == record]
    if not members and not own:
        return None
    origin = (members or own)[0]
    given = [run for run in runs if _was_given(run, version, record, copies_of(members))]
    heirs = [heir for run in given if run.kind == "train" for heir in descendants(run, runs)]
    return Story(
        version.dataset,
        (version.number,),
        origin["source"],
        origin["file"],
        origin["line"],
        tuple(_decisions(version, own)),
        copies_of(members),
        tuple(sorted({row["id"] for row in ledger if _is_of(row, record, "drop")})),
        tuple(given),
        tuple(heir for place, heir in enumerate(heirs) if heir not in heirs[:place]),
        children=_children(ledger, record),
    )


def _children(ledger: Iterable[Mapping[str, Any]], record: bytes) -> tuple[Child, ...]:
    """What was made of a record, by id; whether they are members is told later."""
    made = {row["id"]: row["rule"] for row in ledger if _is_of(row, record, "add")}
    return tuple(Child(id_, maker, False) for id_, maker in sorted(made.items()))


def copies_of(members: Iterable[Mapping[str, Any]]) -> tuple[Membership, ...]:
    """The copies of a record that are members, from their rows."""
    return tuple(Membership(row["copy"], row["hash"], row["split"]) for row in members)


def _decisions(version: Version, rows: list[dict[str, Any]]) -> list[Decision]:
    """What each step decided, keeps included, up to the step that dropped it for good.

    Of a record that a step made, from that step on.
    """
    made_by = next((row["step"] for row in rows if row["action"] == "add"), None)
    decisions: list[Decision] = []
    names = [name for name in Decision._fields if name not in ("step", "operator")]
    left = {row["copy"] for row in rows} | {0}
    for step in _from(version.recipe["steps"], made_by):
        here = [row for row in rows if row["step"] == step["name"]]
        head = (step["name"], step["operator"])
        made = [Decision(*head, **{name: row[name] for name in names}) for row in here]
        decisions += made or [Decision(*head, "keep", 0)]
        left -= {row["copy"] for row in here if row["action"] == "drop"}
        if not left:
            break
    return decisions


def _from(steps: Sequence[dict[str, Any]], name: str | None) -> Iterator[dict[str, Any]]:
    """The steps from one on; all where there is no such."""
    known = any(step["name"] == name for step in steps)
    return dropwhile(lambda step: known and step["name"] != name, steps)


def _was_given(run: Run, version: Version, record: bytes, copies: Iterable[Membership]) -> bool:
    """Whether a run on this version read the record: its split has it, and it was not excluded."""
    read = copies_read(run, version, copies)
    return bool(read) and not is_excluded(run, record, read)


def _is_of(decision: Mapping[str, Any], record: bytes, action: str) -> bool:
    """Whether another record was dropped for the sake of this one (`drop`), or made of it."""
    return bool(
        decision["of"] == record
        and decision["action"] == action
        and decision["rule"] not in NO_TWIN
    )


def copies_read(run: Run, version: Version, copies: Iterable[Membership]) -> tuple[Membership, ...]:
    """The copies of a record in what a run was told to read."""
    if (run.dataset, run.version) != (version.dataset, version.number):
        return ()
    return tuple(one for one in copies if run.split in ("", one.split))


def is_excluded(run: Run, record: bytes, copies: Iterable[Membership]) -> bool:
    """Whether a run left all copies of a record out, as too long for instance."""
    return {f"{record.hex()}:{one.copy}" for one in copies} <= set(run.excluded)
