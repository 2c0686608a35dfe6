"""What stays on disk: where it lies, one record a run, the ledger over all, and who runs what now.

`layout` knows the folders, `atomic` swaps files in, `record` is `run.json`, `ledger` its index, `claims` keep
two processes from running one edition.
"""
