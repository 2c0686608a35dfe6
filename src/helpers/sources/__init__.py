"""Open a table by its logical name: the only place of the project that opens data.

    responses = sources.load("responses")            # good rows, and an account of all
    tickets = sources.load("tickets", optional=True)
    period = responses.resolve("last_complete")
    responses.during(period).group_by("region").agg(answers=ibis._.count())

`params/sources.yaml` says where tables lie (docs/data.md), helpers.contracts what they must look like.
"""

from helpers.sources.checking import check
from helpers.sources.errors import TableError
from helpers.sources.loading import load
from helpers.sources.table import Table

__all__ = ["Table", "TableError", "check", "load"]
