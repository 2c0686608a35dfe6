"""What the score would be if detractors were won back, or if another mix of customers answered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import prod

from helpers import style, whatif
from helpers.feedback.answers import Answers, Tally
from helpers.feedback.themes import Comments, comments
from helpers.findings import NoData
from helpers.sources import LoadedTable

THEMES = 3
Themes = frozenset[str]


@dataclass(frozen=True)
class Part:
    """Answers of a part of the customers, and how many of its detractors mention which of the themes."""

    tally: Tally
    mentions: Mapping[Themes, int]


def win_back(responses: LoadedTable, answers: Answers) -> whatif.Model:
    """A model of the score: detractors won back by theme, passives won over, one segment heard more often.

    Won back means that a detractor answers 7 or 8 instead. One who mentions several themes is won back by
    each independently. Without comments there is one lever for all detractors.

    Raises:
        NoData: the period has no NPS answers.
    """
    scope = answers.scope
    whole = answers.tally("nps", scope.period, scope.where)
    estimate = answers.score("nps", whole)
    if estimate is None or estimate.low is None or estimate.high is None:
        raise NoData(f"There are too few NPS answers in {scope.place}, {scope.period.label}.")
    found = _comments(responses, answers)
    themes = _most_mentioned(found) if found else ()
    segment = _furthest_segment(answers)
    parts = _parts(answers, found, themes, segment)
    measure = scope.measure("nps")
    return whatif.Model(
        title=f"{measure.label} if detractors were won back",
        function=_score(parts),
        sliders=tuple(_sliders(parts, themes, found, segment)),
        outputs=(
            whatif.Output(measure.label, measure.unit, 1, (estimate.low, estimate.high)),
            whatif.Output("Promoters", "share"),
            whatif.Output("Detractors", "share"),
        ),
        note=f"Arithmetic on the {style.number(sum(whole))} answers of {scope.period.label}, not a forecast. "
        "Won back: a detractor answers 7 or 8 instead. Won over: a passive answers 9 or 10 instead.",
    )


def _comments(responses: LoadedTable, answers: Answers) -> Comments | None:
    try:
        return comments(responses, answers)
    except NoData:
        return None


def _most_mentioned(found: Comments) -> tuple[str, ...]:
    """The themes that most detractors mention, of those that may be shown."""
    counts = {theme: found.count(theme, detractor=True) for theme in found.shown}
    kept = [theme for theme, count in counts.items() if count >= found.scope.min_group]
    return tuple(sorted(kept, key=lambda theme: -counts[theme])[:THEMES])


def _furthest_segment(answers: Answers) -> str | None:
    """The segment whose score lies furthest from the whole; None without two segments."""
    scope = answers.scope
    whole = answers.estimate("nps", scope.period, scope.where)
    distances = {}
    for segment in answers.shown("segment", scope.period, scope.where):
        estimate = answers.estimate("nps", scope.period, {**scope.where, "segment": segment})
        if estimate and whole:
            distances[segment] = abs(estimate.value - whole.value)
    return max(distances, key=distances.__getitem__) if len(distances) > 1 else None


def _parts(
    answers: Answers, found: Comments | None, themes: Sequence[str], segment: str | None
) -> tuple[Part, ...]:
    """All answers as one part; with a segment, that segment first and then the others."""
    scope = answers.scope
    whole = answers.tally("nps", scope.period, scope.where)
    if segment is None:
        return (Part(whole, _mentions(found, themes, lambda _: True)),)
    inside = answers.tally("nps", scope.period, {**scope.where, "segment": segment})
    others = (whole[0] - inside[0], whole[1] - inside[1], whole[2] - inside[2])
    return (
        Part(inside, _mentions(found, themes, lambda name: name == segment)),
        Part(others, _mentions(found, themes, lambda name: name != segment)),
    )


def _mentions(
    found: Comments | None, themes: Sequence[str], within: Callable[[str | None], bool]
) -> Mapping[Themes, int]:
    """Detractors by the themes they mention; those who mention none of them are left out."""
    counts: Counter[Themes] = Counter()
    for part in found.mentions if found else ():
        mentioned = part.themes & set(themes)
        if part.newest and part.detractor and mentioned and within(part.segment):
            counts[mentioned] += part.comments
    return counts


def _score(parts: Sequence[Part]) -> Callable[..., tuple[float, ...]]:
    """The score, the promoters' and the detractors' share, as a function of the levers."""

    def score(*, others: float, passives: float, heard: float = 1.0, **won_back: float) -> tuple[float, ...]:
        weights = [sum(part.tally) * (heard if at == 0 else 1.0) for at, part in enumerate(parts)]
        promoters, detractors = [], []
        for part, weight in zip(parts, weights, strict=True):
            high, middle, low = part.tally
            silent = low - sum(part.mentions.values())
            left = silent * (1 - others) + sum(
                count * prod((1 - won_back[theme] for theme in sorted(themes)), start=1.0)
                for themes, count in part.mentions.items()
            )
            promoters.append(weight * (high + middle * passives) / sum(part.tally))
            detractors.append(weight * left / sum(part.tally))
        all_promoters, all_detractors = sum(promoters) / sum(weights), sum(detractors) / sum(weights)
        return 100 * (all_promoters - all_detractors), all_promoters, all_detractors

    return score


def _sliders(
    parts: Sequence[Part], themes: Sequence[str], found: Comments | None, segment: str | None
) -> list[whatif.Slider]:
    detractors = sum(part.tally[2] for part in parts)
    mentioned = sum(sum(part.mentions.values()) for part in parts)
    sliders = [
        _share(
            theme,
            f"Detractors who mention {found.within(theme)} "
            f"({style.number(found.count(theme, detractor=True))}), won back",
        )
        for theme in themes
        if found
    ]
    rest = "Other detractors" if themes else "Detractors"
    sliders.append(_share("others", f"{rest} ({style.number(detractors - mentioned)}), won back"))
    passives = sum(part.tally[1] for part in parts)
    sliders.append(_share("passives", f"Passives ({style.number(passives)}), won over"))
    if segment:
        label = f"Answers from {segment}, times"
        sliders.append(whatif.Slider("heard", label, 0, 3, 1, 0.1, "ratio", 1))
    return sliders


def _share(name: str, label: str) -> whatif.Slider:
    return whatif.Slider(name, label, 0, 1, 0, 0.05)
