"""MONAI's networks and losses on seeded weights and images: jobs as JSON in, one safetensors file a job out.

A file holds `weight.<name>` and `gradient.<name>` in MONAI's layouts, `image` NDHWC, `label` NDHW, `logits` NDHWK, `loss`,
all computed in double precision and rounded at the end, and `noise.<name>`: how far MONAI's own gradient in single
precision is from it, as corners.py says.
"""

import copy
import json
import sys

import torch
from monai import losses
from monai.networks import nets
from safetensors.torch import save_file

from corners import gradient_noise
from described import differentiate, make


def run(job):
    torch.manual_seed(job["seed"])
    network = make(nets, job["model"])
    with torch.no_grad():
        for parameter in network.parameters():
            # Norms start from ones and zeros, which would hide a parameter in the wrong place.
            if parameter.dim() == 1:
                parameter += 0.1 * torch.randn_like(parameter)
    arguments = job["model"]["arguments"]
    image = torch.randn(job["batchSize"], arguments["in_channels"], *job["size"])
    label = torch.randint(0, arguments["out_channels"], (job["batchSize"], 1, *job["size"]))
    objective = make(losses, job["loss"])
    tensors = {f"weight.{name}": parameter.clone() for name, parameter in network.named_parameters()}
    twin = copy.deepcopy(network).double()
    logits, value, double = differentiate(twin, image.double(), label, objective)
    noise = gradient_noise(network, twin, double, image, label, objective)
    tensors |= {"image": image.permute(0, 2, 3, 4, 1), "logits": logits.permute(0, 2, 3, 4, 1), "loss": value}
    for name, gradient in double.items():
        tensors[f"gradient.{name}"] = gradient
        tensors[f"noise.{name}"] = noise[name]
    stored = {name: tensor.detach().float().contiguous() for name, tensor in tensors.items()}
    save_file(stored | {"label": label[:, 0].contiguous()}, job["path"])


for job in json.load(sys.stdin):
    run(job)
json.dump(None, sys.stdout)
