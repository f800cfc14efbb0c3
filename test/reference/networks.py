"""MONAI's networks and loss on seeded weights and images: jobs as JSON in, one safetensors file a job out.

A file holds `weight.<name>` and `gradient.<name>` in MONAI's layouts, `image` NDHWC, `label` NDHW, `logits` NDHWK, `loss`,
all computed in double precision and rounded at the end, and `noise.<name>`: how far MONAI's own gradient in single
precision is from it, ||single - double|| / ||double||.
"""

import copy
import json
import sys

import torch
from monai.losses import DiceCELoss
from monai.networks.nets import SegResNet, SwinUNETR
from safetensors.torch import save_file

NETWORKS = {"SegResNet": SegResNet, "SwinUNETR": SwinUNETR}


def run(job):
    torch.manual_seed(job["seed"])
    network = NETWORKS[job["name"]](**job["arguments"])
    with torch.no_grad():
        for parameter in network.parameters():
            # Norms start from ones and zeros, which would hide a parameter in the wrong place.
            if parameter.dim() == 1:
                parameter += 0.1 * torch.randn_like(parameter)
    batch, size, loss = job["batchSize"], job["size"], job["loss"]
    image = torch.randn(batch, job["arguments"]["in_channels"], *size)
    label = torch.randint(0, job["arguments"]["out_channels"], (batch, 1, *size))
    objective = DiceCELoss(
        to_onehot_y=True,
        softmax=True,
        include_background=loss["includeBackground"],
        lambda_dice=loss["diceWeight"],
        lambda_ce=loss["crossEntropyWeight"],
    )

    def differentiate(network, image):
        network.zero_grad()
        logits = network(image)
        value = objective(logits, label)
        value.backward()
        return logits, value, {name: parameter.grad for name, parameter in network.named_parameters()}

    tensors = {f"weight.{name}": parameter.clone() for name, parameter in network.named_parameters()}
    _, _, single = differentiate(network, image)
    logits, value, double = differentiate(copy.deepcopy(network).double(), image.double())
    tensors |= {"image": image.permute(0, 2, 3, 4, 1), "logits": logits.permute(0, 2, 3, 4, 1), "loss": value}
    for name, gradient in double.items():
        tensors[f"gradient.{name}"] = gradient
        tensors[f"noise.{name}"] = (single[name] - gradient).norm() / gradient.norm()
    stored = {name: tensor.detach().float().contiguous() for name, tensor in tensors.items()}
    save_file(stored | {"label": label[:, 0].contiguous()}, job["path"])


for job in json.load(sys.stdin):
    run(job)
json.dump(None, sys.stdout)
