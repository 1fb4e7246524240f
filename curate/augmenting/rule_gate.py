"""The gate of quality: a rewording must pass the rules of a pack."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Self

import orjson
from pydantic import model_validator

from curate.augmenting.gates import Failed, Pairs
from curate.rulepacks import Judge
from curate.rulepacks.chosen import parsed
from curate.rulepacks.pack_settings import PackSettings


class RuleGate(PackSettings):
    """The rules of a pack judge the rewording, as the step `rules` would."""

    field: str = "prompt"
    """The field judged by rules that name none: `prompt`, `text`, `response`, a path, ..."""

    @model_validator(mode="after")
    def _needs_no_scores(self) -> Self:
        scores = self._made().wants()
        if scores:
            found = f"rules of {self.pack!r} need the score {scores[0].name!r}"
            raise ValueError(f"{found}, which no new record has; judge them by a step behind")
        return self

    def failures(self, pairs: Pairs) -> Iterator[Failed]:
        """A line for each rule that one fails and its parent does not.

        What both fail is no fault of the wording: a step `rules` may judge that.
        """
        judge = self._made()
        before = judge.judged(pairs.parents).failures
        known = set(zip(before["row"].to_pylist(), before["rule"].to_pylist(), strict=True))
        for row in judge.judged(pairs.children).failures.to_pylist():
            if (row["row"], row["rule"]) not in known:
                yield Failed(row["row"], row["rule"], row["field"], row["value"], row["limit"])

    def _made(self) -> Judge:
        chosen = self._chosen
        made_of = (chosen.content, self.field, self._limits_content(), self.disable)
        return _judge(*made_of, chosen.lists_content)


@lru_cache(maxsize=8)
def _judge(
    content: bytes, field: str, limits: bytes, disable: tuple[str, ...], lists: bytes
) -> Judge:
    return Judge(parsed(content), field, orjson.loads(limits), disable, orjson.loads(lists))
