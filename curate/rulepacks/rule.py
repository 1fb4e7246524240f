"""One rule of a pack, and what can be wrong with it beyond its form."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Annotated, Any, Final, NamedTuple, Self

import duckdb
import pyarrow as pa
import re2
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PrivateAttr,
    StrictBool,
    StrictInt,
    StrictStr,
    field_validator,
)

from curate.fields import FIELDS, can_be_judged
from curate.rulepacks.expression import Expression, ExpressionError, parse_expression
from curate.rulepacks.locked import TimeLimitError, evaluate
from curate.rulepacks.written import Example
from curate.signals import SIGNALS, Signal
from curate.signals.phrases import PHRASES

RECORD_FIELD: Final = "record"
"""The field of rules on the structure of a record rather than on a text."""

PREDICATES: Final = ("where", "match", "phrase", "words")
"""The keys of a rule that say what fails; each rule has one."""

Finite = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Limit = StrictBool | StrictInt | Finite | StrictStr


def _as_tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


Examples = Annotated[tuple[Example, ...], BeforeValidator(_as_tuple), Field(min_length=1)]


class Predicate(BaseModel):
    """What fails, why, and examples: what rules on records and on lines have in common."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    id: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    """The rule's name in the ledger, in kebab case."""
    what: Annotated[str, Field(min_length=1)]
    """One sentence: what it finds."""
    why: Annotated[str, Field(min_length=1)]
    """Why they harm, and where the limit comes from."""
    where: str | None = None
    """A boolean SQL expression over signals; where it is true, the rule fails."""
    match: str | None = None
    """An RE2 pattern; where it matches anywhere in the text, the rule fails."""
    phrase: str | None = None
    """A pattern by its name, such as `refusal`, instead of `match`."""
    words: str | None = None
    """The name of a list of words that the user gives (`lists:` of the step): any of them between
    characters that are no letters fails the rule, in any letter case. Without the list the rule is
    not applied, and a build says so."""
    sample: tuple[str, ...] = ()
    """Words that stand for the list in the examples."""
    limit: Limit | None = None
    """What `limit` means in `where`."""
    value: str | None = None
    """What to report: an expression over signals; by default the first signal of `where`."""
    good: Examples
    """Examples that pass: texts of the field, or records."""
    bad: Examples
    """Examples that fail."""

    _scores: Mapping[str, Signal] = PrivateAttr(default_factory=dict)

    def over(self, scores: Mapping[str, Signal]) -> Self:
        """The same, which may name the scores that its pack declares."""
        copy = self.model_copy()
        copy._scores = scores
        return copy

    @property
    def scores(self) -> Mapping[str, Signal]:
        """The scores that it may name, by name."""
        return self._scores

    @field_validator("sample", mode="before")
    @classmethod
    def _sample_is_a_list(cls, value: Any) -> Any:
        return _as_tuple(value)

    @property
    def pattern(self) -> str | None:
        """The RE2 pattern of `match` or `phrase`; of `words` as `with_lists` made it."""
        return self.match if self.phrase is None else PHRASES.get(self.phrase)

    def with_lists(self, lists: Mapping[str, Sequence[str]]) -> Self | None:
        """With the words of its list as a pattern; None where the list is not given."""
        if self.words is None:
            return self
        words = lists.get(self.words)
        return None if not words else self.model_copy(update={"match": any_of(words)})


class Rule(Predicate):
    """A predicate that drops a record, with its reason and its examples."""

    field: str | None = None
    """The field to judge instead of the step's; `record` for structure."""
    undesirable: bool = False
    """Whether records with `desirable: false` are judged too."""


def any_of(words: Iterable[str]) -> str:
    """The pattern (RE2) of any of some words, flanked by no letters, in any letter case."""
    return rf"(?i)(?:\A|\PL)(?:{'|'.join(map(re2.escape, words))})(?:\PL|\z)"


class Fault(NamedTuple):
    """What is wrong with a rule, and under which key."""

    key: str
    what: str


def rule_faults(rule: Rule) -> Iterator[Fault]:
    """Everything that is wrong with a rule whose form is right, except its examples."""
    if rule.field is not None and not _can_judge(rule.field):
        near = get_close_matches(rule.field, (*FIELDS[:-1], RECORD_FIELD), n=1)
        guess = f"; did you mean {near[0]!r}?" if near else ""
        yield Fault("field", f"{rule.field!r} is no field that a rule can judge{guess}")
    if rule.field == RECORD_FIELD and rule.where is None:
        yield Fault("field", "a pattern needs a text, and `record` has none")
    yield from predicate_faults(rule, {**SIGNALS, **rule.scores})
    if rule.field == RECORD_FIELD and rule.where is not None:
        yield from _text_faults(rule)


def predicate_faults(rule: Predicate, signals: Mapping[str, Signal]) -> Iterator[Fault]:
    """Everything that is wrong with a predicate over some signals, except its examples."""
    predicates = [each for each in PREDICATES if getattr(rule, each) is not None]
    if len(predicates) != 1:
        yield Fault("id", "a rule has one of `where`, `match`, `phrase` and `words`")
        return
    if rule.words is not None and not rule.sample:
        yield Fault("words", "`sample` must give words for the examples, since a list is a file")
    elif rule.phrase is not None and rule.phrase not in PHRASES:
        near = get_close_matches(rule.phrase, PHRASES, n=1)
        guess = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(PHRASES)}"
        yield Fault("phrase", f"{rule.phrase!r} is no phrase; {guess}")
    elif rule.pattern is not None:
        yield from _match_faults(rule)
    elif rule.where is not None:
        yield from _where_faults(rule, signals)


def _can_judge(field: str) -> bool:
    return field == RECORD_FIELD or can_be_judged(field)


def _match_faults(rule: Predicate) -> Iterator[Fault]:
    assert rule.pattern is not None
    for key in ("limit", "value"):
        if getattr(rule, key) is not None:
            yield Fault(key, f"`{key}` means nothing to a pattern, which reports the matched text")
    try:
        compile_pattern(rule.pattern)
    except re2.error as error:
        yield Fault("match", f"the pattern is not RE2: {sentence(error)}")


def _where_faults(rule: Predicate, signals: Mapping[str, Signal]) -> Iterator[Fault]:
    for key, text in (("where", rule.where), ("value", rule.value)):
        if text is None:
            continue
        try:
            expression = parse_expression(text, frozenset(signals), rule.limit)
        except ExpressionError as error:
            yield Fault(key, f"`{key}`: {error}")
            continue
        yield from _expression_faults(rule, key, expression, signals)


def _text_faults(rule: Rule) -> Iterator[Fault]:
    """Signals of a text in a rule on the structure of records, which has none."""
    for key, text in (("where", rule.where), ("value", rule.value)):
        try:
            known = frozenset(SIGNALS) | frozenset(rule.scores)
            named = parse_expression(text or "", known, rule.limit).signals
        except ExpressionError:
            continue
        textual = [name for name in named if name in SIGNALS and SIGNALS[name].of_text]
        if textual:
            yield Fault(key, f"`{textual[0]}` is measured on a text, and the field is `record`")


def _expression_faults(
    rule: Predicate, key: str, expression: Expression, signals: Mapping[str, Signal]
) -> Iterator[Fault]:
    if key == "where" and not expression.signals:
        yield Fault(key, "`where` names no signal")
    if key == "where" and rule.limit is not None and not expression.uses_limit:
        yield Fault("limit", "`limit` is set, and `where` does not use it")
    empty = pa.table({name: pa.array([], signals[name].type) for name in signals})
    try:
        found = evaluate([expression.sql], empty).column(0).type
    except (duckdb.Error, TimeLimitError) as error:
        yield Fault(key, f"`{key}` does not run: {sentence(error)}")
        return
    if key == "where" and not pa.types.is_boolean(found):
        yield Fault(key, f"`where` must be true or false, and this is of type {found}")


def compile_pattern(pattern: str) -> Any:
    """Compile an RE2 pattern. Raises re2.error."""
    options = re2.Options()
    options.log_errors = False
    return re2.compile(pattern, options)


def sentence(error: Exception) -> str:
    """What an error of RE2 or DuckDB says, in one line."""
    detail = error.args[0] if error.args else error
    text = detail.decode(errors="replace") if isinstance(detail, bytes) else str(detail)
    return text.strip().partition("\n")[0] or type(error).__name__
