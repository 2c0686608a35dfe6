"""Small drawings without words: status icons, the mark of a change, of a number, a trend.

They are drawn from raw numbers; the numbers' wording stands beside them. Classes are those of
`helpers/house.css`: accent for this edition and "better", orange for "worse", grey to compare with.
"""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from helpers.records import Finding
from helpers.records.outputs import Verdict
from quarterdeck.archive.edition_standing import Standing
from quarterdeck.publish.scales import Panel, Scale
from quarterdeck.publish.what_changed import is_clear

_ICONS: dict[Standing, str] = {
    "fresh": '<circle cx="5" cy="5" r="4.5" class="d"/>',
    "ok": '<circle cx="5" cy="5" r="3" class="d"/>',
    "draft": '<path d="M5 .5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zm0 2a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5z" '
    'fill-rule="evenodd"/>',
    "warned": '<path d="M5 0 10 5 5 10 0 5z"/>',
    "stale": '<path d="M5 0 10 10H0z"/>',
    "incomplete": '<path d="M0 0H10V10H0zM2 2V8H8V2z" fill-rule="evenodd"/>',
    "held": '<path d="M1 0H4V10H1zM6 0H9V10H6z"/>',
    "skipped": '<path d="M0 4H10V6H0z"/>',
    "failed": '<path d="M1 0 5 4 9 0 10 1 6 5 10 9 9 10 5 6 1 10 0 9 4 5 0 1z"/>',
}
_CIRCLE = '<circle r="4"/>'
_SHAPES = {"year_ago": '<path d="M0-5 5 0 0 5-5 0z"/>', "target": '<path d="M0-8V8"/>'}
_SIZES = {"M": 1e6, "k": 1e3}
_CLASS: dict[Verdict, str] = {"better": "", "worse": "w", "changed": "c", "unclear": "2"}
WORDS: dict[Verdict, str] = {"better": "better", "worse": "worse", "changed": "changed", "unclear": "soft"}
"""The class that colours a verdict's words."""

_SIGNS = ("+", "\u2212")


def icon(name: Standing) -> Markup:
    """A status icon: each has its own shape, so that colour is not needed to tell them apart."""
    return Markup('<svg viewBox="0 0 10 10" aria-hidden="true">{}</svg>').format(Markup(_ICONS[name]))


def strip(finding: Finding, scale: Scale) -> Markup:
    """A number with its interval, and what it is compared with, on the axis of its panel."""
    if finding.value is None:
        return Markup("")
    c = _CLASS[finding.change.verdict] if finding.change else "2"
    value = _share(scale.at(finding.value))
    parts = [_grid(scale)]
    for change, _ in finding.changes:
        parts.append(
            Markup('<line x1="{}" x2="{}" y1="50%" y2="50%" class="i3"/>').format(
                value, _share(scale.at(change.previous))
            )
        )
    if finding.low is not None and finding.high is not None:
        parts.append(
            Markup('<line x1="{}" x2="{}" y1="50%" y2="50%" class="i{}"/>').format(
                _share(scale.at(finding.low)), _share(scale.at(finding.high)), c
            )
        )
    parts += [reference(change.against, _share(scale.at(change.previous))) for change, _ in finding.changes]
    parts.append(Markup('<circle cx="{}" cy="50%" r="5" class="d{}"/>').format(value, c))
    return Markup('<svg class="mk" aria-hidden="true">{}</svg>').format(Markup("").join(parts))


def reference(against: str, at: str = "50%") -> Markup:
    """The mark of what a number is compared with: each has its own shape."""
    shape = _SHAPES.get(against, _CIRCLE)
    return Markup('<svg x="{}" y="50%" class="{}">{}</svg>').format(
        at, "tg" if against == "target" else "d3", Markup(shape)
    )


def axis(panel: Panel) -> Markup:
    """The ticks of a panel: round numbers, the last with its unit."""
    last = panel.scale.ticks[-1]
    texts = [
        Markup('<text x="{}" y="12" class="{}">{}{}</text>').format(
            _share(panel.scale.at(tick)),
            "s e" if tick == last else "s m" if tick != panel.scale.low else "s",
            _round_number(tick * (100 if panel.unit == "share" else 1)),
            "%" if panel.unit == "share" and tick == last else "",
        )
        for tick in panel.scale.ticks
    ]
    return Markup('<svg class="mk" aria-hidden="true">{}</svg>').format(Markup("").join(texts))


def _grid(scale: Scale) -> Markup:
    lines = [
        Markup('<line x1="{0}" x2="{0}" y2="100%" class="{1}"/>').format(
            _share(scale.at(tick)), "g" if tick else "ax"
        )
        for tick in scale.ticks
    ]
    return Markup("").join(lines)


def _round_number(tick: float) -> str:
    """A tick as people write it: `20`, `\u221220`, `2M`; numbers of findings are worded by the helpers."""
    size = next((letter for letter in ("M", "k") if abs(tick) >= _SIZES[letter]), "")
    return f"{tick / _SIZES.get(size, 1):g}{size}".replace("-", "\u2212")


def number(finding: Finding) -> Markup:
    """A number with its interval, filled, above what it is compared with; on their own scale.

    That is the previous number, open, or for a difference the line of no difference. A number that is
    compared with nothing has no mark.
    """
    if finding.value is None or finding.low is None or finding.high is None:
        return Markup("")
    previous = finding.change.previous if finding.change else None
    zero = 0.0 if finding.text.value.startswith(_SIGNS) or finding.low < 0 < finding.high else None
    if previous is None and zero is None:
        return Markup("")
    seen = [at for at in (finding.low, finding.high, finding.value, previous, zero) if at is not None]
    margin = (max(seen) - min(seen)) * 0.12 or 1.0
    low, high = min(seen) - margin, max(seen) + margin
    line = Markup("")
    if low < 0 < high:
        line = Markup('<line x1="{0}" x2="{0}" y2="23" class="ax"/>').format(_percent(0, low, high))
    was = Markup("")
    if previous is not None:
        was = Markup('<circle cx="{}" cy="17" r="3.5" class="d3"/>').format(_percent(previous, low, high))
    return Markup(
        '<svg class="mk" height="24" aria-hidden="true">'
        '<line x2="100%" y1="23" y2="23" class="g"/>{line}{was}'
        '<line x1="{low}" x2="{high}" y1="7" y2="7" class="i"/>'
        '<circle cx="{value}" cy="7" r="5.5" class="d"/></svg>'
    ).format(
        line=line,
        was=was,
        low=_percent(finding.low, low, high),
        high=_percent(finding.high, low, high),
        value=_percent(finding.value, low, high),
    )


def trend(
    values: Sequence[float], interval: tuple[float, float] | None = None, *, width: int = 96, height: int = 24
) -> Markup:
    """A sparkline, one point a value, oldest first; the bar at its end is the newest interval."""
    if not values:
        return Markup("")
    low, high = min(values), max(values)
    if interval:
        low, high = min(low, interval[0]), max(high, interval[1])
    scale = (height - 8) / ((high - low) or 1)
    step = (width - 8) / max(1, len(values) - 1)
    right = width - 6
    points = [
        (right - step * (len(values) - 1 - index), height - 4 - scale * (value - low))
        for index, value in enumerate(values)
    ]
    path = "M" + "L".join(f"{_short(x)} {_short(y)}" for x, y in points)
    bar = Markup("")
    if interval:
        ends = [_short(height - 4 - scale * (limit - low)) for limit in interval]
        bar = Markup('<path class="i" d="M{} {}V{}"/>').format(_short(right), *ends)
    return Markup(
        '<svg class="sp" width="{w}" height="{h}" viewBox="0 0 {w} {h}" aria-hidden="true">'
        '<path class="l2" d="{path}"/>{bar}'
        '<circle cx="{x}" cy="{y}" r="2.75" class="d"/></svg>'
    ).format(w=width, h=height, path=path, bar=bar, x=_short(points[-1][0]), y=_short(points[-1][1]))


def dots(findings: Sequence[Finding], scale: Scale) -> Markup:
    """Parts side by side on one axis, those that changed clearly in their colour."""
    drawn = [
        Markup('<circle cx="{}" cy="50%" r="4.5" class="d{}"/>').format(
            _share(scale.at(finding.value)), _CLASS[finding.change.verdict] if finding.change else "2"
        )
        for finding in sorted(findings, key=is_clear)
        if finding.value is not None
    ]
    line = Markup('<line x2="100%" y1="50%" y2="50%" class="ax"/>')
    return Markup('<svg class="mk" aria-hidden="true">{}{}</svg>').format(line, Markup("").join(drawn))


def _percent(at: float, low: float, high: float) -> str:
    return _share(100 * (at - low) / (high - low))


def _share(per_cent: float) -> str:
    return f"{_short(per_cent)}%"


def _short(coordinate: float) -> str:
    return f"{coordinate:.1f}".rstrip("0").rstrip(".")
