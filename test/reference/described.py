"""MONAI's networks and losses as jobs describe them, and what they make of an image."""

import torch
from monai.losses import DeepSupervisionLoss


def make(module, description):
    return getattr(module, description["name"])(**description["arguments"])


def differentiate(network, image, label, objective):
    """The logits, the loss, and its gradients by parameter. A network with deep supervision gives its levels: the first one's logits."""
    network.zero_grad()
    outputs = network(image)
    levels = torch.unbind(outputs, dim=1) if getattr(network, "deep_supervision", False) else [outputs]
    # DeepSupervisionLoss itself adds up in single precision.
    weights = DeepSupervisionLoss(objective).get_weights(len(levels))
    loss = sum(weight * objective(level, label) for weight, level in zip(weights, levels))
    loss.backward()
    return levels[0], loss, {name: parameter.grad.clone() for name, parameter in network.named_parameters()}
