"""Exported networks in onnxruntime and in MONAI: JSON jobs in, one safetensors file a job out.

{model, onnx, weights (safetensors), image (safetensors: image, NDHWC), path} → `onnx` and `monai`, the logits, NDHWK, of the
same weights. The model must pass the full check of `onnx`, shape inference included. Answers its metadata, inputs and outputs.
"""

import json
import sys

import onnx
import onnxruntime
import torch
from monai.networks import nets
from safetensors.torch import load_file, save_file


def describe(values):
    return {value.name: [value.type, *value.shape] for value in values}


def run(job):
    model = onnx.load(job["onnx"])
    onnx.checker.check_model(model, full_check=True)
    session = onnxruntime.InferenceSession(job["onnx"], providers=["CPUExecutionProvider"])
    image = load_file(job["image"])["image"].permute(0, 4, 1, 2, 3).contiguous()
    (logits,) = session.run(None, {"image": image.numpy()})

    network = getattr(nets, job["model"]["name"])(**job["model"]["arguments"]).eval()
    state = load_file(job["weights"])
    network.load_state_dict(state, strict=True)
    # Weights are in the file under MONAI's names and in MONAI's layouts.
    for tensor in model.graph.initializer:
        if tensor.name in state:
            assert list(tensor.dims) == list(state[tensor.name].shape), tensor.name
    with torch.no_grad():
        expected = network(image)
    both = {"onnx": torch.from_numpy(logits), "monai": expected}
    save_file({name: tensor.permute(0, 2, 3, 4, 1).contiguous() for name, tensor in both.items()}, job["path"])
    metadata = session.get_modelmeta().custom_metadata_map
    return {
        "inputs": describe(session.get_inputs()),
        "outputs": describe(session.get_outputs()),
        "metadata": metadata,
        "weights": sorted(tensor.name for tensor in model.graph.initializer if tensor.name in state),
        "ops": sorted({node.op_type for node in model.graph.node}),
    }


json.dump([run(job) for job in json.load(sys.stdin)], sys.stdout)
