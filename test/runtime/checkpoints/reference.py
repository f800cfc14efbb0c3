"""Loads checkpoints into MONAI's own networks, strictly: JSON in [{name, arguments, path}], digests of every parameter out."""

import hashlib
import json
import sys

import safetensors.torch
from monai.networks import nets

answers = []
for job in json.load(sys.stdin):
    network = getattr(nets, job["name"])(**job["arguments"])
    state = safetensors.torch.load_file(job["path"])
    buffers = {name: value.clone() for name, value in network.named_buffers()}
    network.load_state_dict(state, strict=True)
    assert all((buffers[name] == value).all() for name, value in network.named_buffers())
    answers.append(
        {name: hashlib.sha256(value.detach().numpy().tobytes()).hexdigest() for name, value in network.named_parameters()}
    )
json.dump(answers, sys.stdout)
