"""How far single precision itself is from double precision, for gradients through (leaky) ReLUs.

A value closer to the corner of a (leaky) ReLU than single precision's error there falls to either side, and one such value
alone can move a gradient by 3e-3 of itself, or far more in a small network. So all runs but the first add errors of that size, as
the layer has them, to what each (leaky) ReLU gets.
"""

from contextlib import contextmanager

import torch

from described import differentiate

RUNS = 6
CORNERED = (torch.nn.ReLU, torch.nn.LeakyReLU, torch.nn.PReLU)


@contextmanager
def before_corners(network, change):
    """What each (leaky) ReLU gets goes through `change` first, in the order of the calls."""
    modules = [module for module in network.modules() if isinstance(module, CORNERED)]
    hooks = [module.register_forward_pre_hook(lambda _, inputs: (change(inputs[0]),)) for module in modules]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()


@torch.no_grad()
def inputs_of_corners(network, image):
    seen = []

    def note(values):
        seen.append(values.clone())
        return values

    with before_corners(network, note):
        network(image)
    return seen


def gradient_noise(network, twin, gradients, image, label, objective):
    """||single - double|| of each parameter's gradient, at worst over `RUNS` runs in single precision.

    `twin` is the network in double precision, and `gradients` are its own.
    """
    exact = inputs_of_corners(twin, image.double())
    errors = [(single - double).abs().max() for single, double in zip(inputs_of_corners(network, image), exact)]
    del exact

    def gradients_with_errors():
        left = iter(errors)
        with before_corners(network, lambda values: values + next(left).float() * (2 * torch.rand_like(values) - 1)):
            return differentiate(network, image, label, objective)[2]

    singles = [differentiate(network, image, label, objective)[2], *(gradients_with_errors() for _ in range(RUNS - 1))]
    return {name: max((single[name] - double).norm() for single in singles) for name, double in gradients.items()}
