"""MONAI's networks trained by torch for a few steps in float32 and under its autocast to bfloat16: jobs as JSON in, one
safetensors file a job out.

A file holds the initial `weight.<name>`, `images` [samples, D, H, W, C] and `labels` [samples, D, H, W]; of float32 the `logits`
NDHWK and `gradient.<name>` of the first step and the `losses` [steps]; and how far autocast is from them, each one number:
`autocast.logits` (largest absolute difference), `autocast.gradient` (norm of the difference over the norm, of all parameters together)
and `autocast.losses` (largest relative difference of a step).
"""

import json
import sys

import torch
from monai import losses
from monai.networks import nets
from safetensors.torch import save_file

from described import make


def train(job, images, labels, narrow):
    torch.manual_seed(job["seed"])
    network = make(nets, job["model"])
    objective = make(losses, job["loss"])
    optimizer = torch.optim.AdamW(network.parameters(), lr=job["learningRate"], weight_decay=job["weightDecay"])
    result = {"weights": {name: value.detach().clone() for name, value in network.named_parameters()}, "losses": []}
    for step in range(job["steps"]):
        sample = step % job["samples"]
        with torch.autocast("cpu", torch.bfloat16, enabled=narrow):
            logits = network(images[sample : sample + 1])
        loss = objective(logits.float(), labels[sample : sample + 1])
        optimizer.zero_grad()
        loss.backward()
        if step == 0:
            result["logits"] = logits.detach().float().clone()
            result["gradient"] = {name: value.grad.clone() for name, value in network.named_parameters()}
        optimizer.step()
        result["losses"].append(loss.item())
    result["losses"] = torch.tensor(result["losses"])
    return result


def run(job):
    torch.manual_seed(job["seed"])
    images = torch.randn(job["samples"], job["model"]["arguments"]["in_channels"], *job["size"])
    # What can be learnt: classes by brightness.
    labels = (images[:, :1] > 0.5).long()
    wide, narrow = (train(job, images, labels, kind) for kind in (False, True))
    flat = [torch.cat([value.flatten() for value in each["gradient"].values()]) for each in (wide, narrow)]
    tensors = {f"weight.{name}": value for name, value in wide["weights"].items()}
    tensors |= {f"gradient.{name}": value for name, value in wide["gradient"].items()}
    tensors |= {"images": images.permute(0, 2, 3, 4, 1), "labels": labels[:, 0], "losses": wide["losses"]}
    tensors |= {
        "logits": wide["logits"].permute(0, 2, 3, 4, 1),
        "autocast.logits": (narrow["logits"] - wide["logits"]).abs().max().reshape(1),
        "autocast.gradient": ((flat[1] - flat[0]).norm() / flat[0].norm()).reshape(1),
        "autocast.losses": ((narrow["losses"] - wide["losses"]).abs() / wide["losses"]).max().reshape(1),
    }
    save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, job["path"])


# Of volumes this small, threads take longer to meet than to compute.
torch.set_num_threads(1)
for job in json.load(sys.stdin):
    run(job)
json.dump(None, sys.stdout)
