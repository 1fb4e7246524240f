"""A difference as a page for a terminal, part by part. Nothing here prints."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Final

from curate.history.causes import ChangeKind, rule_words, setting_value, setting_words
from curate.history.condition import Verdict
from curate.history.diff import Change, Difference
from curate.history.examples import Example, examples
from curate.history.page import change_lines, content_lines
from curate.history.recipes import PartChange, RecipeChange
from curate.history.shift import Shift
from curate.history.slices import Slice, Slices
from curate.output import visible
from curate.store import Version

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table
    from rich.text import Text

SIGNS: Final = {"removed": "-", "added": "+", "edited": "~", "moved": ">"}
STYLES: Final = {"removed": "red", "added": "green", "edited": "yellow", "moved": "cyan"}

SLICES_SHOWN: Final = 8
"""Slices of one kind that a page lists: those that changed most."""
SHIFTS_SHOWN: Final = 10
CAUSES_SHOWN: Final = 3


def head(found: Difference) -> Iterator["RenderableType"]:
    """The two versions, and what differs in recipe and input."""
    from rich.text import Text

    for sign, version, style in (("-", found.before, "red"), ("+", found.after, "green")):
        yield Text(f"{sign} {described(version)}", f"bold {style}")
    yield from (Text(line) for line in recipe_lines(found.recipe))
    for one in found.inputs:
        sides = (one.records_before, one.records_after)
        counts = " -> ".join(f"{side:,}" for side in sides if side is not None) + " records"
        yield Text(visible(f"  input {one.source}/{one.file} {one.state}: {counts}"))


def described(version: Version) -> str:
    """A version in a line."""
    time = f"{version.created:%Y-%m-%d %H:%M}"
    return f"{version.ref}  snapshot {version.snapshot[:12]}  {time}"


def recipe_lines(change: RecipeChange) -> Iterator[str]:
    """What differs between two recipes, a line each."""
    for setting in change.settings:
        yield visible(f"  {setting_words(setting)}")
    for what, parts in (("source", change.sources), ("step", change.steps)):
        for part in parts:
            told = list(_part_words(part))
            words = f": {', '.join(told)}" if told else ""
            yield visible(f"  {what} {part.name} {part.state}{words}")


def _part_words(part: PartChange) -> Iterator[str]:
    for one in part.settings:
        if part.state == "changed":
            yield setting_words(one)
        elif one.after not in (None, [], ""):
            yield f"{one.name} {setting_value(one.after)}"
    for rule in part.rules:
        yield from rule_words(rule)
    if part.by_version and not part.rules:
        yield "its version or files, not its settings"


def causes(found: Difference) -> Iterator["RenderableType"]:
    """How many records changed, and why."""
    from rich.text import Text

    before, after = found.counts[0].before, found.counts[0].after
    yield Text(f"records  {_sides(before, after)}", "bold")
    if not found.causes:
        yield Text("No record differs.")
        return
    table = _table(4)
    table.columns[0].justify = "right"
    for one in found.causes:
        style = STYLES[one.change]
        number = Text(f"{SIGNS[one.change]} {one.number:,}", style)
        why = Text(visible(one.why), "dim")
        table.add_row(number, Text(one.change, style), Text(visible(one.what)), why)
    yield table


def slices(found: Slices) -> Iterator["RenderableType"]:
    """The slices that changed, those with the largest change first; nothing where none did."""
    from rich.text import Text

    whole = found.whole
    if not whole.differs and not any(one.differs for one in found.slices):
        return
    with_tokens = found.tokens is not None
    yield Text("slices", "bold")
    names = ("", "A", "B", "", "share A", "share B", "characters", *(["tokens"] * with_tokens))
    table = _table(0)
    for name in names:
        table.add_column(Text(name), justify="right" if name else "left", no_wrap=True)
    table.columns[3].justify = "right"
    table.show_header = True
    _add_slice(table, "all", whole, whole, with_tokens)
    more = []
    for by, group in groupby(found.slices, key=lambda one: one.by):
        each = list(group)
        differing = sorted((one for one in each if one.differs), key=_change_of, reverse=True)
        if len(each) == 1 and (each[0].before, each[0].after) == (whole.before, whole.after):
            continue
        for one in differing[:SLICES_SHOWN]:
            _add_slice(table, f"{by}={one.name}", one, whole, with_tokens)
        if len(differing) > SLICES_SHOWN:
            more.append(f"{len(differing) - SLICES_SHOWN} more of {by} differ")
    yield table
    more += [f"{one.by} has {one.values:,} values, too many to slice by" for one in found.unlisted]
    if found.tokens is None:
        more.append("tokens are not counted: build with the step `tokens`")
    elif (found.tokens.before, found.tokens.after) != (whole.before.records, whole.after.records):
        known = f"{found.tokens.before:,} -> {found.tokens.after:,}"
        more.append(f"tokens are known of {known} records only")
    yield from (Text(visible(f"  {line}"), "dim") for line in more)


def _change_of(one: Slice) -> tuple[int, int]:
    return (
        abs(one.after.records - one.before.records),
        abs(one.after.characters - one.before.characters),
    )


def _add_slice(table: "Table", name: str, one: Slice, whole: Slice, with_tokens: bool) -> None:
    from rich.text import Text

    shares = [
        f"{100 * part.records / of.records:.1f} %" if of.records else ""
        for part, of in ((one.before, whole.before), (one.after, whole.after))
    ]
    difference = one.after.records - one.before.records
    style = "green" if difference > 0 else "red" if difference < 0 else "dim"
    cells = [
        Text(visible(f"  {name}".replace("\n", " "))),
        Text(f"{one.before.records:,}"),
        Text(f"{one.after.records:,}"),
        Text(f"{difference:+,}" if difference else "=", style),
        *(Text(share, "dim") for share in shares),
        Text(_relative(one.before.characters, one.after.characters)),
    ]
    if with_tokens:
        cells.append(Text(_relative(one.before.tokens, one.after.tokens)))
    table.add_row(*cells)


def _relative(before: int, after: int) -> str:
    """A number and what it grew by, such as "8,986,111 +2.1 %"."""
    if before == after:
        return f"{after:,}       ="
    grown = percent(before, after)
    return f"{after:,} {grown:>7}"


def percent(before: int, after: int) -> str:
    """By how much a number grew.

    >>> percent(200, 190), percent(0, 5)
    ('-5.0 %', 'new')
    """
    return f"{100 * (after - before) / before:+.1f} %" if before else "new"


def _sides(before: int, after: int) -> str:
    if before == after:
        return f"{before:,}"
    return f"{before:,} -> {after:,}  {after - before:+,}, {percent(before, after)}"


def shifts(found: Difference) -> Iterator["RenderableType"]:
    """The distributions that shifted, with the causes of the records that drive it."""
    from rich.text import Text

    compared = told_once(found.shifts())
    shifted = [one for one in compared if one.is_one]
    if not compared or not found.causes:
        return
    words = f"  {len(shifted)} of {len(compared)} distributions" if shifted else "  none"
    yield Text("shifts", "bold").append(words, "not bold dim")
    for one in shifted[:SHIFTS_SHOWN]:
        yield _shift_line(one)
        yield from _drivers(one, found)
    if len(shifted) > SHIFTS_SHOWN:
        yield Text(f"  {len(shifted) - SHIFTS_SHOWN} more; --html and --json have all", "dim")


def told_once(found: Sequence[Shift]) -> list[Shift]:
    """The shifts without the sizes that a stored signal tells as well."""
    names = {one.name for one in found}
    return [one for one in found if one.name.replace("_", ".", 1) not in names - {one.name}]


def _shift_line(one: Shift) -> "Text":
    from rich.text import Text

    line = Text("  ").append(visible(f"{one.name:<24}"), "bold")
    measure = "D" if one.test == "kolmogorov-smirnov" else "distance"
    line.append(f"  {measure} {one.distance:.3f}", "yellow").append(f"  p {probability(one.p)}")
    if one.before is not None and one.after is not None:
        line.append(
            f"  PSI {one.psi:.3f}  median {one.before.median:.4g} -> {one.after.median:.4g}"
        )
        line.append(f"  mean {one.before.mean:.4g} -> {one.after.mean:.4g}")
    for share in one.shares[:CAUSES_SHOWN]:
        line.append(visible(f"  {share.label} {share.before:,} -> {share.after:,}"))
    if any(one.lacking):
        line.append(f"  not measured of {one.lacking[0]:,} -> {one.lacking[1]:,}", "dim")
    return line


def probability(p: float) -> str:
    """A probability, of which only the order of magnitude matters.

    >>> probability(0.0312), probability(1e-20)
    ('0.031', '< 1e-12')
    """
    return "< 1e-12" if p < 1e-12 else f"{p:.2g}"


def _drivers(one: Shift, found: Difference) -> Iterator["RenderableType"]:
    from rich.text import Text

    drivers = one.drivers
    if drivers is None or one.at is None:
        return
    what = {cause.key: cause.what for cause in found.causes}
    words = [f"{number:,} {what[key]}" for key, number in drivers.causes]
    listed = "; ".join(words[:CAUSES_SHOWN])
    more = "; ..." if len(words) > CAUSES_SHOWN else ""
    against = f", {drivers.against:,} the other way" if drivers.against else ""
    yield Text(
        visible(
            f"    {drivers.number:,} records {one.moved} past {one.at:.4g}{against}: {listed}{more}"
        ),
        "dim",
    )
    for each in drivers.examples[:CAUSES_SHOWN]:
        values = " -> ".join(
            "none" if side is None else f"{side:.4g}" for side in (each.before, each.after)
        )
        place = f"{each.source}/{each.file}:{each.line}"
        sign = Text(f"    {SIGNS[each.change]} {each.id.hex()[:12]}", STYLES[each.change])
        yield sign.append(visible(f"  {values}")).append(visible(f"  {place}"), "dim")


def records(
    found: Difference, kind: ChangeKind, limit: int | None, marks: bool
) -> Iterator["RenderableType"]:
    """Records of one kind of change, those of different causes first."""
    chosen = examples(found, kind, limit)
    if not chosen:
        return
    total = found.number(kind)
    shown = "" if len(chosen) == total else f", {len(chosen):,} shown"
    yield f"[bold {STYLES[kind]}]{kind}[/]  [dim]{total:,}{shown}[/]"
    for one in chosen:
        yield from _record(one, marks)


def _record(one: Example, marks: bool) -> Iterator["RenderableType"]:
    from rich.text import Text

    change = one.change
    copy = f" copy {change.copy}" if change.copy else ""
    line = Text(f"{SIGNS[change.change]} {change.id.hex()[:12]}{copy}", STYLES[change.change])
    line.append(visible(f"  {change.source}/{change.file}:{change.line}"), "dim")
    yield line.append(visible(f"  {one.cause.what}{measured_words(change)}"))
    if one.words is not None:
        yield from change_lines(one.words, marks)
    elif change.change == "edited" or one.content is None:
        yield Text("  its content is not stored any more", "dim")
    elif change.change != "moved":
        yield from content_lines(one.content, longest=200, with_values=False)
    if change.twin is not None:
        twin = change.twin.hex()[:12]
        yield Text(f"  twin {twin}: curate why {twin}", "dim")


def measured_words(change: Change) -> str:
    """What the rules measured that dropped a record, and what they allow."""
    said = [
        f"{rule.rule} {rule.value}" + (f", allowed {rule.limit}" if rule.limit is not None else "")
        for rule in change.failed
        if rule.value is not None
    ]
    return f" ({'; '.join(said)})" if said else ""


def verdicts(found: Sequence[Verdict]) -> Iterator["RenderableType"]:
    """Which conditions hold, with their figures."""
    from rich.text import Text

    for one in found:
        state = Text("  holds ", "bold red") if one.holds else Text("  ok    ", "green")
        yield state.append(visible(f"{one.condition}  "), "default").append(
            visible(one.words), "dim"
        )


def _table(columns: int) -> "Table":
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False)
    for _ in range(columns):
        table.add_column()
    return table
