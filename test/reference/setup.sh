#!/usr/bin/env bash
# Makes the reference environment of the tests: real MONAI, nibabel and MLflow, in a virtual environment (.venv).
# exp itself needs none of it.
set -euo pipefail
cd "$(dirname "$0")/../.."
python3 -m venv .venv
.venv/bin/pip install --quiet --disable-pip-version-check -r test/reference/requirements.txt
