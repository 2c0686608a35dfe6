"""From executed notebooks and run records to what people read: offline pages and the catalogue.

`page` says what stands on a page and `cells` which cells it shows, `export` writes it with `markdown` and
`widgets`, `pages` puts it in its place in the `site`; `catalog` is the index, `marks` the small drawings of
both; `pruning` removes the bulk of old runs.
"""
