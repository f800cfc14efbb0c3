"""Learning rates by torch's own schedulers: JSON in, one rate per step out."""

import json
import sys

from torch import nn, optim
from torch.optim import lr_scheduler


def rates(base, steps, make):
    optimizer = optim.SGD(nn.Linear(1, 1).parameters(), lr=base)
    scheduler = make(optimizer)
    values = []
    for _ in range(steps):
        values.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return values


job = json.load(sys.stdin)
base, total, warmup = job["base"], job["totalSteps"], job["warmupSteps"]


def warmup_cosine(optimizer):
    rise = lr_scheduler.LinearLR(optimizer, start_factor=1 / warmup, end_factor=1, total_iters=warmup - 1)
    fall = lr_scheduler.CosineAnnealingLR(optimizer, T_max=total - warmup, eta_min=base * job["minimum"])
    # The cosine starts at the last warm-up step, which has the base rate in both.
    return lr_scheduler.SequentialLR(optimizer, [rise, fall], milestones=[warmup - 1])


json.dump(
    {
        "warmup_cosine": rates(base, total, warmup_cosine),
        "polynomial": rates(
            base, total, lambda optimizer: lr_scheduler.PolynomialLR(optimizer, total_iters=total, power=job["power"])
        ),
    },
    sys.stdout,
)
