#!/usr/bin/env bash
# Makes the reference environments of the tests: real MONAI, nibabel and MLflow in .venv, and the tools of the places that
# experiments are handed to in .venv-handoff, unless EXP_HANDOFF_PYTHON names one that is there.
# exp itself needs none of it.
set -euo pipefail
cd "$(dirname "$0")/../.."
python3 -m venv .venv
.venv/bin/pip install --quiet --disable-pip-version-check -r test/reference/requirements.txt
if [ -z "${EXP_HANDOFF_PYTHON:-}" ]; then
  python3 -m venv .venv-handoff
  .venv-handoff/bin/pip install --quiet --disable-pip-version-check -r test/reference/requirements-handoff.txt
fi
