"""The operator's program: plans, runs, publishes and schedules notebooks."""
