"""MONAI's networks trained by torch for a few steps: jobs as JSON in, one safetensors file a job out.

A file holds the initial `weight.<name>`, `images` [samples, D, H, W, C], `labels` [samples, D, H, W] and `losses` [steps]; step
i takes sample i modulo the samples. Everything is computed in single precision, as one trains.
"""

import json
import sys

import torch
from monai import losses
from monai.losses import DeepSupervisionLoss
from monai.networks import nets
from safetensors.torch import save_file

from described import make


def run(job):
    torch.manual_seed(job["seed"])
    network = make(nets, job["model"])
    arguments = job["model"]["arguments"]
    images = torch.randn(job["samples"], arguments["in_channels"], *job["size"])
    # What can be learnt: classes by brightness.
    labels = (images[:, :1] > 0.5).long()
    objective = make(losses, job["loss"])
    supervised = DeepSupervisionLoss(objective)
    tensors = {f"weight.{name}": parameter.detach().clone() for name, parameter in network.named_parameters()}
    optimizer = torch.optim.AdamW(network.parameters(), lr=job["learningRate"], weight_decay=job["weightDecay"])
    curve = []
    for step in range(job["steps"]):
        sample = step % job["samples"]
        outputs = network(images[sample : sample + 1])
        levels = torch.unbind(outputs, dim=1) if arguments.get("deep_supervision") else outputs
        loss = supervised(levels, labels[sample : sample + 1])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        curve.append(loss.item())
    tensors |= {"images": images.permute(0, 2, 3, 4, 1), "labels": labels[:, 0], "losses": torch.tensor(curve)}
    save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, job["path"])


for job in json.load(sys.stdin):
    run(job)
json.dump(None, sys.stdout)
