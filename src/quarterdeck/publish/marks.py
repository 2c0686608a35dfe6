"""Small drawings without words: status icons, the mark of a change, of a number, a trend.

They are drawn from raw numbers; the numbers' wording stands beside them. Classes are those of
`helpers/house.css`: accent for this edition and "better", orange for "worse", grey to compare with.
"""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from helpers.records import Change, Finding
from helpers.records.outputs import Verdict
from quarterdeck.archive.edition_standing import Standing

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
_ARROWS = {"up": ("M6 1 11 10H1z", "Up"), "down": ("M6 11 1 2H11z", "Down"), "flat": ("M1 5H11V7H1z", "")}
_CLASS: dict[Verdict, str] = {"better": "", "worse": "w", "changed": "c", "unclear": "2"}
WORDS: dict[Verdict, str] = {"better": "better", "worse": "worse", "changed": "changed", "unclear": "soft"}
"""The class that colours a verdict's words."""

_SIGNS = ("+", "\u2212")
_REACH = 3.4  # half widths of the interval from the zero line to the edge


def icon(name: Standing) -> Markup:
    """A status icon: each has its own shape, so that colour is not needed to tell them apart."""
    return Markup('<svg viewBox="0 0 10 10" aria-hidden="true">{}</svg>').format(Markup(_ICONS[name]))


def arrow(finding: Finding) -> Markup:
    """Which way a number moved; a dash where there is no clear change."""
    change = finding.change
    clear = change is not None and change.verdict != "unclear"
    kind = "flat" if change is None or not clear else "up" if change.value > 0 else "down"
    path, name = _ARROWS[kind]
    role = Markup('role="img" aria-label="{}"').format(name) if name else Markup('aria-hidden="true"')
    return Markup('<svg class="ar {}" viewBox="0 0 12 12" {}><path d="{}"/></svg>').format(
        WORDS[change.verdict] if change else "soft", role, path
    )


def change(moved: Change) -> Markup:
    """The interval of a change, drawn to one width whatever its unit; no change stands in the middle.

    The distance from the line is the strength of the evidence; beyond the edge it is drawn at the edge.
    """
    if moved.low is None or moved.high is None or moved.high <= moved.low:
        return Markup("")
    half = (moved.high - moved.low) / 2
    middle = (moved.high + moved.low) / 2
    shown = max(-_REACH + 1, min(_REACH - 1, middle / half))
    low, value, high = (
        _percent(shown + (at - middle) / half, -_REACH, _REACH) for at in (moved.low, moved.value, moved.high)
    )
    return Markup(
        '<svg class="mk" aria-hidden="true"><line x1="50%" x2="50%" y2="100%" class="ax"/>'
        '<line x1="{low}" x2="{high}" y1="50%" y2="50%" class="i{c}"/>'
        '<circle cx="{value}" cy="50%" r="4.5" class="d{c}"/></svg>'
    ).format(low=low, value=value, high=high, c=_CLASS[moved.verdict])


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
        '<svg class="sp" width="{w}" height="{h}" aria-hidden="true"><path class="l2" d="{path}"/>{bar}'
        '<circle cx="{x}" cy="{y}" r="2.75" class="d"/></svg>'
    ).format(w=width, h=height, path=path, bar=bar, x=_short(points[-1][0]), y=_short(points[-1][1]))


def _percent(at: float, low: float, high: float) -> str:
    return f"{_short(100 * (at - low) / (high - low))}%"


def _short(coordinate: float) -> str:
    return f"{coordinate:.1f}".rstrip("0").rstrip(".")
