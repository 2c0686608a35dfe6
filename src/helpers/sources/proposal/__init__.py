"""From a file to its settings: which table it is, what its columns are called, how it is written, and why."""
