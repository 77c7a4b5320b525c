"""A matplotlib backend for notebooks without IPython: `plt.show()` and the end of a cell hand the figures to `display`.

Named by MPLBACKEND=module://_cellsmith._figures; matplotlib imports it when pyplot first needs a backend.
"""

from __future__ import annotations

import base64
import io
from typing import Any, Callable

from matplotlib._pylab_helpers import Gcf
from matplotlib.backends.backend_agg import FigureCanvasAgg as FigureCanvas

__all__ = ["FigureCanvas", "show"]


def ignore(data: dict[str, Any]) -> None:
    """Stands in until a shell wants to know."""


display: Callable[[dict[str, Any]], None] = ignore


def png(figure: Any) -> str:
    """As Jupyter shows it: the figure's own resolution, cut to what is drawn."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", bbox_inches="tight")
    return base64.b64encode(buffer.getvalue()).decode("ascii")


def show(*_: Any, **__: Any) -> None:
    """Display all open figures and close them."""
    for manager in Gcf.get_all_fig_managers():
        figure = manager.canvas.figure
        display({"text/plain": repr(figure), "image/png": png(figure)})
    Gcf.destroy_all()
