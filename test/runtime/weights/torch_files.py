"""Files that torch.save writes, and what is in them: JSON {folder} in, {file: {tensor: [elements as float32]}} out."""

import collections
import json
import sys
from pathlib import Path

import numpy as np
import torch

folder = Path(json.load(sys.stdin)["folder"])
torch.manual_seed(1)
matrix = torch.randn(4, 6)
whole = torch.arange(60.0).reshape(3, 4, 5)

STATES = {
    "dtypes": {
        str(dtype).removeprefix("torch."): (matrix * 9).to(dtype)
        for dtype in (
            torch.float64,
            torch.float32,
            torch.float16,
            torch.bfloat16,
            torch.int64,
            torch.int32,
            torch.int16,
            torch.int8,
            torch.bool,
        )
    }
    | {"uint8": (matrix.abs() * 9).to(torch.uint8)},
    "specials": {
        "half": torch.tensor([0.0, -0.0, 6e-8, 6.1e-5, 65504.0, float("inf"), -1.5]).half(),
        "bfloat16": torch.tensor([0.0, 1e-40, 3.3e38, float("inf"), -1.5]).bfloat16(),
    },
    "views": {
        "transposed": matrix.t(),
        "column": matrix[:, 2],
        "tail": matrix[2:],
        "slices": whole[1:, ::2, 1:4],
        "permuted": whole.permute(2, 0, 1),
        "expanded": matrix[:1].expand(3, 6),
        "again": matrix,
        "scalar": torch.tensor(2.5),
        "empty": torch.zeros(0, 3),
    },
    "parameters": torch.nn.ParameterDict({"weight": torch.nn.Parameter(matrix)}).state_dict(keep_vars=True),
}
linear = torch.nn.Linear(6, 2)
optimizer = torch.optim.AdamW(linear.parameters())
linear(matrix).sum().backward()
optimizer.step()
WRAPPED = {
    "module": linear.state_dict(),
    "lightning": {
        "epoch": 3,
        "pytorch-lightning_version": "2.0.0",
        "state_dict": collections.OrderedDict((f"_model.{k}", v) for k, v in linear.state_dict().items()),
        "optimizer_states": [optimizer.state_dict()],
        "callbacks": {"ModelCheckpoint": {"best_model_score": torch.tensor(0.5)}},
    },
    "nnunet": {
        "network_weights": linear.state_dict(),
        "optimizer_state": optimizer.state_dict(),
        "logging": {"mean_fg_dice": [np.float64(0.5), np.float32(0.25)], "ema": np.zeros(3)},
        "_best_ema": np.float64(0.5),
        "init_args": {"fold": 0, "device": torch.device("cpu"), "sizes": torch.Size([1, 2]), "names": {"a", "b"}},
        "inference_allowed_mirroring_axes": (0, 1, 2),
        "big": 1 << 100,
    },
}

answers = {}
for name, state in STATES.items():
    torch.save(state, folder / f"{name}.pt")
    answers[name] = {key: value.detach().float().flatten().tolist() for key, value in state.items()}
for name, state in WRAPPED.items():
    torch.save(state, folder / f"{name}.pt")
torch.save(STATES["views"], folder / "protocol4.pt", pickle_protocol=4)
torch.save(linear.state_dict(), folder / "legacy.pt", _use_new_zipfile_serialization=False)
torch.save(linear, folder / "object.pt")
torch.jit.script(linear).save(folder / "script.pt")
# JSON has no infinity, but numbers too large to be anything else.
print(json.dumps(answers | {"protocol4": answers["views"]}).replace("Infinity", "1e999"))
