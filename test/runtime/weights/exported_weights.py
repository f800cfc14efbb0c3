"""Exported weights in MONAI: JSON jobs in, answers out.

`logits`: {name, arguments, path, image (safetensors)} → the logits, NDHWK, of the network with strictly loaded weights.
`dice`: {name, arguments, path, cases (safetensors: image.<id>, label.<id>), inference} → foreground Dice of each case by
MONAI's sliding_window_inference.
"""

import json
import sys

import safetensors.torch
import torch
from monai.inferers import sliding_window_inference
from monai.metrics import compute_dice
from monai.networks import nets
from monai.networks.utils import one_hot


def network(job):
    net = getattr(nets, job["name"])(**job["arguments"])
    path = job["path"]
    state = torch.load(path, weights_only=True) if path.endswith(".pt") else safetensors.torch.load_file(path)
    net.load_state_dict(state, strict=True)
    return net.eval()


def logits(job):
    image = safetensors.torch.load_file(job["image"])["image"].permute(0, 4, 1, 2, 3)
    return network(job)(image).permute(0, 2, 3, 4, 1).flatten().tolist()


def dice(job):
    net, inference = network(job), job["inference"]
    cases = safetensors.torch.load_file(job["cases"])
    answers = {}
    for case in job["ids"]:
        probabilities = sliding_window_inference(
            cases[f"image.{case}"][None, None],
            inference["roiSize"],
            inference["batchSize"],
            lambda windows: net(windows).softmax(1),
            overlap=inference["overlap"],
            mode=inference["blend"],
        )
        classes = probabilities.shape[1]
        predicted = one_hot(probabilities.argmax(1, keepdim=True), classes)
        truth = one_hot(cases[f"label.{case}"][None, None], classes)
        answers[case] = compute_dice(predicted, truth, include_background=False).mean().item()
    return answers


with torch.no_grad():
    json.dump([globals()[job["task"]](job) for job in json.load(sys.stdin)], sys.stdout)
