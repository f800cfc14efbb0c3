"""MONAI's SegResNet-16 on the hippocampus cases, tuned: JSON job in, JSON measurements out.

Batch 2 of whole volumes in 48×64×48, flips and small changes of intensity, AdamW with a polynomial learning rate over the
given seconds, 160 of 200 cases, the rest validates after each epoch.
"""

import glob
import json
import random
import sys
import time

import nibabel as nib
import numpy as np
import torch
from monai.losses import DiceCELoss
from monai.networks.nets import SegResNet

job = json.load(sys.stdin)
BOX, BATCH, RATE = (48, 64, 48), 2, 1e-3
torch.manual_seed(0)
rng = np.random.default_rng(0)


def load(folder):
    cases = []
    for path in sorted(glob.glob(f"{folder}/imagesTr/*.nii.gz")):
        image = nib.load(path).get_fdata(dtype=np.float32)
        label = np.rint(nib.load(path.replace("imagesTr", "labelsTr")).get_fdata()).astype(np.int64)
        image = (image - image.mean()) / (image.std() + 1e-8)
        slices = tuple(slice((b - s) // 2, (b - s) // 2 + s) for b, s in zip(BOX, image.shape))
        boxed_image, boxed_label = np.zeros(BOX, np.float32), np.zeros(BOX, np.int64)
        boxed_image[slices], boxed_label[slices] = image, label
        cases.append((boxed_image, boxed_label))
    return cases


def mean_dice(network, cases):
    network.eval()
    rows = []
    with torch.inference_mode():
        for image, label in cases:
            found = network(torch.from_numpy(image)[None, None]).argmax(1)[0].numpy()
            both = [((found == k) & (label == k)).sum() / max(1, (found == k).sum() + (label == k).sum()) for k in (1, 2)]
            rows.append([2 * share for share in both])
    network.train()
    return np.mean(rows, 0)


cases = load(job["data"])
random.Random(0).shuffle(cases)
train, validation = cases[:160], cases[160:]
network = SegResNet(init_filters=16, in_channels=1, out_channels=3).to(memory_format=torch.channels_last_3d)
optimizer = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=1e-5)
loss_function = DiceCELoss(to_onehot_y=True, softmax=True, include_background=False)
trained, steps, seconds, goal, dice = 0.0, 0, [], None, np.zeros(2)
while trained < job["seconds"]:
    order = rng.permutation(len(train))
    for first in range(0, len(order) - BATCH + 1, BATCH):
        start = time.perf_counter()
        images, labels = [], []
        for index in order[first : first + BATCH]:
            image, label = train[index]
            for axis in range(3):
                if rng.random() < 0.5:
                    image, label = np.flip(image, axis), np.flip(label, axis)
            images.append(image * (1 + rng.uniform(-0.1, 0.1)) + rng.uniform(-0.1, 0.1))
            labels.append(label)
        batch = np.stack(images).astype(np.float32)
        x = torch.from_numpy(batch)[:, None].contiguous(memory_format=torch.channels_last_3d)
        y = torch.from_numpy(np.stack(labels))[:, None]
        for group in optimizer.param_groups:
            group["lr"] = RATE * max(0.01, 1 - trained / job["seconds"]) ** 0.9
        optimizer.zero_grad()
        loss_function(network(x), y).backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 12)
        optimizer.step()
        steps += 1
        seconds.append(time.perf_counter() - start)
        trained += seconds[-1]
    dice = mean_dice(network, validation)
    print(f"trained {trained:.0f} s, step {steps}, validation Dice {dice.round(4)}", file=sys.stderr, flush=True)
    if goal is None and all(found >= least for found, least in zip(dice, job["goal"])):
        goal = (trained, steps)
metrics = {
    "step_seconds": seconds,
    "last_dice_anterior": [float(dice[0])],
    "last_dice_posterior": [float(dice[1])],
}
if goal is not None:
    metrics |= {
        "goal_seconds": [goal[0]],
        "goal_steps": [goal[1]],
        "goal_steps_times_median": [goal[1] * float(np.median(seconds))],
    }
print(json.dumps({"metrics": metrics}))
