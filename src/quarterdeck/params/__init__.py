"""Parameters: the notebook's cell is the schema, the report file and the command line give values.

`notebook` reads cells and sections, `parameters_cell` the one cell (as `helpers.records.schema` reads it),
`quantities` limits and durations, `report` the file of a report; `names` words values.
"""
