"""What a run shows besides what it prints: displays and figures, drawn alike on both sides."""

from __future__ import annotations

import base64
import contextlib
import io
import sys
from typing import Any, Callable, Optional

from ._tap import is_own

SHOWN = ("text/plain", "text/html", "text/markdown", "text/latex", "image/svg+xml", "application/json", "application/javascript")


def png_of(figure: Any) -> Optional[bytes]:
    """As Jupyter draws it: at the figure's own resolution, cut to what is drawn; nothing of an empty one."""
    if not (figure.axes or figure.lines):
        return None
    buffer = io.BytesIO()
    colors = {"facecolor": figure.get_facecolor(), "edgecolor": figure.get_edgecolor()}
    figure.savefig(buffer, format="png", dpi=figure.dpi, bbox_inches="tight", **colors)
    return buffer.getvalue()


def is_figure(value: Any) -> bool:
    module = sys.modules.get("matplotlib.figure")
    return module is not None and isinstance(value, module.Figure)


def draw_alike() -> None:
    """Let IPython draw each figure once, as `png_of` does, whatever formats and resolution the notebook asks for."""
    with contextlib.suppress(ImportError):
        from IPython.core import pylabtools

        def select_figure_formats(shell: Any, formats: Any, **_: Any) -> None:
            from matplotlib.figure import Figure

            for kind, formatter in shell.display_formatter.formatters.items():
                formatter.pop(Figure, None)
                if kind == "image/png":
                    formatter.for_type(Figure, lambda figure: base64.b64encode(png_of(figure) or b"").decode() or None)

        pylabtools.select_figure_formats = select_figure_formats


def shown_forms(data: dict[str, Any]) -> dict[str, str]:
    """The forms of a display that can be compared."""
    return {kind: text if isinstance(text, str) else repr(text) for kind, text in data.items() if kind in SHOWN}


class Displays:
    """Takes what a pipeline's components display instead of printing it, as a notebook does."""

    theirs: dict[str, Any] = {}  # IPython's own, and what stood in for them last
    last: dict[str, Any] = {}

    def __init__(self) -> None:
        self.taken: list[dict[str, str]] = []
        self.images: list[bytes] = []
        self.by_id: dict[Any, dict[str, str]] = {}

    def catch(self) -> None:
        """Stand in for IPython's `display` wherever the user's modules have it by now."""
        functions = sys.modules.get("IPython.core.display_functions")
        if functions is None:
            return
        instead: dict[str, Callable[..., Any]] = {"display": self.display, "clear_output": lambda *_, **__: None}
        for name, ours in instead.items():
            theirs = {getattr(functions, name), Displays.theirs.setdefault(name, getattr(functions, name)), Displays.last.get(name)}
            Displays.last[name] = ours
            for module in list(sys.modules.values()):
                file = getattr(module, "__file__", None) or ""
                if getattr(module, "__name__", "").startswith("IPython.") or (file and is_own(file)):
                    for key, value in list(vars(module).items()):
                        if callable(value) and any(value is one for one in theirs):
                            setattr(module, key, ours)

    def display(self, *values: Any, raw: bool = False, update: bool = False, display_id: Any = None, **_: Any) -> Any:
        for value in values:
            if is_figure(value):
                self.images += [image for image in [png_of(value)] if image]
                continue
            forms = shown_forms(value if raw else self.forms(value))
            if update and display_id in self.by_id:
                self.by_id[display_id].update(forms)
            else:
                self.taken.append(forms)
                self.by_id[display_id] = forms
        if display_id is not None:
            return sys.modules["IPython.core.display_functions"].DisplayHandle(None if display_id is True else display_id)

    def forms(self, value: Any) -> dict[str, Any]:
        from IPython.core.formatters import DisplayFormatter

        data: dict[str, Any] = DisplayFormatter().format(value)[0]
        return data
