"""`curate attack REF --recipe NAME --classifier PATH`."""

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from curate.output import Output, json_option, quiet_option, store_option, visible

if TYPE_CHECKING:
    from curate.attacks.recipe import AttackRecipe
    from curate.attacks.target import Target
    from curate.history.attack import Outcome

LONGEST = 240
"""Characters of a sample that are shown."""


@click.command(short_help="Attack a classifier with records.")
@click.argument("ref", required=False)
@click.option("--recipe", metavar="NAME", help="The attack, such as DeepWordBug.")
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="NAME=VALUE",
    help="A setting of the attack, such as vectors=glove.txt; repeatable.",
)
@click.option(
    "--classifier",
    metavar="PATH",
    help="A file of `curate classifier train`, or a folder of transformers.",
)
@click.option("--field", default="prompt", show_default=True, help="The text of each record.")
@click.option(
    "--label",
    metavar="labels.NAME",
    help="What is right of each record.  [default: what the classifier says]",
)
@click.option(
    "--limit", type=click.IntRange(1), default=100, show_default=True, help="Records to attack."
)
@click.option(
    "--queries",
    type=click.IntRange(2),
    default=1000,
    show_default=True,
    help="Questions to the classifier for each record.",
)
@click.option("--seconds", type=click.FloatRange(0, min_open=True), help="For each record.")
@click.option("--seed", type=int, default=0, show_default=True)
@click.option(
    "--protect/--no-protect",
    default=True,
    show_default=True,
    help="Leave code, URLs, numbers, names and the like alone.",
)
@click.option("--samples", type=click.IntRange(0), default=3, show_default=True)
@click.option("--list", "listed", is_flag=True, help="List the attacks, and what each needs.")
@store_option
@json_option
@quiet_option
def attack(
    ref: str | None,
    recipe: str | None,
    settings: tuple[str, ...],
    classifier: str | None,
    field: str,
    label: str | None,
    limit: int,
    queries: int,
    seconds: float | None,
    seed: int,
    protect: bool,
    samples: int,
    listed: bool,
    store: Path,
    as_json: bool,
    quiet: bool,
) -> None:
    """Attack a classifier with records of the version REF, and say how often it is fooled.

    The texts are changed little, by a recipe of TextAttack, until the classifier is wrong. Nothing
    is stored; step `attack` of a recipe makes records of such texts.
    """
    from curate.attacks.recipes import attack_of
    from curate.attacks.running import Budget
    from curate.attacks.target import target_of
    from curate.errors import UsageError
    from curate.history.attack import Asked
    from curate.history.attack import attack as run
    from curate.listener import listener_for
    from curate.store import Store

    output = Output(as_json)
    if listed:
        _list(output)
        return
    if ref is None or recipe is None or classifier is None:
        missing = "REF" if ref is None else "--recipe" if recipe is None else "--classifier"
        right = "Say curate attack REF --recipe NAME --classifier PATH, or curate attack --list"
        raise UsageError("attack", f"{missing} is not given", right)
    made = attack_of(recipe, _settings(settings), Path())
    target = target_of(classifier, Path())
    version = Store.open(store).version(ref)
    asked = Asked(field, label, limit, seed, protect)
    with closing(listener_for(quiet or as_json)) as progress:
        found = run(version, made, target, asked, Budget(queries, seconds), progress)
    output.emit(_document(version.ref, made, target, found) if as_json else {})
    _print(version.ref, made, target, found, output)
    _print_samples(found, target, samples, output)


def _settings(given: tuple[str, ...]) -> dict[str, Any]:
    import yaml

    from curate.errors import UsageError

    found = {}
    for one in given:
        name, sign, value = one.partition("=")
        if not sign:
            raise UsageError("--set", f"{one!r} has no =", "Write NAME=VALUE")
        try:
            found[name] = yaml.safe_load(value)
        except yaml.YAMLError as error:
            raise UsageError("--set", f"{one!r} is no YAML", "Write NAME=VALUE") from error
    return found


def _list(output: Output) -> None:
    from curate.attacks.recipes import LEFT_OUT, attacks

    known = attacks()
    told: list[dict[str, str]] = [
        {
            "name": name,
            "what": (kind.__doc__ or "").partition("\n")[0],
            "paper": kind.paper,
            "needs": kind.needs,
        }
        for name, kind in known.items()
    ]
    output.emit({"attacks": told, "left_out": LEFT_OUT})
    columns = ("name", "paper", "needs")
    rows: list[list[Any]] = [[one[column] for column in columns] for one in told]
    output.table(columns, rows)
    output.line()
    for name, why in LEFT_OUT.items():
        output.line(f"[dim]{name} is left out: {why}[/]")


def _print(
    ref: str, made: "AttackRecipe", target: "Target", found: "Outcome", output: Output
) -> None:
    from rich.text import Text

    head = Text(visible(ref), "bold").append(f"  {made.name} ({made.paper})", "not bold")
    output.line(head.append(visible(f" on {target.described()}"), "not bold"))
    for note in made.notes():
        output.line(Text(visible(note), "dim"))
    for label, count in found.unknown.items():
        told = f"{count:,} records are {label!r}, which the classifier does not know: left out"
        output.line(Text(visible(told), "dim"))
    output.line()
    it = found.report
    spent = f"{it.out_of_queries:,} out of queries, {it.out_of_time:,} out of time"
    fooled = "fooled" if made.fools else "shortened, with the same answer"
    rows: list[list[Any]] = [
        ["texts", it.texts, ""],
        ["right before", it.texts - it.wrong_before, _percent(it.accuracy_before)],
        ["too long, or without words", it.too_long + it.without_words, ""],
        ["attacked", it.attacked, f"{it.queries or 0:.1f} queries each"],
        [fooled, it.successes, _percent(it.success_rate)],
        ["failed", it.attacked - it.successes, spent],
        ["right under attack", "", _percent(it.accuracy_after)],
        ["words changed", "", _percent(it.words_changed)],
    ]
    output.table(["", "records", ""], rows)


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share:.1%}"


def _print_samples(found: "Outcome", target: "Target", count: int, output: Output) -> None:
    from rich.text import Text

    pairs = zip(found.examples, found.attacked, strict=True)
    for example, one in [pair for pair in pairs if pair[1].status == "success"][:count]:
        output.line()
        before, after = (
            f"{target.labels[int(scores.argmax())]} {scores.max():.3f}"
            for scores in (one.before, one.after)
        )
        output.line(Text(f"{example.id.hex()[:12]}  ").append(visible(f"{before} -> {after}")))
        for sign, text, style in (("-", example.text, "red"), ("+", one.text, "green")):
            shown = text if len(text) <= LONGEST else f"{text[:LONGEST]} ..."
            output.line(Text(visible(f"{sign} {shown}"), style))


def _document(ref: str, made: "AttackRecipe", target: "Target", found: "Outcome") -> dict[str, Any]:
    records = [
        {
            "id": example.id,
            "label": example.label,
            "status": one.status,
            "why": one.why,
            "text": example.text,
            "changed_text": one.text,
            "queries": one.queries,
            "before": dict(zip(target.labels, one.before.tolist(), strict=True)),
            "after": dict(zip(target.labels, one.after.tolist(), strict=True)),
            "words_changed": one.changed,
        }
        for example, one in zip(found.examples, found.attacked, strict=True)
    ]
    settings = made.model_dump(mode="json")
    recipe = {"name": made.name, "settings": settings, "notes": list(made.notes())}
    return {
        **{"version": ref, "recipe": recipe, "classifier": target.described()},
        **{"unknown_labels": dict(found.unknown), "report": found.report._asdict()},
        "records": records,
    }
