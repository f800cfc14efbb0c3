"""MONAI's sliding window over the volume that bench/inference/ours.ts left in a folder: JSON job in, JSON measurements out."""

import json
import os
import resource
import sys
import time
from pathlib import Path

import numpy as np
import torch
from monai.inferers import sliding_window_inference
from monai.networks.nets import SegResNet, SwinUNETR
from safetensors.torch import load_file

job = json.load(sys.stdin)
folder = Path(job["folder"])
layout = torch.channels_last_3d if job["tuned"] else torch.contiguous_format
network = (
    SwinUNETR(in_channels=1, out_channels=2, feature_size=job["width"])
    if job["kind"] == "SwinUNETR"
    else SegResNet(init_filters=job["width"], in_channels=1, out_channels=2)
)
network.load_state_dict(load_file(folder / "weights.safetensors"))
network = network.eval().to(memory_format=layout)
volume = torch.from_numpy(np.fromfile(folder / "volume.f32", np.float32).reshape(1, 1, *job["shape"]))


def probabilities(windows):
    with torch.autocast("cpu", torch.bfloat16, enabled=job["precision"] == "mixed"):
        logits = network(windows.to(memory_format=layout))
    return torch.softmax(logits.float(), dim=1)


def infer(image):
    return sliding_window_inference(
        image, job["roi"], sw_batch_size=1, predictor=probabilities, overlap=job["overlap"], mode="gaussian"
    )


with torch.inference_mode():
    infer(volume[:, :, : job["roi"][0], : job["roi"][1], : job["roi"][2]])
    start, used = time.perf_counter(), time.process_time()
    whole = infer(volume)
    labels = whole.argmax(dim=1)
    seconds = time.perf_counter() - start
    processor = (time.process_time() - used) / os.cpu_count()
usage = resource.getrusage(resource.RUSAGE_SELF)
ours = np.fromfile(folder / "probabilities.f32", np.float32).reshape(*job["shape"], -1)
theirs = whole[0].permute(1, 2, 3, 0).numpy()
print(
    json.dumps(
        {
            "metrics": {
                "volume_seconds": [seconds],
                "volume_processor_seconds": [processor],
                "peak_resident_bytes": [usage.ru_maxrss * 1024],
                "largest_difference": [float(np.abs(ours - theirs).max())],
                "labels_differing": [int((ours.argmax(-1) != labels[0].numpy()).sum())],
            },
            "cpuSeconds": usage.ru_utime + usage.ru_stime,
        }
    )
)
