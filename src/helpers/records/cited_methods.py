"""How each interval is computed, in words, and who wrote of it first: one place for all pages."""

from __future__ import annotations

_CITED: dict[str, str] = {
    "": "",
    "adjusted Wald": "adjusted Wald interval of a net score (Rocks 2016)",
    "Brookmeyer-Crowley": "median of waits, those still open counted to the end (Brookmeyer & Crowley 1982)",
    "Compound Poisson": "count of persons who come and go together, as accounts do (Feller 1943)",
    "count of all": "every one was counted: there is no sampling, so no interval",
    "delta method": "delta method for a mean of ratios, the user as unit (Deng, Knoblich & Lu 2018)",
    "Fieller": "ratio of two means (Fieller 1954)",
    "Hall": "interval of a mean of skewed values, persons' or accounts' totals (Hall 1992)",
    "Kaplan-Meier": "share by an age, those still waiting as long as they were watched (Kaplan & Meier 1958)",
    "Kitagawa": "change split into mix and rate (Kitagawa 1955)",
    "median, order statistics": "median, from values in their order (Hahn & Meeker 1991)",
    "MOVER-R": "ratio of two shares, from the interval of each (Donner & Zou 2012)",
    "Newcombe": "difference of two shares, from the interval of each (Newcombe 1998, method 10)",
    "pooled z test": "test of two equal shares (Pearson 1900)",
    "post-stratified, Wald": "each segment weighted by its share of those invited (Holt & Smith 1979)",
    "Shifted beta-geometric": "chance of leaving that differs between users (Fader & Hardie 2007)",
    "slowest cosine": "mean of weeks, its error from the slowest waves in them (Müller & Watson 2008)",
    "standardized, Wald": "difference at equal mix of segments (Agresti & Caffo 2000)",
    "t": "interval of a mean (Student 1908)",
    "time slices, t": "interval from the spread between months (Student 1908)",
    "Welch": "difference of two means of unequal spread (Welch 1947)",
    "Welch's t test": "test of two equal means of unequal spread (Welch 1947)",
    "Wilson": "score interval of a share (Wilson 1927)",
    "Wilson, clusters": "score interval of a share, accounts as clusters (Wilson 1927; Kish 1965)",
}


def cited(method: str) -> str:
    """What a method is, who wrote of it, and what was done beside; of one not known here, its name.

    >>> cited("Welch, CUPED")
    'difference of two means of unequal spread (Welch 1947), CUPED'
    >>> cited("our own")
    'our own'
    """
    base, *beside = [method] if method in _CITED else method.split(", ")
    return ", ".join([_CITED.get(base, base), *beside])


def is_cited(method: str) -> bool:
    """Whether the method is known here.

    >>> is_cited("Wilson"), is_cited("our own")
    (True, False)
    """
    return method in _CITED or method.split(", ", maxsplit=1)[0] in _CITED
