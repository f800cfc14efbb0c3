"""MONAI's metrics of pairs of label maps: JSON in [{predicted, truth, shape, spacing, classes}], JSON out, null for NaN."""

import json
import math
import sys

import torch
from monai.metrics import compute_dice, compute_hausdorff_distance, compute_iou


def one_hot(values, shape, classes):
    labels = torch.tensor(values).reshape(shape)
    return torch.stack([labels == k for k in range(classes)])[None]


def plain(tensor):
    return [None if math.isnan(value) else "Infinity" if math.isinf(value) else value for value in tensor[0].tolist()]


answers = []
for pair in json.load(sys.stdin):
    predicted = one_hot(pair["predicted"], pair["shape"], pair["classes"])
    truth = one_hot(pair["truth"], pair["shape"], pair["classes"])
    answers.append(
        {
            # ignore_empty=False gives 0 for a class that is only predicted, as ours does, and 1 for one that is in neither.
            "dice": plain(compute_dice(predicted, truth, include_background=False, ignore_empty=False)),
            "iou": plain(compute_iou(predicted, truth, include_background=False, ignore_empty=False)),
            "hausdorff95": plain(
                compute_hausdorff_distance(
                    predicted, truth, include_background=False, percentile=95, spacing=[float(s) for s in pair["spacing"]]
                )
            ),
        }
    )
json.dump(answers, sys.stdout)
