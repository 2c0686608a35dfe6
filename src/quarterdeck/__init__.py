"""The operator's program: plans, runs, publishes and records notebooks.

Its wings, each above those that it may import: `cli`, then `unattended` and `lab`, `run`, then `plan` and
`publish`, then `params`, `kernels` and `archive`; on the ground `secrets` and `interruption`.
"""


class QuarterdeckError(Exception):
    """The request was wrong (exit status 2). The text says what, where, and what to do next."""
