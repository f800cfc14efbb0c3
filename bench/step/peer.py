"""A training step of MONAI: JSON job in, JSON measurements out. Batch 1, one channel in, two classes out, DiceCE, AdamW; float32, or torch's
autocast to bfloat16 where the job says `mixed`."""

import json
import os
import resource
import sys
import time

import torch
from monai.losses import DiceCELoss
from monai.networks.nets import SegResNet, SwinUNETR

job = json.load(sys.stdin)
layout = torch.channels_last_3d if job["tuned"] else torch.contiguous_format
torch.manual_seed(0)
network = (
    SwinUNETR(in_channels=1, out_channels=2, feature_size=job["width"])
    if job["kind"] == "SwinUNETR"
    else SegResNet(init_filters=job["width"], in_channels=1, out_channels=2)
).to(memory_format=layout)
optimizer = torch.optim.AdamW(network.parameters(), lr=1e-4)
loss_function = DiceCELoss(to_onehot_y=True, softmax=True)
size = job["size"]
image = torch.randn(1, 1, size, size, size).to(memory_format=layout)
label = (torch.rand(1, 1, size, size, size) > 0.7).float()
seconds, processor, first = [], [], 0.0
for step in range(job["steps"] + 1):
    start, used = time.perf_counter(), time.process_time()
    optimizer.zero_grad()
    with torch.autocast("cpu", torch.bfloat16, enabled=job["precision"] == "mixed"):
        logits = network(image)
    loss = loss_function(logits.float(), label)
    loss.backward()
    optimizer.step()
    loss.item()
    if step == 0:
        first = time.time() - job["launchedAt"] / 1000
    else:
        seconds.append(time.perf_counter() - start)
        processor.append((time.process_time() - used) / os.cpu_count())
usage = resource.getrusage(resource.RUSAGE_SELF)
print(
    json.dumps(
        {
            "metrics": {
                "step_seconds": seconds,
                "step_processor_seconds": processor,
                "first_step_seconds": [first],
                "peak_resident_bytes": [usage.ru_maxrss * 1024],
            },
            "cpuSeconds": usage.ru_utime + usage.ru_stime,
        }
    )
)
