"""scipy's largest component and filled holes of label maps: JSON in [{labels, shape, kind, classes}], JSON out."""

import json
import sys

import numpy as np
from scipy import ndimage


def largest_component(labels, k):
    pieces, count = ndimage.label(labels == k)
    if count > 0:
        sizes = np.bincount(pieces.ravel())
        sizes[0] = 0
        labels[(labels == k) & (pieces != sizes.argmax())] = 0


def fill_holes(labels, k):
    filled = ndimage.binary_fill_holes(labels == k)
    labels[filled & (labels == 0)] = k


answers = []
for case in json.load(sys.stdin):
    labels = np.array(case["labels"]).reshape(case["shape"])
    for k in case["classes"]:
        {"largest_component": largest_component, "fill_holes": fill_holes}[case["kind"]](labels, k)
    answers.append(labels.ravel().tolist())
json.dump(answers, sys.stdout)
