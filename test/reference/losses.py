"""MONAI's losses: jobs as JSON in; a safetensors file a job out, with `logits` NDHWK, `label` NDHW, `loss` and `gradient`.

All is computed in double precision and rounded at the end.
"""

import json
import sys

import torch
from monai import losses
from safetensors.torch import save_file

for job in json.load(sys.stdin):
    torch.manual_seed(job["seed"])
    batch, classes, size = job["batch"], job["classes"], job["size"]
    logits = (2 * torch.randn(batch, classes, *size)).double().requires_grad_()
    # The last class is absent from the first sample.
    label = torch.randint(0, classes, (batch, 1, *size))
    label[0] = label[0].clamp(max=classes - 2)
    loss = getattr(losses, job["loss"]["name"])(**job["loss"]["arguments"])
    value = loss(logits, label)
    value.backward()
    floats = {
        "logits": logits.detach().permute(0, 2, 3, 4, 1),
        "loss": value.detach(),
        "gradient": logits.grad.permute(0, 2, 3, 4, 1),
    }
    tensors = {name: tensor.float().contiguous() for name, tensor in floats.items()}
    save_file(tensors | {"label": label[:, 0].contiguous()}, job["path"])
json.dump(None, sys.stdout)
