"""torch's optimizers over a few steps: jobs {name, arguments, clip, weights, gradients, rates} as JSON in, the weights out."""

import json
import sys

import torch

answers = []
for job in json.load(sys.stdin):
    weights = torch.nn.Parameter(torch.tensor(job["weights"]))
    optimizer = getattr(torch.optim, job["name"])([weights], lr=1.0, **job["arguments"])
    for gradient, rate in zip(job["gradients"], job["rates"]):
        weights.grad = torch.tensor(gradient)
        if job["clip"] is not None:
            torch.nn.utils.clip_grad_norm_([weights], job["clip"])
        optimizer.param_groups[0]["lr"] = rate
        optimizer.step()
    answers.append(weights.tolist())
json.dump(answers, sys.stdout)
