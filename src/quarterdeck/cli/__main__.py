"""`python -m quarterdeck.cli` is `quarterdeck`."""

from quarterdeck.cli import main

main()
