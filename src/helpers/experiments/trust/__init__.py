"""Whether the data can be trusted to answer at all: looked at before any effect.

Read from the bottom up: `randomization`, `interference`, `distribution` and `novelty` measure; `assignment`,
`agreement`, `missing`, `daily`, `twins`, `outliers`, `exclusions` and `intervals` say what they find, in the
words of `severity`; `checks` is the whole list.
"""
