"""Any figure of matplotlib or seaborn as a page shows it: small, by day and by night, always the same bytes.

    drawn = pictures.drawn(pictures.figure_of(axes), "waiting_times")
    drawn.html(alt="Waiting times fell from 14 to 9 days.")

`themed` maps colours to those of the reader's scheme, `vector` rewrites matplotlib's SVG, `rendering` chooses
between SVG and PNG and draws the cut for phones.
"""

from helpers.pictures.rendering import Picture, close, drawn, figure_of, lettering, shown_text

__all__ = ["Picture", "close", "drawn", "figure_of", "lettering", "shown_text"]
