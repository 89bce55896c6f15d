"""Addresses at little cost: each entity brings ten, and every worker keeps them all in memory."""

import re
from collections.abc import Callable, Iterable
from typing import ClassVar

from werkzeug.routing import Rule
from werkzeug.routing.rules import RulePart

FIXED = re.compile(r"(/[\w.~-]+)*/?", re.ASCII)
"""A path without parameters, in which nothing needs quoting."""


class LeanRule(Rule):
    """A rule that takes a fifth of the memory and of the time to make of werkzeug's own.

    Werkzeug compiles two functions for each rule, and describes each step of its path anew. A
    path without parameters is always the same text, and most of its steps are those of others.
    """

    steps: ClassVar[dict[str, RulePart]] = {}
    """The fixed steps of all paths; what tells two of the same text apart is never asked."""

    def _parse_rule(self, rule: str) -> Iterable[RulePart]:
        for part in super()._parse_rule(rule):
            yield self.steps.setdefault(part.content, part) if part.static else part

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        if not FIXED.fullmatch(self.rule) or self.defaults or self.subdomain or self.host:
            return super()._compile_builder(append_unknown)
        return _with_query if append_unknown else _alone


def _alone(rule: LeanRule, /, **_values: object) -> tuple[str, str]:
    return "", rule.rule


def _with_query(rule: LeanRule, /, **values: object) -> tuple[str, str]:
    query = rule._encode_query_vars(values) if values else ""
    return "", f"{rule.rule}?{query}" if query else rule.rule
