"""The sample company as it stands on one day, each table made once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cache

import pandas as pd
import pytest

from helpers import sample

AS_OF = date(2026, 11, 22)
Tables = Callable[[str], pd.DataFrame]


@pytest.fixture(scope="session")
def told() -> Tables:
    return cache(lambda name: sample.table(name, as_of=AS_OF))


@pytest.fixture(scope="session")
def null() -> Tables:
    return cache(lambda name: sample.table(name, as_of=AS_OF, null=True))
