"""What would run and why, before anything runs: no kernel is started here, and no page written.

`editions` makes requests from report files and the command line; `reasons` tells which of them are up to
date, by `fingerprints` of their inputs. `schedule` and `agenda` know when reports are due, `gates` what data
must be like, `check` every problem of the settings; `sample_data` writes what the sources ask for.
"""
