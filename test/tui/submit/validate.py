"""Validates what `exp submit` wrote with the targets' own packages: validate.py TARGET FILE. Prints `ok`, or what is wrong."""

import json
import sys


def skypilot(path: str) -> list[str]:
    import jsonschema
    import yaml
    from sky.utils import schemas

    with open(path) as file:
        task = yaml.safe_load(file)
    validators = [(schemas.get_task_schema(), task), (schemas.get_resources_schema(), task["resources"])]
    storages = [mount for mount in task["file_mounts"].values() if isinstance(mount, dict)]
    validators += [(schemas.get_storage_schema(), storage) for storage in storages]
    return [error.message for schema, value in validators for error in jsonschema.Draft7Validator(schema).iter_errors(value)]


def kubernetes(path: str) -> list[str]:
    import kubernetes_validate
    import yaml

    problems = []
    with open(path) as file:
        for manifest in yaml.safe_load_all(file):
            try:
                kubernetes_validate.validate(manifest, "1.33", strict=True)
            except kubernetes_validate.ValidationError as error:
                problems.append(f"{'.'.join(map(str, error.path))}: {error.message}")
    return problems


def colab(path: str) -> list[str]:
    import nbformat

    notebook = nbformat.read(path, as_version=nbformat.NO_CONVERT)
    try:
        nbformat.validate(notebook, version=4, version_minor=5)
    except nbformat.ValidationError as error:
        return [error.message]
    ids = [cell["id"] for cell in notebook["cells"]]
    return [] if len(set(ids)) == len(ids) else ["two cells have one id"]


def azureml(path: str) -> list[str]:
    from azure.ai.ml import load_job
    from azure.ai.ml.exceptions import ValidationException
    from marshmallow import ValidationError

    try:
        result = load_job(path)._validate()
    except (ValidationException, ValidationError) as error:
        return [str(error)]
    return [f"{where}: {message}" for where, message in result.error_messages.items()]


TARGETS = {"skypilot": skypilot, "kubernetes": kubernetes, "colab": colab, "azureml": azureml}

if __name__ == "__main__":
    print(json.dumps([TARGETS[target](path) for target, path in zip(sys.argv[1::2], sys.argv[2::2])]))
