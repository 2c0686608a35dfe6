"""Invitations to the NPS survey and the answers to all surveys."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from helpers.sample.columns import Table, either, ids, names, table, where
from helpers.sample.company import (
    REGION_SHARES,
    REGIONS,
    SEGMENT_SHARES,
    SEGMENTS,
    Bools,
    Company,
    Floats,
    Ints,
    Times,
    drawn,
)
from helpers.sample.dirt import Dirt
from helpers.sample.phrases import THEME_CODES
from helpers.sample.speech import product_areas, sentences, themes

CONTACTS = 40_000
CSAT_ANSWERS = 72_000
CHANNELS = ("in-app", "e-mail")
_INVITED = 0.5  # of the contacts in a quarter
_USUAL_DELAY = 1.2 * 86_400  # seconds
_REGION_NPS = np.array([34.0, 32.0, 38.0, 42.0])
_PASSIVES = 0.30
_CSAT_LEVEL = np.array([0.05, 0.0, 0.1, 0.15])  # by region, in standard deviations
_CSAT_CUTS = (-1.75, -1.25, -0.7, 0.35)


@dataclass(frozen=True)
class Asked:
    """The invitations, in the order in which they were sent; `answer` numbers the answered ones, from 1."""

    contact: Ints
    region: Ints
    segment: Ints
    sent: Times
    answered: Bools
    submitted: Times
    answer: Ints


@dataclass(frozen=True)
class _Answers:
    """One value a row; `number` counts within the survey, `hit` met the problem of the story."""

    is_nps: Bools
    number: Ints
    contact: Ints
    region: Ints
    segment: Ints
    submitted: Times
    score: Ints
    happy: Bools
    hit: Bools
    theme: Ints


def invitations(company: Company) -> Table:
    """Each invitation to the NPS survey, and which answer it led to."""
    asked = _ask(company)
    return table(
        {
            "invitation_id": ids("I", np.arange(1, asked.sent.size + 1)),
            "sent_at": asked.sent,
            "respondent_id": ids("C", asked.contact),
            "response_id": where(asked.answered, ids("N", asked.answer)),
            "region": names(REGIONS, asked.region),
            "segment": names(SEGMENTS, asked.segment),
        }
    )


def responses(company: Company) -> Table:
    """The answers to the NPS and the CSAT survey, by time; dates as text, dirty rows among them."""
    answers = _by_time(_nps(company), _csat(company))
    rows = answers.score.size
    rng = company.random("responses")
    comment_share = np.where(answers.is_nps, 0.48, 0.2)
    comment_share[answers.hit] = company.plot.nps_fall.comment_share
    says = rng.random(rows) < comment_share
    dirt = Dirt.of(company, "responses", rows)
    return dirt.table(
        {
            "response_id": either(answers.is_nps, ids("N", answers.number), ids("S", answers.number)),
            "submitted_at": dirt.dates(answers.submitted),
            "survey": names(("csat", "nps"), answers.is_nps.astype(np.int64)),
            "score": dirt.scores(answers.score),
            "respondent_id": ids("C", answers.contact),
            "region": dirt.regions(answers.region),
            "segment": names(SEGMENTS, answers.segment),
            "product_area": product_areas(answers.theme),
            "channel": names(CHANNELS, (rng.random(rows) < 0.35).astype(np.int64)),
            "comment": where(says, sentences(answers.theme, answers.happy, rng)),
        }
    )


def _by_time(*surveys: _Answers) -> _Answers:
    columns = {
        field.name: np.concatenate([getattr(each, field.name) for each in surveys])
        for field in fields(_Answers)
    }
    order = np.argsort(columns["submitted"], kind="stable")
    return _Answers(**{name: column[order] for name, column in columns.items()})


def _contacts(company: Company) -> tuple[Ints, Ints]:
    """Region and segment of every contact person, in the order in which they became customers."""
    rng = company.random("contacts")
    count = company.size(CONTACTS)
    return drawn(rng, REGION_SHARES, count), drawn(rng, SEGMENT_SHARES, count)


def _ask(company: Company) -> Asked:
    """Half of the contacts of each quarter are asked; who answers does so before the end of the data."""
    rng = company.random("invitations")
    region, segment = _contacts(company)
    contact, sent = _sent(company, region.size, rng)
    told = company.plot.under_response
    rates = np.full(len(SEGMENTS), told.usual_response_rate)
    rates[SEGMENTS.index(told.segment)] = told.response_rate
    submitted = sent + _delay(company, sent, rng)
    answered = rng.random(contact.size) < rates[segment[contact]]
    answer = np.zeros(contact.size, dtype=np.int64)
    by_time = np.flatnonzero(answered)[np.argsort(submitted[answered], kind="stable")]
    answer[by_time] = np.arange(1, by_time.size + 1)
    return Asked(contact, region[contact], segment[contact], sent, answered, submitted, answer)


def _delay(company: Company, sent: Times, rng: np.random.Generator) -> Ints:
    """Seconds until an answer: exponential, and less than is left of the data, so that no request is open."""
    left = (np.datetime64(company.newest.end, "s") - sent).astype(np.int64)
    waited = -_USUAL_DELAY * np.log1p(rng.random(left.size) * np.expm1(-left / _USUAL_DELAY))
    seconds: Ints = np.minimum(waited.astype(np.int64), left - 1)
    return seconds


def _sent(company: Company, contacts: int, rng: np.random.Generator) -> tuple[Ints, Times]:
    """Whom the survey asks and when, in order of time: customers grow until they are all of the contacts."""
    asked, days = [], []
    shares = np.linspace(1 / company.plot.growth.customers, 1.0, len(company.quarters))
    for quarter, customers in zip(company.quarters, shares * contacts, strict=True):
        chosen = np.flatnonzero(rng.random(int(customers)) < _INVITED)
        within = np.arange(company.day_number(quarter.start), company.day_number(quarter.end))
        asked.append(chosen)
        days.append(within[drawn(rng, company.busyness(within), chosen.size)])
    contact, sent = np.concatenate(asked), company.moments(np.concatenate(days), rng)
    order = np.argsort(sent, kind="stable")
    return contact[order], sent[order]


def _nps(company: Company) -> _Answers:
    asked = _ask(company)
    by_time = np.flatnonzero(asked.answered)[np.argsort(asked.answer[asked.answered])]
    region, segment, submitted = asked.region[by_time], asked.segment[by_time], asked.submitted[by_time]
    rng = company.random("net promoter")
    level = _nps_level(company, region, segment)
    score = _nps_scores(level, rng)
    hit = _hit(company, region, submitted, level)
    score[hit] = rng.integers(0, 7, hit.sum())
    happy = _mood(
        company, np.where((score == 7) | (score == 8), rng.random(score.size) < 0.5, score > 8), rng
    )
    theme = themes(happy, rng)
    theme[hit] = THEME_CODES[company.plot.nps_fall.theme]
    return _Answers(
        is_nps=np.ones(score.size, dtype=bool),
        number=asked.answer[by_time],
        contact=asked.contact[by_time],
        region=region,
        segment=segment,
        submitted=submitted,
        score=score,
        happy=happy,
        hit=hit,
        theme=theme,
    )


def _nps_level(company: Company, region: Ints, segment: Ints) -> Floats:
    """The NPS that each row is drawn from."""
    told = company.plot.under_response
    gap = np.zeros(len(SEGMENTS))
    gap[SEGMENTS.index(told.segment)] = told.score_gap
    usual = _REGION_NPS.mean()
    level: Floats = usual + company.plot.differences.size * (_REGION_NPS - usual)[region] - gap[segment]
    return level


def _mood(company: Company, happy: Bools, rng: np.random.Generator) -> Bools:
    """In which mood each writes: that of the score, or anybody's where all are to be alike."""
    return happy if company.plot.differences.size else rng.permutation(happy)


def _nps_scores(level: Floats, rng: np.random.Generator) -> Ints:
    """Scores 0 to 10 whose expected NPS is the level of each row."""
    detractors = (1 - _PASSIVES - level / 100) / 2
    kind = rng.random(level.size)
    within = rng.random(level.size)
    low = np.minimum(6, (7 * np.sqrt(within)).astype(np.int64))
    middle = 7 + (within < 0.6)
    high = 9 + (within < 0.45)
    return np.where(kind < detractors, low, np.where(kind < detractors + _PASSIVES, middle, high))


def _hit(company: Company, region: Ints, submitted: Times, level: Floats) -> Bools:
    """Who meets the problem in the newest quarter: so many that the region's NPS falls as stated."""
    told = company.plot.nps_fall
    there = (region == REGIONS.index(told.region)) & (submitted >= np.datetime64(company.newest.start, "s"))
    share = told.fall / (100 + level[there].mean())
    met: Bools = there & (company.random(told.name).random(level.size) < share)
    return met


def _csat(company: Company) -> _Answers:
    rng = company.random("csat")
    told, (regions, segments) = company.plot.campaign, _contacts(company)
    rows = company.size(CSAT_ANSWERS)
    usual = company.sorted_moments(rows, rng, company.plot.growth.satisfaction)
    asked, answered = _asked_in_campaign(company, segments)
    contact = np.concatenate([rng.integers(regions.size, size=rows), asked])
    submitted = np.concatenate([usual, answered])
    order = np.argsort(submitted, kind="stable")
    contact, submitted = contact[order], submitted[order]
    region, segment = regions[contact], segments[contact]
    level = company.plot.differences.size * _CSAT_LEVEL[region] - told.gap * (
        segment == SEGMENTS.index(told.segment)
    )
    score = 1 + np.searchsorted(_CSAT_CUTS, level + rng.standard_normal(contact.size))
    happy = _mood(company, score >= 4, rng)
    return _Answers(
        is_nps=np.zeros(score.size, dtype=bool),
        number=np.arange(1, score.size + 1),
        contact=contact,
        region=region,
        segment=segment,
        submitted=submitted,
        score=score,
        happy=happy,
        hit=np.zeros(score.size, dtype=bool),
        theme=themes(happy, rng),
    )


def _asked_in_campaign(company: Company, segments: Ints) -> tuple[Ints, Times]:
    """Who answers the campaign, and when."""
    told = company.plot.campaign
    rng = company.random(told.name)
    rows = round(told.answers * company.scale)
    days = company.newest_day + told.starts_on + np.arange(told.days)
    when = company.moments(days[drawn(rng, company.busyness(days), rows)], rng)
    return rng.choice(np.flatnonzero(segments == SEGMENTS.index(told.segment)), rows), when
