"""Rule packs: predicates over signals, written as YAML and tested by their own examples."""

from curate.rulepacks.examples import check_pack
from curate.rulepacks.judge import Judge
from curate.rulepacks.judged import judged_key
from curate.rulepacks.pack import Pack, parse_pack
from curate.rulepacks.problem import PackError, Problem
from curate.rulepacks.rule import Rule
from curate.rulepacks.shelf import pack_bytes, pack_names

__all__ = [
    "Judge",
    "Pack",
    "PackError",
    "Problem",
    "Rule",
    "check_pack",
    "judged_key",
    "pack_bytes",
    "pack_names",
    "parse_pack",
]
