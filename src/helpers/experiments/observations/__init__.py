"""What the tables give: counts, means and covariances of one experiment, by variant, day and part.

Read from the bottom up: `aggregates` holds them, whatever they came from; `unit_tables` brings them from
assignments and outcomes, `daily_totals` from daily counts; `linear` makes of them what each unit adds to a
metric, `histogram` how the values of units are spread.
"""
