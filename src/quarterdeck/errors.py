"""What the operator is told: requests that were wrong, and runs that did not end well."""


class QuarterdeckError(Exception):
    """The request was wrong (exit status 2). The text says what, where, and what to do next."""
