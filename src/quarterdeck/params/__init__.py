"""Parameters: the notebook's cell is the schema, the report file and the command line give values."""
