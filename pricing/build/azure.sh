#!/bin/sh
# Builds pricing/full/azure.yaml. Usage: pricing/build/azure.sh [DATA] [OUTPUT]
#
# DATA is the folder of price data (default ../shared/data/prices beside the repository), OUTPUT the book. The tradewind
# that is used is $TRADEWIND, or else `cargo run`.
#
# On-demand prices are those of karpenter-provider-azure, which has no shapes. Shapes are those of Spare Cores, which leave
# most accelerators without a model: azure_accelerators.csv has the machines with accelerators. Spot prices are those of the
# curated list.
set -eu
cd "$(dirname "$0")/../.."
data=${1:-../shared/data/prices}
output=${2:-pricing/full/azure.yaml}
${TRADEWIND:-cargo run --quiet --release --} import csv \
  "$data/compute/azure_od_karpenter_2026-06-18.csv" \
  pricing/build/azure_accelerators.csv \
  "$data/compute/server_shapes_sparecores_2026-01-31.csv" \
  "$data/compute/curated_offers.csv" \
  "$data/regions/regions.csv" \
  "$data/regions/zones_sparecores_2026-01-31.csv" \
  --provider azure --currency USD --as-of 2026-06-18 \
  --column server_shapes_sparecores_2026-01-31.csv:family=- \
  --column server_shapes_sparecores_2026-01-31.csv:accelerator=- \
  --column server_shapes_sparecores_2026-01-31.csv:accelerator_count=- \
  --column server_shapes_sparecores_2026-01-31.csv:accelerator_memory_gib=- \
  --column curated_offers.csv:on_demand=- --column curated_offers.csv:vcpu=- --column curated_offers.csv:memory_gib=- \
  --column curated_offers.csv:spot=spot_max_zone \
  --column curated_offers.csv:zones=- --column curated_offers.csv:accelerator=- \
  --column curated_offers.csv:accelerator_count=- \
  --column regions/regions.csv:region_name=name --column regions/regions.csv:country=- \
  --family 'Dasv5,Dsv5,Dasv6,Dsv6,Dpsv6,Easv5,Esv5,Easv6,Esv6,Epsv6,Fsv2,Fasv6,NCasT4_v3,NVadsA10_v5,NCsv3,NDasrv4' \
  --family 'NCadsA100_v4,NDamsrA100_v4,NCadsH100_v5,NCadisH100_v5,NDisrH100_v5,NDisrH200_v5,NDisrMI300X_v5,NDisMI300X_v5,NCrsv3,NDrsv2,NVsv3' \
  --exclude '*-*,Standard_NV6ads*,Standard_NV12ads*,Standard_NV18ads*,Standard_NV36adms*' \
  --overlay pricing/overlays/azure.yaml \
  --overlay pricing/overlays/azure-storage-network.yaml \
  -o "$output"
