"""What nibabel and MONAI make of volumes: reads jobs from a JSON file, writes each result as float32 in row-major order.

usage: reference.py FOLDER   (FOLDER/jobs.json in; FOLDER/N.f32 and FOLDER/results.json out)
"""

import json
import sys
from pathlib import Path

import nibabel
import numpy as np


def load(path):
    """Image as nibabel has it: values scaled, float32, axes x, y, z, and the affine."""
    image = nibabel.load(path)
    return np.asarray(image.get_fdata(dtype=np.float64), dtype=np.float32), image.affine


def make(job):
    """A file as nibabel writes it: type, byte order, version, scaling, which forms, extension; then read back by nibabel."""
    rng = np.random.default_rng(job["seed"])
    dtype = np.dtype(job["dtype"]).newbyteorder(job["order"])
    shape = (5, 7, 6)
    if dtype.kind == "f":
        values = rng.normal(size=shape) * 1000
    else:
        limits = np.iinfo(dtype)
        # Beyond 2^53 neither side's double precision can tell neighbours apart.
        values = rng.integers(max(limits.min, -(2**53)), min(limits.max, 2**53), size=shape)
    pair = job["input"].endswith((".img", ".img.gz"))
    kinds = {(1, False): nibabel.Nifti1Image, (1, True): nibabel.Nifti1Pair}
    kinds |= {(2, False): nibabel.Nifti2Image, (2, True): nibabel.Nifti2Pair}
    affine = np.array([[-1.5, 0.2, 0, 9], [0.1, 2, -0.3, -4], [0, 0.4, 2.5, 7], [0, 0, 0, 1]])
    if job["form"] != "sform":
        # A qform says rotation and zooms, no shears.
        turn = np.linalg.qr(affine[:3, :3])[0]
        affine[:3, :3] = turn * np.array([1.5, 2, 2.5])
    kind = kinds[(job["version"], pair)]
    header = kind.header_class(endianness=job["order"])
    header.set_data_dtype(dtype)
    image = kind(values.astype(dtype), affine if job["form"] != "none" else None, header)
    if job["form"] == "sform":
        image.set_sform(affine, 1)
        image.set_qform(None, 0)
    elif job["form"] == "qform":
        image.set_qform(affine, 1)
        image.set_sform(None, 0)
    if job["scaled"]:
        image.header.set_slope_inter(0.25, -7)
    if job["extension"]:
        image.header.extensions.append(nibabel.nifti1.Nifti1Extension("comment", b"x" * 100))
    nibabel.save(image, job["input"])


def meta(path):
    import torch
    from monai.data import MetaTensor

    data, affine = load(path)
    return MetaTensor(torch.as_tensor(data)[None], affine=torch.as_tensor(affine, dtype=torch.float64))


def meta_channels(paths):
    """Files as channels, each brought onto the first one's grid."""
    import torch
    from monai.transforms import ConcatItemsd, ResampleToMatch

    first, *others = [meta(path) for path in paths]
    match = ResampleToMatch(mode="bilinear", padding_mode="border", dtype=np.float64)
    return ConcatItemsd(range(len(paths)), "all")(dict(enumerate([first, *[match(image, img_dst=first) for image in others]])))["all"]


def channels(job):
    from monai import transforms

    intensity = {
        "zscore": lambda: transforms.NormalizeIntensity(nonzero=True, channel_wise=True),
        "percentiles": lambda: transforms.ScaleIntensityRangePercentiles(0.5, 99.5, 0, 1, clip=True, channel_wise=True),
    }[job["intensity"]]()
    steps = transforms.Compose(
        [
            transforms.Orientation(axcodes="RAS", labels=(("L", "R"), ("P", "A"), ("I", "S"))),
            transforms.Spacing(pixdim=job["spacing"], mode="bilinear", padding_mode="border"),
            transforms.CropForeground(margin=1, allow_smaller=True),
            intensity,
        ]
    )
    result = steps(meta_channels(job["inputs"]))
    return np.asarray(result), np.asarray(result.affine)


def of_monai(result):
    return np.asarray(result[0]), np.asarray(result.affine)


def run(job):
    kind = job["op"]
    if kind == "read":
        return load(job["input"])
    if kind == "make":
        make(job)
        return load(job["input"])
    if kind == "qform":
        return load(job["input"])[0], nibabel.load(job["input"]).get_qform()
    if kind == "channels":
        return channels(job)
    from monai import transforms

    image = meta(job["input"])
    if kind == "orientation":
        return of_monai(transforms.Orientation(axcodes=job["code"], labels=(("L", "R"), ("P", "A"), ("I", "S")))(image))
    if kind == "spacing":
        return of_monai(transforms.Spacing(pixdim=job["spacing"], mode=job["mode"], padding_mode="border")(image))
    if kind == "zscore":
        return of_monai(transforms.NormalizeIntensity(nonzero=job["nonzero"])(image))
    if kind == "range":
        return of_monai(transforms.ScaleIntensityRange(job["from"], job["to"], job["min"], job["max"], job["clip"])(image))
    if kind == "percentiles":
        return of_monai(
            transforms.ScaleIntensityRangePercentiles(job["lower"], job["upper"], job["min"], job["max"], job["clip"])(image)
        )
    if kind == "pad":
        return of_monai(transforms.SpatialPad(job["size"])(image))
    if kind == "crop_foreground":
        return of_monai(transforms.CropForeground(margin=job["margin"], allow_smaller=True)(image))
    if kind == "pad_or_crop":
        return of_monai(transforms.ResizeWithPadOrCrop(job["size"])(image))
    if kind == "affine":
        turn = transforms.Affine(
            rotate_params=job["rotation"],
            translate_params=job["translation"],
            scale_params=job["scale"],
            mode=job["mode"],
            padding_mode="border",
            dtype=np.float64,
            image_only=True,
        )
        return of_monai(turn(image))
    if kind == "gamma":
        return of_monai(transforms.AdjustContrast(job["gamma"], job["invert"], job["retainStats"])(image))
    if kind == "gaussian_smooth":
        return of_monai(transforms.GaussianSmooth(sigma=job["sigma"])(image))
    if kind == "low_resolution":
        coarse = transforms.RandSimulateLowResolution(prob=1.0, zoom_range=(job["zoom"], job["zoom"]))
        return of_monai(coarse(image))
    if kind == "bias_field":
        field = transforms.RandBiasField(prob=1.0)
        field.randomize(image.shape[1:])
        field._coeff = job["coefficients"]
        return of_monai(field(image, randomize=False))
    raise ValueError(kind)


def main(folder):
    jobs = json.loads((folder / "jobs.json").read_text())
    results = []
    for number, job in enumerate(jobs):
        data, affine = run(job)
        (folder / f"{number}.f32").write_bytes(np.ascontiguousarray(data, dtype="<f4").tobytes())
        codes = "".join(nibabel.aff2axcodes(affine))
        zooms = nibabel.affines.voxel_sizes(affine)
        results.append(
            {
                "shape": list(data.shape),
                "affine": np.asarray(affine, dtype=float).tolist(),
                "zooms": np.asarray(zooms, dtype=float).tolist(),
                "codes": codes,
            }
        )
    (folder / "results.json").write_text(json.dumps(results))


main(Path(sys.argv[1]))
