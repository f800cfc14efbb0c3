"""The peer of bench/data/main.ts: MONAI on the same files and patches of the same size. JSON job in, JSON milliseconds out."""

import json
import resource
import sys
import time

import numpy as np
import torch
from monai import transforms
from monai.data import set_track_meta

job = json.load(sys.stdin)


THREADS = sorted({1, torch.get_num_threads()})


def timed(prepare, work, repeats):
    """The better of one thread and all: where other programs run, torch's threads wait for each other. What `prepare`
    makes is changed by `work`, and making it is not counted."""
    attempts = []
    for threads in THREADS:
        torch.set_num_threads(threads)
        for _ in range(repeats):
            work(prepare())
        spent = []
        for _ in range(repeats):
            prepared = prepare()
            start = time.perf_counter()
            work(prepared)
            spent.append((time.perf_counter() - start) * 1000)
        attempts.append(spent)
    return min(attempts, key=np.median)


load = transforms.LoadImage(image_only=True, ensure_channel_first=True)
results = {}
for name, path in job["files"].items():
    results[name] = timed(lambda: path, load, job["repeats"])

set_track_meta(False)
shape = job["patch"]
rng = np.random.default_rng(1)
image = torch.as_tensor(rng.normal(size=[1, *shape]), dtype=torch.float32)
label = torch.as_tensor(rng.integers(0, 3, size=[1, *shape]), dtype=torch.float32)
degrees = np.pi / 180
both = {"keys": ["image", "label"]}
one = {"keys": ["image"]}
augmentations = {
    "flip": [transforms.RandFlipd(**both, prob=1, spatial_axis=axis) for axis in range(3)],
    "affine": [
        transforms.RandAffined(
            **both,
            prob=1,
            rotate_range=[15 * degrees] * 3,
            scale_range=[0.15] * 3,
            mode=["bilinear", "nearest"],
            padding_mode="border",
        )
    ],
    "gamma": [transforms.RandAdjustContrastd(**one, prob=1, gamma=(0.7, 1.5))],
    "gaussian_smooth": [
        transforms.RandGaussianSmoothd(**one, prob=1, sigma_x=(0.5, 1), sigma_y=(0.5, 1), sigma_z=(0.5, 1))
    ],
    "low_resolution": [transforms.RandSimulateLowResolutiond(**one, prob=1, zoom_range=(0.5, 1))],
    "bias_field": [transforms.RandBiasFieldd(**one, prob=1)],
    "intensity_scale": [transforms.RandScaleIntensityd(**one, prob=1, factors=0.1)],
    "intensity_shift": [transforms.RandShiftIntensityd(**one, prob=1, offsets=0.1)],
    "gaussian_noise": [transforms.RandGaussianNoised(**one, prob=1, std=0.1)],
}
elastic = transforms.Rand3DElasticd(
    **both, prob=1, sigma_range=(5, 8), magnitude_range=(50, 150), mode=["bilinear", "nearest"], padding_mode="border"
)
augmentations["elastic"] = [elastic]
for name, steps in augmentations.items():
    chain = transforms.Compose(steps)
    results[name] = timed(lambda: {"image": image.clone(), "label": label.clone()}, chain, job["repeats"])
usage = resource.getrusage(resource.RUSAGE_SELF)
metrics = {f"{name}_ms": spent for name, spent in results.items()}
print(json.dumps({"metrics": metrics, "cpuSeconds": usage.ru_utime + usage.ru_stime}))
