#!/bin/sh
# Builds pricing/full/gcp.yaml. Usage: pricing/build/gcp.sh [DATA] [OUTPUT]
#
# DATA is the folder of price data (default ../shared/data/prices beside the repository), OUTPUT the book. The tradewind
# that is used is $TRADEWIND, or else `cargo run`.
#
# The source prices machines even where they are not sold. Those regions are taken that gcp_sold.csv lists: of whole series by
# Google's own list of machine series by zone, of accelerator machines, which that list does not tell apart, by a second list of
# zones (anycloud catalog, 2026-05-20).
# The source states no architecture: Arm are C4A, N4A and T2A. Countries and zones are those of Spare
# Cores, which has other names for the regions (gcp_regions.csv).
set -eu
cd "$(dirname "$0")/../.."
data=${1:-../shared/data/prices}
output=${2:-pricing/full/gcp.yaml}
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
awk -F, 'NR == FNR { sold[$1 "," $2] = 1; next }
  { split($3, part, "-") }
  FNR == 1 || sold[part[1] "," $2] || sold[part[1] "-" part[2] "," $2]' \
  pricing/build/gcp_sold.csv "$data/compute/gcp_cyclenerd_2026-07-30.csv" > "$work/gcp.csv"
awk -F, 'NR == 1 { print "instance_type,arch,family,accelerator,accelerator_memory_gib"; next }
  !seen[$3]++ {
    split($3, part, "-")
    class = part[1] "-" part[2]
    card = class == "a2-highgpu" || class == "a2-megagpu" ? "A100,40" : class == "a2-ultragpu" ? "A100-80GB,80" : \
      part[1] == "a3" ? $6 "," ($6 == "H200" ? 141 : 80) : part[1] == "g2" ? "L4,24" : part[1] == "g4" ? "RTX-PRO-6000,96" : ","
    print $3 "," ($3 ~ /^(c4a|n4a|t2a)-/ ? "arm64" : "amd64") "," ($3 ~ /^a[0-9]-/ ? class : part[1]) "," card
  }' "$work/gcp.csv" > "$work/machines.csv"
${TRADEWIND:-cargo run --quiet --release --} import csv \
  "$work/machines.csv" "$work/gcp.csv" \
  "$data/regions/regions.csv" \
  pricing/build/gcp_regions.csv \
  --provider gcp --currency USD --as-of 2026-07-30 \
  --column commit_1y_month=- --column commit_3y_month=- \
  --accelerator RTX6000=RTX-PRO-6000 --exclude '*metal*,*lssd*' \
  --column regions/regions.csv:region_name=name --column regions/regions.csv:country=- \
  --overlay pricing/overlays/gcp.yaml \
  --overlay pricing/overlays/gcp-storage-network.yaml \
  -o "$output"
