"""MONAI's Dice of written label maps, and whether they keep their image's header: JSON in, JSON out.

In: [{image, prediction, truth}], paths. Out: [{dice, shape, affine, codes, zooms, dtype}].
"""

import json
import sys

import nibabel as nib
import numpy as np
import torch
from monai.metrics import DiceMetric

answers = []
for case in json.load(sys.stdin):
    image, prediction = nib.load(case["image"]), nib.load(case["prediction"])
    a, b = image.header, prediction.header
    dice = None
    if case["truth"] is not None:
        one_hot = lambda path: torch.nn.functional.one_hot(
            torch.tensor(np.asarray(nib.load(path).dataobj).astype(np.int64)), 2
        ).permute(3, 0, 1, 2)[None]
        metric = DiceMetric(include_background=False)
        metric(one_hot(case["prediction"]), one_hot(case["truth"]))
        dice = metric.aggregate().item()
    answers.append(
        {
            "dice": dice,
            "shape": list(prediction.shape) == list(image.shape),
            "affine": np.array_equal(prediction.affine, image.affine),
            "qform": np.allclose(prediction.get_qform(), image.get_qform(), atol=1e-6),
            "codes": [int(a[key]) == int(b[key]) for key in ("sform_code", "qform_code", "xyzt_units")],
            "zooms": np.array_equal(a.get_zooms(), b.get_zooms()),
            "dtype": str(b.get_data_dtype()),
        }
    )
json.dump(answers, sys.stdout)
