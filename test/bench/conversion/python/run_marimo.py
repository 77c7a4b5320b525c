"""Runs what `marimo convert` wrote, in one process, in marimo's own order, with the notebooks' own libraries.

    run_marimo.py SITE_PACKAGES SCRIPT       the folder that marimo is installed in; it comes last on the path
"""

import os
import runpy
import sys

site, script = sys.argv[1:]
sys.argv = [script]
sys.path[0] = os.getcwd()
sys.path.append(site)
runpy.run_path(script, run_name="__main__")
