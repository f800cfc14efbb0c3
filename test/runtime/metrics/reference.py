"""MONAI's metrics of pairs of label maps: JSON in [{predicted, truth, shape, spacing, classes, tolerances}], JSON out.

Each answer has a list of one value for each foreground class, and the mean as MONAI reduces it; null is NaN.
"""

import json
import math
import sys

import torch
from monai.metrics import (
    compute_average_surface_distance,
    compute_confusion_matrix_metric,
    compute_dice,
    compute_hausdorff_distance,
    compute_iou,
    compute_surface_dice,
    do_metric_reduction,
    get_confusion_matrix,
)


def one_hot(values, shape, classes):
    labels = torch.tensor(values).reshape(shape)
    return torch.stack([labels == k for k in range(classes)])[None].float()


def number(value):
    return None if math.isnan(value) else "Infinity" if math.isinf(value) else value


def plain(tensor):
    mean, _ = do_metric_reduction(tensor.clone(), "mean")
    return {"classes": [number(value) for value in tensor[0].tolist()], "mean": number(mean.item())}


answers = []
for pair in json.load(sys.stdin):
    predicted = one_hot(pair["predicted"], pair["shape"], pair["classes"])
    truth = one_hot(pair["truth"], pair["shape"], pair["classes"])
    both = {"y_pred": predicted, "y": truth, "include_background": False}
    surface = {**both, "spacing": [float(s) for s in pair["spacing"]]}
    confusion = get_confusion_matrix(**both)
    answers.append(
        {
            "dice": plain(compute_dice(**both)),
            "iou": plain(compute_iou(**both)),
            "hausdorff95": plain(compute_hausdorff_distance(**surface, percentile=95)),
            "surface_dice": plain(compute_surface_dice(**surface, class_thresholds=pair["tolerances"])),
            "average_surface_distance": plain(compute_average_surface_distance(**surface)),
            "symmetric": plain(compute_average_surface_distance(**surface, symmetric=True)),
            "sensitivity": plain(compute_confusion_matrix_metric("sensitivity", confusion)),
            "precision": plain(compute_confusion_matrix_metric("precision", confusion)),
        }
    )
json.dump(answers, sys.stdout)
