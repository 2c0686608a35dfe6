"""What the protocol decides.

Read from the bottom up: `stakes` tells what it would cost to be wrong, `decision` applies the protocol's
rule, `readout` puts together all that one experiment says.
"""
