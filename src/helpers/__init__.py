"""The analyst's API: what a notebook may import."""
