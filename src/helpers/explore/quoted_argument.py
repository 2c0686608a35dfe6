"""Where in a line of code a quote is open: as which argument of which call, or compared with what."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_CALLEE = re.compile(r"([A-Za-z_][\w.]*(?:\([^()]*\)[\w.]*)*)\s*\Z")
_GIVEN = re.compile(r"(?<![\w.])([A-Za-z_]\w*)\s*=(?!=)")
_SET = re.compile(r"([A-Za-z_][\w.]*)\s*(?::[^=\n]*)?(?:[=!]=|=)\s*\Z")
_STRING = re.compile(
    r"(?P<quote>\"\"\"|'''|\"|')(?P<text>(?:\\.|(?!(?P=quote)).)*)(?P<end>(?P=quote))?", re.DOTALL
)


@dataclass(frozen=True)
class QuotedArgument:
    """What stands in front of a cursor inside quotes.

    `callee` is what is called, or indexed, as it is written; `position` and `keyword` say which argument;
    `name` is what the text is given to, or compared with; `typed` is the text so far.
    """

    callee: str
    position: int
    keyword: str
    name: str
    typed: str


@dataclass
class _Bracket:
    kind: str
    callee: str = ""
    position: int = 0
    keyword: str = ""


@dataclass
class _Scanner:
    """Reads code up to an open quote, and remembers which brackets are open."""

    code: str
    open: list[_Bracket] = field(default_factory=lambda: [_Bracket("")])

    def step(self, at: int) -> int:
        """Read one sign, or a comment; where the next one stands."""
        sign = self.code[at]
        if sign == "#":
            end = self.code.find("\n", at)
            return len(self.code) if end < 0 else end
        if sign in "([{":
            found = _CALLEE.search(self.code, 0, at)
            self.open.append(_Bracket(sign, found[1] if found else ""))
        elif sign in ")]}" and len(self.open) > 1:
            self.open.pop()
        elif sign == ",":
            self.open[-1].position += 1
            self.open[-1].keyword = ""
        elif self.open[-1].kind == "(" and (name := _GIVEN.match(self.code, at)):
            self.open[-1].keyword = name[1]
        return at + 1

    def argument(self, at: int, typed: str) -> QuotedArgument:
        """The quote that opens here, within the brackets that are open."""
        brackets = [one for one in self.open if one.callee or one.kind == "("]
        inner = brackets[-1] if brackets else self.open[0]
        given = _SET.search(self.code, 0, at)
        return QuotedArgument(inner.callee, inner.position, inner.keyword, given[1] if given else "", typed)


def quoted_argument(code: str) -> QuotedArgument | None:
    """The open quote at the end of some code; None where none is open.

    >>> quoted_argument('Scope.of(rows, period, region="EM')
    QuotedArgument(callee='Scope.of', position=2, keyword='region', name='region', typed='EM')
    >>> quoted_argument('rows.to_pandas(columns=["score", "sc').callee
    'rows.to_pandas'
    >>> quoted_argument('sources.load("responses")') is None
    True
    """
    reader, at = _Scanner(code), 0
    while at < len(code):
        found = _STRING.match(code, at)
        if found is None:
            at = reader.step(at)
        elif found["end"] or ("\n" in found["text"] and len(found["quote"]) == 1):
            at = found.end()
        else:
            return reader.argument(at, found["text"])
    return None
