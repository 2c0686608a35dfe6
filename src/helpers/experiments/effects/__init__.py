"""What the treatment did, and which interval may be read.

Read from the bottom up: `monitoring` says at which level limits hold when a test is looked at more than once;
`estimation` gives the effect on one metric, `conditions` what its interval asks of the data; `guard_rails`
reads it against the harm that is accepted.
"""
