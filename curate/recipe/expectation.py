"""What a setting may be, in plain words, from the JSON schema of its model."""

from typing import Any

from curate.recipe.problem import Place

Schema = dict[str, Any]

_PLAIN = {"string": "a text", "boolean": "true or false", "null": "nothing"}


def expectation(schema: Schema, place: Place) -> str | None:
    """Say what stands right at a place of a model; None where the schema does not tell.

    >>> number = {"type": "number", "minimum": 0, "maximum": 1}
    >>> expectation({"properties": {"threshold": number}}, ("threshold",))
    'a number between 0 and 1'
    """
    found = _at(schema, schema, place)
    return None if found is None else _words(schema, found) or None


def known_names(schema: Schema, place: Place) -> list[str]:
    """The names that a mapping at a place may have, in the order of their declaration."""
    found = _at(schema, schema, place)
    if found is None:
        return []
    branches = [found, *(_resolved(schema, branch) for branch in found.get("anyOf", []))]
    return [name for branch in branches for name in branch.get("properties", {})]


def _resolved(root: Schema, schema: Schema) -> Schema:
    while "$ref" in schema:
        schema = root["$defs"][schema["$ref"].rpartition("/")[2]]
    if len(schema.get("allOf", [])) == 1:
        return _resolved(root, schema["allOf"][0])
    return schema


def _at(root: Schema, schema: Schema, place: Place) -> Schema | None:
    schema = _resolved(root, schema)
    if not place:
        return schema
    for branch in [schema, *schema.get("anyOf", []), *schema.get("oneOf", [])]:
        child = _child(_resolved(root, branch), place[0])
        found = None if child is None else _at(root, child, place[1:])
        if found is not None:
            return found
    return None


def _child(schema: Schema, part: str | int) -> Schema | None:
    if isinstance(part, int):
        ahead = schema.get("prefixItems", [])
        child = ahead[part] if part < len(ahead) else schema.get("items")
    else:
        child = schema.get("properties", {}).get(part, schema.get("additionalProperties"))
    return child if isinstance(child, dict) else None


def _words(root: Schema, schema: Schema) -> str:
    schema = _resolved(root, schema)
    if "const" in schema:
        return repr(schema["const"])
    if "enum" in schema:
        return "one of " + ", ".join(repr(choice) for choice in schema["enum"])
    branches = schema.get("anyOf") or schema.get("oneOf")
    if branches:
        words = [_words(root, branch) for branch in branches]
        return " or ".join(dict.fromkeys(word for word in words if word not in ("", "nothing")))
    kind = schema.get("type", "")
    if kind in ("integer", "number"):
        return ("a whole number" if kind == "integer" else "a number") + _bounds(schema)
    if kind == "array":
        return _list_words(root, schema)
    if kind == "object":
        return _mapping_words(root, schema)
    if kind == "string":
        return "a text" + _text_bounds(schema)
    return _PLAIN.get(kind, "")


def _bounds(schema: Schema) -> str:
    low, high = schema.get("minimum"), schema.get("maximum")
    above, below = schema.get("exclusiveMinimum"), schema.get("exclusiveMaximum")
    if low is not None and high is not None:
        return f" between {low:g} and {high:g}"
    ends = [
        f"above {above:g}" if above is not None else "",
        f"at least {low:g}" if low is not None else "",
        f"below {below:g}" if below is not None else "",
        f"at most {high:g}" if high is not None else "",
    ]
    said = " and ".join(end for end in ends if end)
    return "" if not said else f" of {said}" if said.startswith("at ") else f" {said}"


def _text_bounds(schema: Schema) -> str:
    if "pattern" in schema:
        return f" that matches {schema['pattern']}"
    if schema.get("maxLength"):
        return f" of {schema.get('minLength', 0)} to {schema['maxLength']} characters"
    return " that is not empty" if schema.get("minLength") else ""


def _list_words(root: Schema, schema: Schema) -> str:
    items = schema.get("items")
    each = _words(root, items) if isinstance(items, dict) else ""
    some = "a list of at least one" if schema.get("minItems") == 1 else "a list"
    return f"{some}, each {each}" if each else some


def _mapping_words(root: Schema, schema: Schema) -> str:
    if schema.get("properties"):
        return "a mapping with the keys " + ", ".join(schema["properties"])
    values = schema.get("additionalProperties")
    each = _words(root, values) if isinstance(values, dict) else ""
    return f"a mapping from names to {each}" if each else "a mapping"
