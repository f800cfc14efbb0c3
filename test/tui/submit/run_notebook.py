"""Runs a notebook from top to bottom in its own folder, as Jupyter does: run_notebook.py FILE. Prints what its cells printed."""

import os
import sys

import nbformat
from nbclient import NotebookClient

path = os.path.abspath(sys.argv[1])
notebook = nbformat.read(path, as_version=4)
NotebookClient(notebook, timeout=300, resources={"metadata": {"path": os.path.dirname(path)}}).execute()
for cell in notebook.cells:
    for output in cell.get("outputs", []):
        print(output.get("text", ""), end="")
