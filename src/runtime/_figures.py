"""A matplotlib backend for notebooks without IPython: `plt.show()` and the end of a cell display the figures.

What displays is the attribute `display` of our package. MPLBACKEND=module://_cellsmith._figures names this module, and
matplotlib imports it when pyplot first needs a backend.
"""

from __future__ import annotations

import base64
import io
import sys
from typing import Any

from matplotlib._pylab_helpers import Gcf
from matplotlib.backends.backend_agg import FigureCanvasAgg as FigureCanvas

__all__ = ["FigureCanvas", "show"]


def bundle(figure: Any) -> dict[str, Any]:
    """As Jupyter shows it: the figure's own resolution, cut to what is drawn; nothing of an empty one."""
    data = {"text/plain": repr(figure)}
    if figure.axes or figure.lines:
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png", bbox_inches="tight")
        data["image/png"] = base64.b64encode(buffer.getvalue()).decode("ascii")
    return data


def show(*_: Any, **__: Any) -> None:
    """Display all open figures and close them."""
    for manager in Gcf.get_all_fig_managers():
        sys.modules["_cellsmith"].display(bundle(manager.canvas.figure))
    Gcf.destroy_all()
