"""Requests become run folders: notebooks executed on kernels, with evidence of what happened.

`fleet` runs many editions side by side, `runner` one of them: it executes the notebook (`execute`, through
papermill, `section_engine` and `section_client`), reads the records in its `cell_outputs`, keeps the
`evidence` and writes the record. `recovery` puts right what a crash left, `compare` and `verify` hold runs
side by side.
"""
