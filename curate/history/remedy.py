"""What would have kept a record that a step dropped."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from curate.decision import CONTAMINATED, EXCLUDED_PROMPT, EXCLUDED_PROMPT_NEAR, NO_TWIN
from curate.errors import OperatorError
from curate.history.contents import Contents
from curate.history.rows import RecordRows
from curate.store import Version
from curate.store.catalog import Connection

if TYPE_CHECKING:
    import pyarrow as pa

    from curate.history.used_rules import UsedRule
    from curate.history.why import Decision

LISTED = 5


class Remedy(NamedTuple):
    """What would let a record pass one rule of the step that dropped it."""

    step: str
    rule: str | None
    change: str | None
    """The change in a line; None where no change of the recipe alone is known to do."""
    limits: tuple[tuple[float | None, float | None], ...] = ()
    """Of a numeric limit: the stretches of limits that let it pass, None for no end."""
    stands_in_the_way: tuple[bytes, ...] = ()
    """Of a duplicate: the records that were kept, or would be kept, before it."""


def remedies(
    connection: Connection,
    version: Version,
    record: bytes,
    drops: Sequence["Decision"],
    contents: Contents,
    made: bool = False,
) -> tuple[Remedy, ...]:
    """Say for each rule that dropped a record in a version what would keep it.

    `drops` are the decisions of the step; `contents` holds what came to it, by hash. All of them
    together keep the record at this step; what later steps would say is not known. `made` says
    that the step made the record itself, and rejected it.
    """
    if not drops:
        return ()
    defined = _definitions(version, drops[0].step)
    found = []
    for drop in drops:
        content = contents.batch(drop.before)
        rule = defined.get(drop.rule or "")
        if rule is not None:
            found.append(_of_rule(connection, version, rule, content))
        elif drop.of is not None and drop.rule not in NO_TWIN:
            found.append(_of_twin(connection, version, record, drop, content))
        else:
            reason = _of_gate(drop) if made else _of_reason(drop)
            found.append(Remedy(drop.step, drop.rule, reason))
    return tuple(found)


def _definitions(version: Version, step: str) -> dict[str, "UsedRule"]:
    if not version.manifest.get("rules", {}).get(step):
        return {}
    from curate.history.used_rules import used_rules

    return {rule.id: rule for rule in used_rules(version) if rule.step == step}


def _of_rule(
    connection: Connection, version: Version, rule: "UsedRule", content: "pa.RecordBatch | None"
) -> Remedy:
    off = f"disable: [{rule.id}]"
    if rule.match is not None:
        return Remedy(rule.step, rule.id, f"it has a pattern, and no limit; {off}")
    if rule.limit is None:
        return Remedy(rule.step, rule.id, f"it has no limit; {off}")
    now = orjson.dumps(rule.limit).decode()
    if isinstance(rule.limit, str) or content is None:
        what = "its content is not stored" if content is None else f"not {rule.where}"
        said = f"a limit (now {now}) with: {what}" if content is not None else f"{what}; {off}"
        return Remedy(rule.step, rule.id, said)
    try:
        from curate.history.rule_facts import RuleFacts

        measured = RuleFacts(connection, version.folder, rule.field, rule.signals(), rule.scores)
        return _of_limit(rule, measured.of(content), now, off)
    except OperatorError as error:
        return Remedy(rule.step, rule.id, f"{error.found}; {off}")


def _of_limit(rule: "UsedRule", facts: "pa.Table", now: str, off: str) -> Remedy:
    """`facts` is one row of the signals of the rule."""
    from curate.history.limits import passing_limits
    from curate.history.used_rules import evaluated

    if not evaluated(rule, [rule.failing()], facts).column(0)[0].as_py():
        said = "the rule as it stands, since what it measures has changed: build again"
        return Remedy(rule.step, rule.id, said)
    if isinstance(rule.limit, bool):
        other = rule._replace(limit=not rule.limit)
        passes = not evaluated(other, [other.failing()], facts).column(0)[0].as_py()
        said = f"limit: {orjson.dumps(other.limit).decode()}" if passes else f"no limit; {off}"
        return Remedy(rule.step, rule.id, said)
    intervals = passing_limits(rule, facts)
    if not intervals:
        return Remedy(rule.step, rule.id, f"no limit does; {off}")
    words = ", or ".join(one.words() for one in intervals)
    ends = tuple((one.low, one.high) for one in intervals)
    return Remedy(rule.step, rule.id, f"{words} (now {now})", ends)


def _of_twin(
    connection: Connection,
    version: Version,
    record: bytes,
    drop: "Decision",
    content: "pa.RecordBatch | None",
) -> Remedy:
    """Of a record that another was kept for: who stands before it."""
    assert drop.of is not None
    ledger = RecordRows.ledger(connection, [version], drop.of).at(version.number)
    members = RecordRows.members(connection, [version], [drop.of]).at(version.number)
    # Of twins the one with the lowest id stays, so that those before this one would be next.
    alike = [row for row in ledger if row["of"] == drop.of and row["action"] == "drop"]
    earlier = {row["id"] for row in alike if row["step"] == drop.step}
    blocking = (drop.of, *sorted(one for one in earlier if one < record))
    listed = ", ".join(one.hex()[:12] for one in blocking[:LISTED])
    more = f" and {len(blocking) - LISTED} more" if len(blocking) > LISTED else ""
    said = f"{listed}{more} gone from the sources"
    after = _from_step(version, drop.step, ledger, drop.of)
    keeper = after or next((row["hash"] for row in members), None)
    both = Contents(connection, version, [keeper] if keeper else [])
    if _differ_as_written(version, drop.step, content, both.batch(keeper)):
        said = f"normalise: false, as the two differ in letters or spaces; or {said}"
    return Remedy(drop.step, drop.rule, said, (), blocking)


def _from_step(
    version: Version, step: str, ledger: Sequence[Mapping[str, Any]], record: bytes
) -> bytes | None:
    """The hash with which a record came to a step, where it was changed there or later."""
    names = [one["name"] for one in version.recipe["steps"]]
    own = [row for row in ledger if row["id"] == record and row["before"] is not None]
    later = [row for row in own if names.index(row["step"]) >= names.index(step)]
    later.sort(key=lambda row: (names.index(row["step"]), row["action"] == "drop"))
    return later[0]["before"] if later else None


def _differ_as_written(
    version: Version, step: str, content: "pa.RecordBatch | None", other: "pa.RecordBatch | None"
) -> bool:
    """Whether an exact duplicate is one only since case and white space make no difference."""
    settings = next(one for one in version.recipe["steps"] if one["name"] == step)
    if settings["operator"] != "exact_dedup" or not settings["settings"].get("normalise"):
        return False
    if content is None or other is None:
        return False
    from curate.operators.exact_dedup import ExactDedup

    fields = tuple(settings["settings"]["fields"])
    strict = ExactDedup(fields=fields, normalise=False)
    keys = [strict.facts(one, 0).column("key").to_pylist() for one in (content, other)]
    return bool(keys[0] != keys[1])


def _of_gate(drop: "Decision") -> str | None:
    """Of a candidate that the step which made it rejected."""
    if drop.rule == "erased":
        return None
    if drop.rule == "unchanged":
        return f"another seed of the recipe, or other settings of the step {drop.step}"
    now = f" (now {drop.limit})" if drop.limit is not None else ""
    return f"another `{drop.rule}`{now} of the step {drop.step}, or another seed"


def _of_reason(drop: "Decision") -> str | None:
    if drop.rule == "pair-identical":
        return "a wanted ending that differs from the rejected one, in the source"
    if drop.rule == "erased":
        return None
    if drop.rule == CONTAMINATED:
        return f"another `share` or `rule`: it has {drop.value} of a test instance"
    if drop.rule in (EXCLUDED_PROMPT, EXCLUDED_PROMPT_NEAR):
        return (
            f"another prompt than {(drop.of or b'').hex()[:12]} has, or not to exclude that one's"
        )
    if drop.operator in ("pii", "secrets"):
        return f"another `action` than drop for {drop.rule}"
    if drop.operator == "line_rules":
        return f"`disable: [{drop.rule}]` of {drop.step}, or a text without what it found"
    return f"other settings of the step {drop.step}, which chooses among all records"
