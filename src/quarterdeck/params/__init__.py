"""Parameters: the notebook's cell is the schema, the report file and the command line give values.

`notebook` reads cells and sections, `schema` the parameters cell, `types` and `quantities` the values,
`report` the file of a report; `names` words them.
"""
