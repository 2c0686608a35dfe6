"""What if: a plain Python function of a few sliders, live in JupyterLab and in a published page.

A subject module builds a model, a notebook shows it as the last expression of a cell tagged `whatif`:

    def score(won_back):
        return 100 * (promoters - detractors * (1 - won_back)) / answers,

    model = whatif.Model(
        title="Detractors won back",
        function=score,
        sliders=(whatif.Slider("won_back", "Detractors won back", 0, 1, 0, 0.05),),
        outputs=(whatif.Output("NPS", "points", 1),),
    )
    whatif.WhatIf(model)

The function is called once, with the sliders as expressions; the sheet of cells it leaves behind is what
Python and the browser (`helpers/whatif.js`) evaluate, by the same rules. See docs/whatif.md.
"""

from helpers.whatif.expressions import exp, log, maximum, minimum, normal_cdf, sqrt, where
from helpers.whatif.model import Model, Output, Slider
from helpers.whatif.widget import WhatIf

__all__ = [
    "Model",
    "Output",
    "Slider",
    "WhatIf",
    "exp",
    "log",
    "maximum",
    "minimum",
    "normal_cdf",
    "sqrt",
    "where",
]


def __dir__() -> list[str]:
    return __all__
