"""Prints the names of the system metrics that MLflow logs, of a machine with one GPU."""

import json, sys, types
nvml = types.ModuleType("pynvml")
nvml.NVMLError = Exception
nvml.nvmlInit = lambda: None
nvml.nvmlDeviceGetCount = lambda: 1
nvml.nvmlDeviceGetHandleByIndex = lambda index: index
nvml.nvmlDeviceGetMemoryInfo = lambda handle: types.SimpleNamespace(used=1, total=2)
nvml.nvmlDeviceGetUtilizationRates = lambda handle: types.SimpleNamespace(gpu=1)
nvml.nvmlDeviceGetPowerUsage = lambda handle: 1
nvml.nvmlDeviceGetEnforcedPowerLimit = lambda handle: 2
sys.modules["pynvml"] = nvml
from mlflow.system_metrics.metrics.cpu_monitor import CPUMonitor
from mlflow.system_metrics.metrics.disk_monitor import DiskMonitor
from mlflow.system_metrics.metrics.network_monitor import NetworkMonitor
from mlflow.system_metrics.metrics.gpu_monitor import GPUMonitor
names = []
for monitor in (CPUMonitor(), DiskMonitor(), NetworkMonitor(), GPUMonitor()):
    monitor.collect_metrics()
    names += list(monitor.aggregate_metrics())
print(json.dumps(names))
