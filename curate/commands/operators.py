"""`curate operators [NAME]`."""

from inspect import cleandoc
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from curate.output import Output, json_option

if TYPE_CHECKING:
    from curate.operator import Operator


@click.command()
@click.argument("name", required=False)
@click.option(
    "--allow-code",
    type=click.Path(path_type=Path),
    multiple=True,
    help="A Python file with operators of your own.",
)
@click.option("--markdown", is_flag=True, help="Print the list as a table for a README.")
@json_option
def operators(
    name: str | None, allow_code: tuple[Path, ...], markdown: bool, as_json: bool
) -> None:
    """List the operators that a recipe's steps can name, or explain NAME with its settings."""
    from curate.operators import load
    from curate.recipe import load_code

    for file in allow_code:
        load_code(file)
    known = load()
    output = Output(as_json)
    if markdown:
        click.echo(_markdown(known))
        return
    if name is None:
        rows = [[key, known[key].kind, _lines(known[key])[0]] for key in sorted(known)]
        output.emit([dict(zip(("name", "kind", "what"), row, strict=True)) for row in rows])
        output.table(["operator", "kind", "what it does"], rows, prose=True)
        return
    if name not in known:
        raise _unknown(name, sorted(known))
    described = _described(known[name])
    output.emit(described)
    _print(described, output)


def _unknown(name: str, known: list[str]) -> Exception:
    from difflib import get_close_matches

    from curate.errors import NotFoundError

    close = get_close_matches(name, known, n=1)
    hint = f"Did you mean {close[0]!r}? " if close else ""
    return NotFoundError(
        f"operator {name!r}", "there is none", f"{hint}There are: {', '.join(known)}."
    )


def _markdown(known: "dict[str, type[Operator]]") -> str:
    """A row for each operator: name, kind, settings and what it does."""
    rows = ["| step | kind | settings | what it does |", "|---|---|---|---|"]
    for name, operator in sorted(known.items()):
        fields = operator.model_fields.items()
        settings = ", ".join(f"`{field.alias or key}`" for key, field in fields)
        rows.append(f"| `{name}` | {operator.kind} | {settings} | {_lines(operator)[0]} |")
    return "\n".join(rows)


def _lines(operator: "type[Operator]") -> list[str]:
    return cleandoc(operator.__doc__ or "").splitlines() or [""]


def _described(operator: "type[Operator]") -> dict[str, Any]:
    from curate.recipe.expectation import expectation

    schema = operator.model_json_schema(by_alias=True)
    required = set(schema.get("required", ()))
    fields = [
        {
            "setting": name,
            "type": expectation(schema, (name,)) or "",
            "default": None if name in required else field.get("default"),
            "required": name in required,
            "description": " ".join(field.get("description", "").split()),
        }
        for name, field in schema.get("properties", {}).items()
    ]
    return {
        "name": operator.name,
        "kind": operator.kind,
        "version": operator.version,
        "depends": list(operator.depends),
        "fingerprint": None if required else operator().fingerprint(),
        "what": "\n".join(_lines(operator)),
        "settings": fields,
    }


def _print(described: dict[str, Any], output: Output) -> None:
    import json

    from rich.text import Text

    head = f"{described['name']}  {described['kind']}, version {described['version']}"
    output.line(Text(head, "bold"))
    output.line(Text(described["what"]))
    output.line()
    rows = [
        [
            one["setting"],
            one["type"],
            "required" if one["required"] else json.dumps(one["default"]),
            one["description"],
        ]
        for one in described["settings"]
    ]
    if rows:
        output.table(["setting", "type", "default", "meaning"], rows, prose=True)
    else:
        output.line("It has no settings.")
    if described["depends"]:
        output.line(Text(f"depends on {', '.join(described['depends'])}", "dim"))
    if described["fingerprint"]:
        output.line(Text(f"fingerprint with these defaults {described['fingerprint']}", "dim"))
