"""`events.yaml` of the sample company: what was going on, on the dates that its data tell of."""

from __future__ import annotations

from datetime import timedelta

import yaml

from helpers.records.known_events import KnownEvent, KnownEvents
from helpers.sample.company import Company
from helpers.sample.market_months import MARKETS


def events_text(company: Company) -> str:
    """The text of the file; nothing was going on at the null company."""
    events = () if company.null else _events(company)
    told = KnownEvents(events=tuple(sorted(events, key=lambda one: one.date)))
    plain = told.model_dump(exclude_defaults=True)
    return yaml.safe_dump(plain or {"events": []}, sort_keys=False, allow_unicode=True)


def _events(company: Company) -> tuple[KnownEvent, ...]:
    plot, newest = company.plot, company.newest.start
    outage, campaign = (newest + timedelta(days=one.starts_on) for one in (plot.outage, plot.campaign))
    launched = company.newest.end - timedelta(days=plot.take_off.launched)
    region = next(market.region for market in MARKETS if market.name == plot.launch.market)
    return (
        KnownEvent(kind="launch", title=plot.take_off.feature.capitalize(), date=launched),
        KnownEvent(
            kind="launch",
            title=f"Launch in {plot.launch.market}",
            date=company.months[-plot.launch.months],
            region=region,
        ),
        KnownEvent(
            kind="outage",
            title=f"Tracking of {plot.outage.platform} lost",
            date=outage,
            until=outage + timedelta(days=plot.outage.days - 1),
        ),
        KnownEvent(
            kind="campaign",
            title=plot.campaign.title,
            date=campaign,
            until=campaign + timedelta(days=plot.campaign.days - 1),
        ),
        *(KnownEvent(kind="closed", title=plot.holiday.title, date=day) for day in company.holidays),
    )
