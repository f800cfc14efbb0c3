"""Runs the Python of docs/weights.md in a folder: JSON {folder, code} in, {parameter: mean} of the last `net` out."""

import json
import os
import sys

job = json.load(sys.stdin)
os.chdir(job["folder"])
scope = {}
exec(job["code"], scope)
json.dump({name: value.mean().item() for name, value in scope["net"].named_parameters()}, sys.stdout)
