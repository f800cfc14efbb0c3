"""Prints what MLflow's own client knows of a run's models: `{"uri", "run_id"}` on standard input."""

import json
import sys

import mlflow

asked = json.load(sys.stdin)
mlflow.set_tracking_uri(asked["uri"])
client = mlflow.MlflowClient()
run = client.get_run(asked["run_id"])
models = mlflow.search_logged_models(
    experiment_ids=[run.info.experiment_id],
    filter_string=f"source_run_id = '{run.info.run_id}'",
    output_format="list",
)
table = client.load_table(run.info.experiment_id, "results/cases.json", run_ids=[run.info.run_id])
print(
    json.dumps(
        {
            "models": [
                {
                    "name": model.name,
                    "status": str(model.status),
                    "params": model.params,
                    "metrics": {metric.key: metric.value for metric in model.metrics or []},
                    "flavors": list(mlflow.models.Model.load(f"models:/{model.model_id}").flavors),
                    "files": sorted(file.path for file in client.list_logged_model_artifacts(model.model_id)),
                }
                for model in models
            ],
            "outputs": [output.step for output in run.outputs.model_outputs],
            "table": table.to_dict("records"),
        }
    )
)
