"""What is known of a limit, as lines for a terminal. Nothing here prints."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from curate.history.limits import plain
from curate.history.page import content_lines, indented
from curate.history.tune import Tuning
from curate.history.tune_advice import Advice, Quality
from curate.history.tune_direction import Direction
from curate.history.tune_histogram import Bar
from curate.history.tune_intervals import Estimate
from curate.history.tune_labelling import Labelling
from curate.history.tune_samples import Sample
from curate.output import visible

if TYPE_CHECKING:
    from rich.padding import Padding
    from rich.text import Text

LONGEST: Final = 240
"""Characters of each turn of a sample that are shown."""

NARROWEST: Final = 10
"""Characters that the longest bar has at least."""

WHOLE: Final = 0.995
"""Labels that stand for a smaller share of the records have that said of them."""

_MARKS: Final = {True: ("█", "░"), False: ("#", "-")}
"""What bars are drawn with, of records that pass and that fail; the second where a terminal cannot
show the first."""


def title(found: Tuning, ref: str) -> Iterator["Text | Padding"]:
    """What is asked, and in a few words what the rule does."""
    from rich.text import Text

    rule = found.rule
    head = Text(visible(f"{ref}, rule {rule.name}"), "bold")
    yield head.append(visible(f"  on {rule.field}, limit {plain(_limit(found))}"), "not bold")
    yield indented(Text(visible(rule.what.strip()), "dim"), 2)
    parts = [f"{found.came:,} records came to the step"]
    if found.histogram.lacking:
        parts.append(f"{found.histogram.lacking:,} of them without a value, so not judged")
    parts.append(f"{share_of(found.failing, found.came)} fail the rule")
    yield indented(Text(f"{', '.join(parts)}."), 2)
    yield indented(Text(visible(direction_words(found.direction, shown_value(found)))), 2)


def _limit(found: Tuning) -> float:
    assert isinstance(found.rule.limit, int | float)
    return found.rule.limit


def shown_value(found: Tuning) -> str:
    """The expression whose value is reported."""
    return found.rule.value or found.rule.failing().signals[0]


def direction_words(towards: Direction, value: str) -> str:
    """Which values fail, in a sentence."""
    if towards.fails is None:
        return (
            f"The limit is not held against the value reported ({value}), so it does not stand "
            "among the values; multiples of it are tried. A `value:` of the rule can name what it "
            "is held against."
        )
    side = f"{towards.fails.capitalize()} values of {value} fail"
    if towards.monotone:
        return f"{side}."
    others = towards.records - towards.turning
    return (
        f"{side}, but the value alone does not decide: {others:,} of {towards.records:,} records "
        "pass or fail for other reasons."
    )


def share_of(number: int, whole: int) -> str:
    """A number with the share that it is.

    >>> share_of(5, 200)
    '5 (2.5 %)'
    """
    return f"{number:,} ({100 * number / whole:.3g} %)" if whole else f"{number:,}"


def bars(found: Tuning, width: int, symbols: bool) -> Iterator["Text"]:
    """The histogram in so many columns, the limit between two bars; `symbols` as in `_MARKS`."""
    from rich.text import Text

    passing, failing = _MARKS[symbols]
    limit = f"limit {plain(_limit(found))}"
    legend = Text(f"  {passing} passes  ").append(f"{failing} fails", "red")
    yield legend.append(f"  {shown_value(found)}", "dim")
    drawn = found.histogram.bars
    names = ranges(found)
    counts = [f"{bar.passing + bar.failing:,}" for bar in drawn]
    head = [max(map(len, column)) for column in (names, counts)]
    room = max(width - sum(head) - 8, NARROWEST)
    largest = max(bar.passing + bar.failing for bar in drawn)
    mark = Text(f"  {'─' * head[0] if symbols else '-' * head[0]}  {limit}", "bold yellow")
    at = _place_of_limit(found)
    for place, (bar, name, count) in enumerate(zip(drawn, names, counts, strict=True)):
        if place == at:
            yield mark
        line = Text(f"  {name:>{head[0]}}  {count:>{head[1]}}  ")
        # One character at least for what there is, so that a few records are seen.
        for records, sign, style in ((bar.failing, failing, "red"), (bar.passing, passing, "")):
            line.append(sign * (max(round(room * records / largest), 1) if records else 0), style)
        yield line
    if at == len(drawn):
        yield mark


def _place_of_limit(found: Tuning) -> int | None:
    """The bar before which the limit stands; None where it is not among the values."""
    boundary = found.histogram.boundary
    return None if boundary is None else sum(bar.low < boundary for bar in found.histogram.bars)


def ranges(found: Tuning) -> list[str]:
    """The values of each bar; the outermost ones hold what lies beyond."""
    drawn, spread = found.histogram.bars, [value for _, value in found.histogram.percentiles]
    whole = all(bar.low.is_integer() and bar.high.is_integer() for bar in drawn)
    names = [_range(bar, whole) for bar in drawn]
    if spread[-1] >= drawn[-1].high:
        names[-1] = f"{_end(drawn[-1].low, whole)} and more"
    if spread[0] < drawn[0].low:
        names[0] = f"below {_end(drawn[0].high, whole)}"
    return names


def _range(bar: Bar, whole: bool) -> str:
    last = bar.high - 1 if whole else bar.high
    if whole and last <= bar.low:
        return _end(bar.low, whole)
    return f"{_end(bar.low, whole)} - {_end(last, whole)}"


def _end(value: float, whole: bool) -> str:
    return f"{int(value):,}" if whole else f"{value:.4g}"


def percentiles(found: Tuning) -> tuple[list[str], list[list[str]]]:
    """The percentiles as a table."""
    names = {0.0: "smallest", 0.5: "median", 1.0: "largest"}
    shares = found.histogram.percentiles
    return (
        [names.get(one, f"{100 * one:g} %") for one, _ in shares],
        [[f"{value:,.6g}" for _, value in shares]],
    )


def curve_rows(found: Tuning) -> tuple[list[str], list[list[object]]]:
    """The curve as a table: the rule alone, then beside the other rules of its step."""
    advised = None
    if found.labelling is not None and found.labelling.advice.best is not None:
        advised = found.labelling.advice.best.limit
    rows: list[list[object]] = []
    longest = max(len(plain(point.limit)) for point in found.curve)
    for point in found.curve:
        marks = ["now"] * (point.limit == found.rule.limit) + ["advised"] * (point.limit == advised)
        share = f"{100 * point.failing / found.came:6.2f} %"
        passing = found.passed + point.gained - point.lost
        counts = (point.failing, share, point.gained, point.lost, passing)
        rows.append([plain(point.limit).rjust(longest), *counts, ", ".join(marks)])
    names = ["fail it", "share", "gained", "lost", "pass then", ""]
    return [f"{found.rule.id} at", *names], rows


def samples(name: str, style: str, chosen: Sequence[Sample]) -> Iterator["Text | Padding"]:
    """Records of one side with their value, place and text."""
    from rich.text import Text

    for one in chosen:
        line = Text().append(name, style).append(f"  {value_text(one.value)}", "bold")
        line.append(f"  {one.id.hex()[:12]}")
        place = visible(f"  {one.source}/{one.file}:{one.line}{fate(one)}")
        yield line.append(place, "dim")
        if one.content is None:
            yield Text("  its content is not stored any more", "dim")
            continue
        yield from content_lines(one.content, LONGEST, with_values=False)


def value_text(value: float) -> str:
    """A value in a few digits."""
    return str(int(value)) if value.is_integer() else f"{value:.6g}"


def fate(one: Sample) -> str:
    """What else became of a record, in brackets."""
    if one.others:
        return f"  ({'also ' * one.fails}dropped by {', '.join(one.others)})"
    return f"  (dropped by {one.dropped_later} later)" if one.dropped_later else ""


def advice(found: Labelling, came_from: str) -> Iterator["Text | Padding"]:
    """What labels say of the limit."""
    from rich.text import Text

    said = found.advice
    yield Text(f"Labels in {visible(came_from)}", "bold")
    parts = [f"{said.good} good", f"{said.bad} bad"]
    parts += [f"{found.skipped} skipped"] * bool(found.skipped)
    yield indented(Text(", ".join(parts)), 2)
    for note in notes(found):
        yield indented(Text(note, "dim"), 2)
    yield indented(Text(conclusion(said), "bold" if said.best else "yellow"), 2)


def notes(found: Labelling) -> Iterator[str]:
    """What limits the labels' word."""
    if found.elsewhere:
        yield f"{found.elsewhere} labels are of records that the rule did not judge here."
    if 0 < found.covered < WHOLE:
        yield (
            f"They stand for {100 * found.covered:.0f} % of the records: in other parts of the "
            "values none is labelled."
        )


def conclusion(said: Advice) -> str:
    """The recommendation in a sentence, or why there is none."""
    if said.best is None or said.interval is None:
        return f"No limit is recommended. {said.reason}"
    low, high = (plain(end) for end in said.interval)
    by = "the highest balanced accuracy (Youden)"
    if said.wanted is not None:
        by = f"drops most with at least {100 * said.wanted:g} % bad among it"
    same = " (as it is)" if said.best.limit == said.present.limit else ""
    return (
        f"Recommended limit: {plain(said.best.limit)}{same}, 95 % interval {low} to {high}; {by}."
    )


QUALITY_NOTE: Final = (
    "In brackets: 95 % intervals (Wilson). Balanced: the mean of recall and good kept."
)


def quality_rows(said: Advice) -> tuple[list[str], list[list[str]]]:
    """The present and the recommended limit beside each other."""
    sides = [("now", said.present)]
    if said.best is not None and said.best.limit != said.present.limit:
        sides.append(("advised", said.best))
    rows = [[name, plain(one.limit), *_figures(one)] for name, one in sides]
    return ["", "limit", "precision", "recall", "good kept", "balanced"], rows


def _figures(one: Quality) -> list[str]:
    estimates = (one.precision, one.recall, one.specificity)
    balanced = one.balanced_accuracy
    return [*map(estimate_text, estimates), "" if balanced is None else f"{100 * balanced:.1f} %"]


def estimate_text(one: Estimate | None) -> str:
    """A share with its interval, in percent."""
    if one is None:
        return "none"
    return f"{100 * one.share:.1f} % ({100 * one.low:.0f}-{100 * one.high:.0f})"
