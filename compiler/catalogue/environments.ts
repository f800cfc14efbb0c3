/**
 * Environments that every file can name, in the language itself, gathered in November 2026. Prices are US dollars an hour on
 * demand, in the region and as of the date beside each; they change, so a file that cares declares its own environment.
 */
export const ENVIRONMENT_CATALOGUE = `
// The machine the run starts on, whatever it is.
environment local { price: $0/h }

// Google Colab: 100 units for $9.99 (2022, stale); T4 1.96, V100 5.36, A100 13.08 units an hour. Sessions end after 12 hours
// at most (Colab's frequently asked questions), sooner when nobody is there.
environment colab.t4   { gpu: T4  cpu: 2 cores  memory: 12.7GB  session: 12h  price: $0.196/h  as_of: "2022" }
environment colab.v100 { gpu: V100  cpu: 2 cores  memory: 12.7GB  session: 12h  price: $0.535/h  as_of: "2022" }
environment colab.a100 {
  gpu: A100(memory: 40GB)
  cpu: 12 cores
  memory: 83GB
  session: 12h
  price: $1.307/h
  as_of: "2022"
}

// Storage is the local NVMe of the instance, by AWS's tables of instance types; network volumes can be added.
environment aws.g4dn.xlarge {
  gpu: T4
  cpu: 4 cores
  memory: 16GiB
  storage: 125GB
  price: $0.526/h
  region: "us-east-1"
  as_of: "2026-11"
}
environment aws.g5.xlarge   { gpu: A10G  cpu: 4 cores  memory: 16GiB  price: $1.006/h  region: "us-east-1"  as_of: "2026-11" }
environment aws.g6.xlarge   { gpu: L4  cpu: 4 cores  memory: 16GiB  price: $0.805/h  region: "us-east-1"  as_of: "2026-11" }
environment aws.p3.2xlarge  { gpu: V100  cpu: 8 cores  memory: 61GiB  price: $3.06/h  region: "us-east-1"  as_of: "2026-11" }
environment aws.p4d.24xlarge {
  gpu: A100(memory: 40GB, count: 8)
  cpu: 96 cores
  memory: 1152GiB
  price: $21.96/h
  region: "us-east-1"
  as_of: "2026-11"
}
environment aws.p5.4xlarge  { gpu: H100  cpu: 16 cores  memory: 256GiB  price: $6.88/h  region: "us-east-1"  as_of: "2026-11" }

// n1-standard-4 0.19, and 0.35 for the T4.
environment gcp.n1-standard-4-t4 { gpu: T4  cpu: 4 cores  memory: 15GB  price: $0.54/h  region: "us-central1"  as_of: "2026-11" }

environment azure.nc4as-t4-v3    { gpu: T4  cpu: 4 cores  memory: 28GiB  price: $0.526/h  region: "eastus"  as_of: "2026-11" }
environment azure.nc24ads-a100-v4 { gpu: A100(memory: 80GB)  cpu: 24 cores  memory: 220GiB  price: $3.67/h  region: "eastus"  as_of: "2026-11" }
environment azure.nc40ads-h100-v5 { gpu: H100(memory: 94GB)  cpu: 40 cores  memory: 320GiB  price: $6.98/h  region: "eastus"  as_of: "2026-11" }

environment runpod.a100 { gpu: A100(memory: 80GB)  cpu: 8 cores  memory: 117GB  price: $1.79/h  as_of: "2026-11-09" }
environment runpod.h100 { gpu: H100  cpu: 16 cores  memory: 176GB  price: $2.89/h  as_of: "2026-11" }
environment lambda.h100 { gpu: H100  cpu: 26 cores  memory: 200GiB  price: $3.29/h  as_of: "2026-11" }
environment lambda.h100-sxm { gpu: H100  cpu: 26 cores  memory: 225GiB  price: $4.29/h  as_of: "2026-11" }
environment lambda.a100-x8 {
  gpu: A100(memory: 80GB, count: 8)
  cpu: 240 cores
  memory: 1800GiB
  price: $22.32/h
  as_of: "2026-11"
}

// Workstations: yours, so an hour costs nothing more.
environment workstation.rtx-3060 { gpu: RTX-3060  cpu: 8 cores  memory: 32GB  price: $0/h }
environment workstation.rtx-3070 { gpu: RTX-3070  cpu: 8 cores  memory: 32GB  price: $0/h }
environment workstation.rtx-3090 { gpu: RTX-3090  cpu: 16 cores  memory: 64GB  price: $0/h }
environment workstation.rtx-4090 { gpu: RTX-4090  cpu: 16 cores  memory: 64GB  price: $0/h }

// A university cluster; declare your own with its partition and account.
environment slurm.a100 {
  gpu: A100(memory: 40GB)
  cpu: 16 cores
  memory: 128GB
  scheduler: slurm(partition: "gpu")
  price: $0/h
}

environment apple.mac-mini { cpu: 8 cores  memory: 16GB  price: $0/h }
`;
