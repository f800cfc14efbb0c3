"""Runs the Python of docs/weights.md in a folder: JSON {folder, code} in, {parameter: mean} of the last `net` out."""

import contextlib
import json
import os
import sys

job = json.load(sys.stdin)
os.chdir(job["folder"])
scope = {}
# What the page prints is for its readers.
with contextlib.redirect_stdout(sys.stderr):
    exec(job["code"], scope)
json.dump({name: value.mean().item() for name, value in scope["net"].named_parameters()}, sys.stdout)
