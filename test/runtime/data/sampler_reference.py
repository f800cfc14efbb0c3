"""Where MONAI's RandCropByPosNegLabel cuts patches: JSON in, JSON out.

in: {"shape", "label" (row-major), "patch", "ratios": [[positive, negative], …], "count"}; out: [[[x, y, z], …], …]

The transform cuts at `generate_pos_neg_label_crop_centers`, which is asked directly: thousands of draws in a second.
"""

import json
import sys

import numpy as np
from monai.transforms.utils import generate_pos_neg_label_crop_centers

job = json.load(sys.stdin)
label = np.asarray(job["label"])
answers = []
for positive, negative in job["ratios"]:
    centers = generate_pos_neg_label_crop_centers(
        spatial_size=job["patch"],
        num_samples=job["count"],
        pos_ratio=positive / (positive + negative),
        label_spatial_shape=job["shape"],
        fg_indices=np.nonzero(label > 0)[0],
        bg_indices=np.nonzero(label == 0)[0],
        rand_state=np.random.RandomState(1),
    )
    half = np.asarray(job["patch"]) // 2
    answers.append((np.asarray(centers, dtype=int) - half).tolist())
print(json.dumps(answers))
