"""`curate whatif REF [RULE=LIMIT]...`."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from curate.output import Output, json_option, store_option, visible

if TYPE_CHECKING:
    from curate.history.whatif import RuleOutcome, StepOutcome
    from curate.history.whatif_sides import Side
    from curate.store import Version

LONGEST = 240
"""Characters of each turn of a sample that are shown."""


@click.command()
@click.argument("ref")
@click.argument("changes", nargs=-1, metavar="[RULE=LIMIT]...")
@click.option("--drop", metavar="STEP", help="Try a `drop` more, such as 'toxicity > 0.8'.")
@click.option(
    "--curve", "curves", multiple=True, metavar="RULE", help="Counts at several limits; repeatable."
)
@click.option(
    "--samples", type=click.IntRange(0), default=3, show_default=True, help="Records of each side."
)
@store_option
@json_option
def whatif(
    ref: str,
    changes: tuple[str, ...],
    drop: str | None,
    curves: tuple[str, ...],
    samples: int,
    store: Path,
    as_json: bool,
) -> None:
    """Say which records of the version REF other limits of its rules would gain and lose.

    RULE is a rule's id, or step.rule where several steps have it; LIMIT is its new limit, or `off`
    to leave it out. Without changes the rules are listed. First order: the other rules of the step
    hold, and no other step is run again. --drop tries a step that the recipe does not have, over
    signals and over scores that a build or `curate score` stored.
    """
    from curate.errors import UsageError
    from curate.history.whatif import limits_of, try_rule
    from curate.history.whatif import whatif as ask
    from curate.store import Store

    if drop is not None and (changes or curves):
        raise UsageError("--drop", "got other changes beside it", "Try one thing at a time.")
    version = Store.open(store).version(ref)
    output = Output(as_json)
    if drop is not None:
        from curate.history.trial import with_trial

        version, rule = with_trial(version, drop)
        _print_all(version, [try_rule(version, rule, samples)], output)
        return
    if not changes and not curves:
        _list(version, limits_of(version), output)
        return
    _print_all(version, ask(version, changes, curves, samples), output)


def _print_all(version: "Version", outcomes: "list[StepOutcome]", output: Output) -> None:
    output.emit(_document(version, outcomes))
    if not output.as_json:
        for outcome in outcomes:
            _print(version, outcome, output)


def _list(version: "Version", rules: "list[RuleOutcome]", output: Output) -> None:
    from curate.history.document import document

    output.emit(
        {
            "version": version.ref,
            "rules": [
                document(one.rule) | {"dropped": one.dropped, "alone": one.alone} for one in rules
            ],
        }
    )
    if not rules:
        output.line("No step of this version has rules.")
        return
    rows = [
        [one.rule.step, one.rule.id, one.rule.field, _limit(one), one.dropped, one.alone]
        for one in rules
    ]
    output.table(["step", "rule", "field", "limit", "dropped", "it alone"], rows)


def _limit(one: "RuleOutcome") -> str:
    from curate.output import shown

    if one.rule.match is not None:
        return "(pattern)"
    return "(none)" if one.rule.limit is None else shown(one.rule.limit)


def _print(version: "Version", outcome: "StepOutcome", output: Output) -> None:
    from rich.text import Text

    passed = f"{outcome.passed:,} of {outcome.came:,} records pass"
    head = Text(visible(f"{version.ref}, step {outcome.step}"), "bold")
    output.line(head.append(f"  {passed} now", "not bold"))
    for one in outcome.rules:
        if one.changed is not None:
            new = "off" if one.changed.off else visible(str(one.changed.limit))
            if one.changed.is_trial:
                output.line(Text(visible(f"  {one.rule.id}  {one.rule.where}, tried")))
                continue
            said = f"  {one.rule.id}  limit {_limit(one)} -> {new}"
            alone = f"  (drops {one.dropped:,} now, {one.alone:,} of them alone)"
            output.line(Text(visible(said)).append(alone, "dim"))
    output.line()
    if any(one.changed is not None for one in outcome.rules):
        _print_counts(outcome, output)
        _print_slices(outcome, output)
        _print_samples("gained", "green", outcome.gained, output)
        _print_samples("lost", "red", outcome.lost, output)
    _print_curves(outcome, output)
    _print_notes(version, outcome, output)


def _print_counts(outcome: "StepOutcome", output: Output) -> None:
    gained, lost = outcome.gained, outcome.lost
    rows = [
        ["gained", gained.records, gained.characters, ""],
        ["lost", lost.records, lost.characters, _of_lost(lost)],
        ["pass then", outcome.passed + gained.records - lost.records, None, ""],
    ]
    output.table(["", "records", "characters", "of them"], rows)
    output.line()


def _of_lost(lost: "Side") -> str:
    if not lost.records:
        return ""
    later = [f"{number:,} dropped by {step} anyway" for step, number in lost.dropped_later]
    return ", ".join([f"{lost.members:,} members", *later])


def _print_slices(outcome: "StepOutcome", output: Output) -> None:
    sides = {"gained": outcome.gained, "lost": outcome.lost}
    rows = [
        [name, one.by, one.value, one.records]
        for name, side in sides.items()
        for one in side.slices
    ]
    if rows:
        output.table(["", "slice", "value", "records"], rows)
        output.line()


def _print_samples(name: str, style: str, side: "Side", output: Output) -> None:
    from rich.text import Text

    from curate.history.page import content_lines

    for one in side.samples:
        line = Text(name, style).append(f"  {one.id.hex()[:12]}", "bold")
        values = "  ".join(f"{rule} {value}" for rule, value in one.values)
        place = f"  {one.source}/{one.file}:{one.line}"
        later = f"  (dropped by {one.dropped_at} anyway)" if one.dropped_at else ""
        output.line(
            line.append(visible(f"  {values}"), "not bold").append(visible(place + later), "dim")
        )
        if one.content is None:
            output.line(Text("  its content is not stored any more", "dim"))
            continue
        for paragraph in content_lines(one.content, LONGEST, with_values=False):
            output.line(paragraph)
    if side.samples:
        output.line()


def _print_curves(outcome: "StepOutcome", output: Output) -> None:
    from curate.history.limits import plain

    for one in outcome.rules:
        if not one.curve:
            continue
        rows = [
            [plain(point.limit), *point[1:], "now" * (point.limit == one.rule.limit)]
            for point in one.curve
        ]
        output.table([f"{one.rule.id} at", "gained", "lost", "fail it", ""], rows)
        output.line()


def _print_notes(version: "Version", outcome: "StepOutcome", output: Output) -> None:
    from rich.text import Text

    from curate.history.whatif_settings import as_yaml, settings_of

    if settings := settings_of(version, outcome.step, outcome.changes):
        where = f"In the recipe, among the settings of the step {outcome.step}:"
        if any(one.is_trial for one in outcome.changes):
            where, settings = "In the recipe, as its last step:", {"- drop": settings}
        output.line(Text(visible(where)))
        output.line(Text(visible(as_yaml(settings))))
    after = ", ".join(outcome.after) or "none"
    held = f"The other rules of {outcome.step} hold. Not run again: {after} (after it)"
    before = f", {', '.join(outcome.before)} (before it)" if outcome.before else ""
    output.line(Text(visible(f"{held}{before}."), "dim"))
    if outcome.measured.lacking:
        lacking = (
            f"{outcome.measured.lacking:,} contents have no value of a score, and no rule over it "
            f"drops them; `curate score {version.ref} STEP` measures what is not known."
        )
        output.line(Text(visible(lacking), "yellow"))
    if outcome.measured.again:
        again = (
            f"{outcome.measured.again:,} contents were measured again: their values are not stored."
        )
        output.line(Text(again, "dim"))


def _document(version: "Version", outcomes: "list[StepOutcome]") -> dict[str, Any]:
    from curate.history.document import document
    from curate.history.whatif_settings import settings_of

    steps = []
    for outcome in outcomes:
        rules = [
            document(one.rule)
            | {"changed": one.changed is not None, "off": bool(one.changed and one.changed.off)}
            | {"new_limit": one.changed.limit if one.changed else one.rule.limit}
            | {"dropped": one.dropped, "alone": one.alone, "curve": document(one.curve)}
            for one in outcome.rules
        ]
        settings = settings_of(version, outcome.step, outcome.changes)
        steps.append(document(outcome) | {"rules": rules, "settings": settings})
    return {"version": version.ref, "steps": steps}
