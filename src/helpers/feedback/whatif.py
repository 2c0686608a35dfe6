"""What if: the score if detractors were won back, or if another mix of customers answered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import prod

from helpers import style, whatif
from helpers.feedback import observations
from helpers.feedback.observations import Answers, Comments, Tally
from helpers.feedback.scores import score
from helpers.findings import NoData, mid_sentence
from helpers.sources import LoadedTable

MOST_THEMES = 3
Themes = frozenset[str]


@dataclass(frozen=True)
class Stratum:
    """Answers of a part of the customers, and how many of its detractors mention which of the themes."""

    tally: Tally
    mentions: Mapping[Themes, int]


def win_back(responses: LoadedTable, answers: Answers) -> whatif.WhatIf:
    """What NPS would be if detractors were won back; counts the comments of the period by theme, one query.

        >>> from datetime import date
        >>> from helpers import sources
        >>> from helpers.periods import Period
        >>> from helpers.scope import Scope
        >>> july = {"survey": "nps", "submitted_at": date(2026, 7, 1)}
        >>> rows = [{**july, "score": score} for score in (10, 10, 10, 10, 8, 8, 8, 2, 2, 2)]
        >>> responses = sources.of_rows("responses", rows)
        >>> shown = win_back(responses, observations.answers(responses, Scope(Period(2026, 3))))
        >>> round(shown.model.measured[0]), round(shown.model.at(others=1)[0].value)
        (10, 40)

    Raises:
        NoData: the period has too few NPS answers.
    """
    return whatif.WhatIf(win_back_model(answers, _comments(responses, answers)))


def win_back_model(answers: Answers, comments: Comments | None = None) -> whatif.Model:
    """A model of NPS: detractors won back by theme, passives won over, one segment heard more often.

    Won back means that a detractor answers 7 or 8 instead. One who mentions several themes is won back by
    each independently. Without comments there is one lever for all detractors.

        >>> from datetime import date
        >>> from helpers.feedback import AnswerCell
        >>> from helpers.periods import Period
        >>> from helpers.scope import Scope
        >>> july = AnswerCell("nps", date(2026, 7, 1), high=450, low=200, answers=1000)
        >>> model = win_back_model(Answers(Scope(Period(2026, 3)), (july,)))
        >>> model.measured[0], model.at(others=0.5)[0].value
        (25.0, 35.0)

    Raises:
        NoData: the period has too few NPS answers.
    """
    scope = answers.scope
    estimate = score(answers, "nps", scope.period, scope.where)
    if estimate is None:
        raise NoData(f"There are too few NPS answers in {scope.place}, {scope.period.label}.")
    themes = tuple(comments.detractor_counts())[:MOST_THEMES] if comments else ()
    segment = _furthest_segment(answers)
    strata = _strata(answers, comments, themes, segment)
    measure = scope.measure("nps")
    return whatif.Model(
        title=f"{measure.label} if detractors were won back",
        function=_score(strata),
        sliders=tuple(_sliders(strata, themes, comments, segment)),
        outputs=(
            whatif.Output(measure.label, measure.unit, 1, estimate.limits, target=measure.aim),
            whatif.Output("Promoters", "share"),
            whatif.Output("Detractors", "share"),
        ),
        note=f"Arithmetic on the {style.number(estimate.n)} answers of {scope.period.label}, not a forecast. "
        "Won back: a detractor answers 7 or 8 instead. Won over: a passive answers 9 or 10 instead.",
    )


def _comments(responses: LoadedTable, answers: Answers) -> Comments | None:
    try:
        return observations.comments(responses, answers.scope)
    except NoData:
        return None


def _furthest_segment(answers: Answers) -> str | None:
    """The segment whose score lies furthest from the whole; None without two segments."""
    scope = answers.scope
    whole = score(answers, "nps", scope.period, scope.where)
    distances = {}
    for segment in answers.shown("segment", scope.period, scope.where):
        estimate = score(answers, "nps", scope.period, {**scope.where, "segment": segment})
        if estimate and whole:
            distances[segment] = abs(estimate.value - whole.value)
    return max(distances, key=distances.__getitem__) if len(distances) > 1 else None


def _strata(
    answers: Answers, comments: Comments | None, themes: Sequence[str], segment: str | None
) -> tuple[Stratum, ...]:
    """All answers as one stratum; with a segment, that segment first and then the others."""
    scope = answers.scope
    whole = answers.tally("nps", scope.period, scope.where)
    if segment is None:
        return (Stratum(whole, _mentions(comments, themes, lambda _: True)),)
    inside = answers.tally("nps", scope.period, {**scope.where, "segment": segment})
    others = (whole[0] - inside[0], whole[1] - inside[1], whole[2] - inside[2])
    return (
        Stratum(inside, _mentions(comments, themes, lambda name: name == segment)),
        Stratum(others, _mentions(comments, themes, lambda name: name != segment)),
    )


def _mentions(
    comments: Comments | None, themes: Sequence[str], within: Callable[[str | None], bool]
) -> Mapping[Themes, int]:
    """Detractors by the themes they mention; those who mention none of them are left out."""
    counts: Counter[Themes] = Counter()
    now = comments.scope.period if comments else None
    for cell in comments.cells if comments else ():
        mentioned = cell.themes & set(themes)
        if cell.period == now and cell.detractor and mentioned and within(cell.segment):
            counts[mentioned] += cell.comments
    return counts


def _score(strata: Sequence[Stratum]) -> Callable[..., tuple[float, ...]]:
    """The score, the promoters' and the detractors' share, as a function of the levers."""

    def nps(*, others: float, passives: float, heard: float = 1.0, **won_back: float) -> tuple[float, ...]:
        weights = [sum(each.tally) * (heard if at == 0 else 1.0) for at, each in enumerate(strata)]
        promoters, detractors = [], []
        for each, weight in zip(strata, weights, strict=True):
            high, middle, low = each.tally
            silent = low - sum(each.mentions.values())
            left = silent * (1 - others) + sum(
                count * prod((1 - won_back[theme] for theme in sorted(themes)), start=1.0)
                for themes, count in each.mentions.items()
            )
            promoters.append(weight * (high + middle * passives) / sum(each.tally))
            detractors.append(weight * left / sum(each.tally))
        all_promoters, all_detractors = sum(promoters) / sum(weights), sum(detractors) / sum(weights)
        return 100 * (all_promoters - all_detractors), all_promoters, all_detractors

    return nps


def _sliders(
    strata: Sequence[Stratum], themes: Sequence[str], comments: Comments | None, segment: str | None
) -> list[whatif.Slider]:
    detractors = sum(each.tally[2] for each in strata)
    mentioned = sum(sum(each.mentions.values()) for each in strata)
    sliders = [
        _share(
            theme,
            f"Detractors who mention {mid_sentence(comments.label(theme))} "
            f"({style.number(comments.count(theme, detractor=True))}), won back",
        )
        for theme in themes
        if comments
    ]
    rest = "Other detractors" if themes else "Detractors"
    sliders.append(_share("others", f"{rest} ({style.number(detractors - mentioned)}), won back"))
    passives = sum(each.tally[1] for each in strata)
    sliders.append(_share("passives", f"Passives ({style.number(passives)}), won over"))
    if segment:
        label = f"Answers from {segment}, times"
        sliders.append(whatif.Slider("heard", label, 0, 3, 1, 0.1, "ratio", 1))
    return sliders


def _share(name: str, label: str) -> whatif.Slider:
    return whatif.Slider(name, label, 0, 1, 0, 0.05)
