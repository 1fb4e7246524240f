"""`curate rules list`, `curate rules explain PACK` and `curate rules test FILE...`."""

from typing import TYPE_CHECKING

import click

from curate.output import Output, json_option, visible

if TYPE_CHECKING:
    from curate.patterns.inventory import NamedPatterns
    from curate.patterns.pack import PatternPack
    from curate.rulepacks.pack import Pack
    from curate.rulepacks.tested import Tested

WRONG = 3
"""The exit code of a wrong pack, as of a wrong recipe (`errors.RecipeError`)."""


@click.group()
def rules() -> None:
    """List, explain and test rule packs.

    A pack is named by its name where it comes with curate, such as `chat`, else by the path of its
    YAML file.
    """


@rules.command(name="list", short_help="List the packs, or with --signals the signals.")
@click.option("--signals", is_flag=True, help="List what rules can measure instead.")
@json_option
def list_packs(signals: bool, as_json: bool) -> None:
    """List the rule packs that come with curate, or with --signals what rules can measure."""
    output = Output(as_json)
    if signals:
        _list_signals(output)
        return
    from curate.patterns.inventory import shipped_patterns
    from curate.rulepacks.inventory import every_rule
    from curate.rulepacks.loading import shipped

    rows = [(pack.pack, pack.version, len(every_rule(pack)), pack.what) for _, pack in shipped()]
    for patterns in shipped_patterns():
        number = len(patterns.every_rule)
        rows.append((patterns.pack, patterns.version, number, patterns.what))
    names = ["pack", "version", "rules", "what"]
    output.emit([dict(zip(names, row, strict=True)) for row in rows])
    output.table(names, rows, prose=True)


def _list_signals(output: Output) -> None:
    from curate.rulepacks.inventory import signals_listed

    found = signals_listed()
    output.emit(found)
    names = ["signal", "of", "unit", "what"]
    output.table(names, [[one[name] for name in names] for one in found], prose=True)


@rules.command(short_help="Explain a pack, or one rule of it.")
@click.argument("pack", metavar="PACK[.RULE]")
@click.argument("rule", required=False)
@json_option
def explain(pack: str, rule: str | None, as_json: bool) -> None:
    """Explain the rules of PACK, or one RULE of it: what it drops and why, limit and examples."""
    from curate.patterns.inventory import find_patterns
    from curate.rulepacks.inventory import described, every_rule
    from curate.rulepacks.loading import find
    from curate.rulepacks.page import rule_page

    output = Output(as_json)
    patterns = find_patterns(pack, rule)
    if patterns is not None:
        _explain_patterns(patterns, output)
        return
    named = find(pack, rule)
    chosen = every_rule(named.pack) if named.rule is None else (named.rule,)
    output.emit(
        {"pack": named.pack.pack, "version": named.pack.version, "what": named.pack.what}
        | {"rules": [described(one) for one in chosen]}
    )
    if as_json:
        return
    if named.rule is not None:
        for part in rule_page(named.rule, longest=None):
            output.line(part)
        return
    _print_head(named.pack, len(chosen), output)
    for one in chosen:
        for part in rule_page(one):
            output.line(part)


def _explain_patterns(named: "NamedPatterns", output: Output) -> None:
    from curate.patterns.page import pattern_page

    chosen = named.pack.every_rule if named.rule is None else (named.rule,)
    output.emit(
        {"pack": named.pack.pack, "version": named.pack.version, "what": named.pack.what}
        | {"rules": [one.model_dump(mode="json") | {"pattern": one.pattern} for one in chosen]}
    )
    if output.as_json:
        return
    if named.rule is None:
        _print_head(named.pack, len(chosen), output)
    for one in chosen:
        for part in pattern_page(one, whole=named.rule is not None):
            output.line(part)


def _print_head(pack: "Pack | PatternPack", number: int, output: Output) -> None:
    from rich.text import Text

    head = Text(visible(pack.pack), "bold")
    output.line(head.append(f"  version {pack.version}, {number} rules", "not bold"))
    output.line(Text(visible(pack.what)))
    output.line()


@rules.command(name="test", short_help="Run the examples of packs.")
@click.argument("packs", metavar="FILE...", nargs=-1, required=True)
@json_option
@click.pass_context
def run_examples(context: click.Context, packs: tuple[str, ...], as_json: bool) -> None:
    """Run the examples of packs: each good one must pass its rule, each bad one fail it.

    FILE is a YAML file, or the name of a pack that comes with curate. Exit code 3 where anything is
    wrong.
    """
    from curate.history.document import document
    from curate.patterns.tested import tested

    found = [tested(pack) for pack in packs]
    Output(as_json).emit(document(found))
    if not as_json:
        for one in found:
            _print_tested(one)
    if not all(one.is_right for one in found):
        context.exit(WRONG)


def _print_tested(one: "Tested") -> None:
    # A line each, of whatever length: editors find the place by it.
    for problem in one.problems:
        click.echo(visible(f"{one.pack}:{problem.line}: {problem.what}"))
    if one.is_right:
        counts = f"{one.rules:,} rules, {one.examples:,} examples"
        click.echo(visible(f"{one.pack}: {counts}: all as they should be"))
