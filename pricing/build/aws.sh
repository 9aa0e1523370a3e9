#!/bin/sh
# Builds pricing/full/aws.yaml. Usage: pricing/build/aws.sh [DATA] [OUTPUT]
#
# DATA is the folder of price data (default ../shared/data/prices beside the repository), OUTPUT the book. The tradewind
# that is used is $TRADEWIND, or else `cargo run`.
#
# On-demand: every machine in us-east-1 but bare metal; elsewhere the machines that the SkyPilot excerpt prices,
# and the other sizes of their families by the region's ratio, marked as derived. Spot: the dearest zone of the excerpt,
# else on-demand less the saving that the spot advisor states. Interruption bands: the advisor's.
set -eu
cd "$(dirname "$0")/../.."
data=${1:-../shared/data/prices}
output=${2:-pricing/full/aws.yaml}
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
# One saving of the advisor is below zero, spot above on-demand: blank here, because a saving is none then.
awk -F, 'BEGIN { OFS = "," } NR > 1 && $3 < 0 { $3 = "" } { print }' \
  "$data/compute/aws_spot_advisor_linux_2025-06-28.csv" > "$work/advisor.csv"
# Drivers report less memory than the card is sold with, where error correction takes its share: the size on the card.
awk -F, 'BEGIN { sold["l4"] = sold["a10g"] = 24; sold["l40s"] = 48; sold["b200"] = 192; sold["b300"] = 288
    print "instance_type,accelerator,accelerator_memory_gib" }
  NR > 1 && $6 in sold { print $1 "," $6 "," sold[$6] }' \
  "$data/compute/aws_instance_specs_karpenter_2026-07-11.csv" > "$work/cards.csv"
${TRADEWIND:-cargo run --quiet --release --} import csv \
  "$work/cards.csv" \
  "$data/compute/aws_us-east-1_karpenter_2026-07-20.csv" \
  "$data/compute/aws_skypilot_v8_excerpt.csv" \
  "$data/compute/aws_instance_specs_karpenter_2026-07-11.csv" \
  "$work/advisor.csv" \
  "$data/regions/regions.csv" \
  "$data/regions/zones_sparecores_2026-01-31.csv" \
  --provider aws --currency USD --as-of 2026-07-20 \
  --column regions/regions.csv:region_name=name --column regions/regions.csv:country=- \
  --column aws_us-east-1_karpenter_2026-07-20.csv:accelerator=- \
  --column aws_us-east-1_karpenter_2026-07-20.csv:accelerator_count=- \
  --accelerator rtx-pro-server-6000=RTX-PRO-6000 \
  --exclude '*metal*' \
  --derive m7g@us-east-1,m7gd@us-east-1,m8g@us-east-1,r6gd@us-east-1,g5@us-east-1,g6@us-east-1,p5@us-east-1 \
  --overlay pricing/overlays/aws.yaml \
  --overlay pricing/overlays/aws-storage-network.yaml \
  -o "$output"
