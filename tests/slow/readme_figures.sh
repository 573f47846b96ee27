#!/bin/bash
# The figures that README states in tables and sentences, without a command that prints them as they stand, are those of
# the experiments and of `validate` now: each is put into words here from what is stored or printed.  TAP.
. tests/check.sh
readme=$(tr '\n' ' ' <README.md)
rows=$(grep '^| ' README.md)
data=$PWD/tests/data
mkdir "$dir/w" && cp -r db experiments "$dir/w/"
rm -f "$dir"/w/db/*.sqlite*
export QUARRY_DATA_DIR=$dir/w
cd "$dir/w" || exit 1

ask() { sqlite3 db/quarry.sqlite "$1"; }
says() { # says NAME TEXT: README has the text, over whatever lines
  case $readme in
    *"$2"*) [ -n "$2" ] && result 0 "$1" ;;
    *) result 1 "$1: README does not say \"$2\"" ;;
  esac
}
row() { # row START TEXT: the row of a table that begins with START ends in TEXT
  local found
  found=$(grep -F -- "| $1 |" <<<"$rows")
  case $found in
    "| $1 | $2 |") result 0 "$1" ;;
    *) result 1 "$1: expected \"$2\"" ;;
  esac
}

{
for e in rdm_vs_sdm mobilenet_system multiplierless_systolic brslog_element number_formats large_sweep fpga_mixed_scheme \
  heterogeneous_quantization dram_energy; do
  check "run $e" "$quarry" run --quiet --no-plots "$e"
done
ask "CREATE VIEW gains AS SELECT e.name AS experiment, c.within ->> 'precision' AS precision, c.* FROM comparison c
     JOIN experiment e ON e.id = c.experiment WHERE c.within ->> 'technology' = 'fdsoi28'"
gains() { # gains FORMAT WHERE [ORDER]: of gain, p05, p95 of each such row
  ask "SELECT group_concat(t, ', ') FROM (SELECT printf('$1', gain, p05, p95) AS t FROM gains WHERE $2 ORDER BY ${3:-position})"
}
interval='%.2f (%.2f to %.2f)'

# ---- what the experiments say ----
row 'RDM over SDM within equal areas, latency at 4, 8, 16 bits (`rdm_vs_sdm`)' \
  "$(gains '%.1f' "experiment = 'rdm_vs_sdm' AND metric = 'latency_us'")"
row 'the same, energy' "$(gains "$interval" "experiment = 'rdm_vs_sdm' AND metric = 'energy_uj'")"
beside() { # beside DESIGN: the array with a module over the array alone, both with the same array
  ask "SELECT printf('%.2f and $interval: %.0f and %.0f %% saved', l.gain, e.gain, e.p05, e.p95, 100 - 100 / l.gain,
         100 - 100 / e.gain) FROM gains l JOIN gains e USING (experiment, within, design, at_equal)
       WHERE experiment = 'mobilenet_system' AND l.precision = '8 bit' AND design = '$1' AND at_equal = 'axes'
         AND l.metric = 'latency_us' AND e.metric = 'energy_uj'"
}
row 'array + SDM over the array alone, 8 bits, same array: latency and energy (`mobilenet_system`)' \
  "$(beside 'array + SDM')"
row 'array + RDM, the same' "$(beside 'array + RDM')"
within="experiment = 'mobilenet_system' AND precision = '8 bit' AND at_equal = 'area_um2'"
latency=$(gains '%.2f' "$within AND metric = 'latency_us'") energy=$(gains "$interval" "$within AND metric = 'energy_uj'")
row 'either within equal areas, where a larger array is the alternative' \
  "latency ${latency/, / and } (SDM and RDM), energy ${energy/, / and }"
saved() { # saved DATAFLOW: of power, over the better of the MAC arrays with as many rows, least to most
  ask "WITH p AS (SELECT * FROM multiplierless_systolic_points WHERE technology = 'fdsoi28' AND network = 'vgg16' AND
         dataflow = '$1'), s AS (SELECT design, 100 - 100 * power_mw / (SELECT min(m.power_mw) FROM p m WHERE
         m.rows = p.rows AND m.design IN ('MAC', 'MAC Booth')) AS saved FROM p)
       SELECT group_concat(t, ', ') FROM (SELECT printf('%.0f to %.0f', min(saved), max(saved)) AS t FROM s
         WHERE design IN ('PoT', 'SP2', 'BRSLog') GROUP BY design ORDER BY design = 'BRSLog', design)"
}
row 'PoT, SP2, BRSLog array over the best MAC array of as many rows, weights held, VGG-16, power saved (`multiplierless_systolic`)' \
  "$(saved ws) %, more with more rows"
row 'the same, outputs held' "$(saved os) %"
row 'the same at equal signal quality' "$(ask "SELECT printf('none of them: %.0f to %.0f dB where the MAC array has %.0f',
  min(iif(pe_kind <> 'mac', sqnr_db, NULL)), max(iif(pe_kind <> 'mac', sqnr_db, NULL)), max(sqnr_db))
  FROM multiplierless_systolic_points WHERE network = 'vgg16'")"
logarithmic="experiment = 'brslog_element' AND design IN ('BRSLog', 'SegLog')"
row 'BRSLog, SegLog over multipliers of no less quality, area at equal SQNR, from 13 (SegLog: 12) to 20 dB (`brslog_element`; BRSLog has no element below 18.7 dB)' \
  "$(gains "$interval" "$logarithmic AND metric = 'area_um2' AND at_equal = 'sqnr_db'" design)"
says 'range of qualities of BRSLog and SegLog' "$(ask "SELECT printf('from %.0f (SegLog: %.0f) to %.0f dB', max(low), min(low),
  max(high)) FROM gains WHERE $logarithmic AND metric = 'area_um2' AND at_equal = 'sqnr_db'")"
says 'least quality of BRSLog' "$(ask "SELECT printf('BRSLog has no element below %.1f dB', min(sqnr_db))
  FROM brslog_element_points WHERE design = 'BRSLog'")"
power="$logarithmic AND metric = 'power_mw' AND at_equal LIKE 'area%'"
row 'the same, power within equal area and at equal SQNR' \
  "$(gains "$interval" "$power" design), $(ask "SELECT DISTINCT note FROM gains WHERE $power")s"
row 'the same, over the multiplier of as many weight bits (5), which has 24 dB where they have 20, area and power' \
  "$(ask "WITH b AS (SELECT design, min(area_um2) AS area, min(power_mw) AS power FROM brslog_element_points
            WHERE technology = 'fdsoi28' AND pe_weight_bits = 5 GROUP BY design)
          SELECT group_concat(t, ', ') FROM (SELECT printf('%.2f and %.2f', m.area / b.area, m.power / b.power) AS t
            FROM b, b m WHERE m.design = 'multiplier' AND b.design LIKE '%Log' ORDER BY b.design)")"
row 'least energy at 30 dB (`number_formats`)' "$(ask "SELECT group_concat(DISTINCT design) FROM (SELECT design,
  min(energy_per_product_fj) FROM number_formats_points WHERE sqnr_db >= 30 GROUP BY signal)")"
large="experiment = 'large_sweep' AND precision IN ('4 bit', '8 bit', '16 bit')"
row 'RDM over SDM within equal areas among a million designs of other lanes, ports and clocks, latency at 4, 8, 16 bits (`large_sweep`)' \
  "$(gains '%.2f' "$large AND metric = 'latency_us'") ($(ask "SELECT group_concat(DISTINCT printf('%.2f', unlimited)) FROM
   gains WHERE $large AND metric = 'latency_us'") each without a limit on the area); energy $(gains '%.2f' \
     "$large AND metric = 'energy_uj'")"
row 'the same, designs on the front at 16 bits' "$(ask "SELECT printf('%d of RDM beside %d of SDM', sum(design = 'RDM'),
  sum(design = 'SDM')) FROM large_sweep_front WHERE technology = 'fdsoi28' AND precision = '16 bit'")"

# ---- FPGAs ----
ask "CREATE VIEW frames AS SELECT technology, network, design, max(fps) AS fps FROM fpga_mixed_scheme_points
     WHERE infeasible IS NULL GROUP BY 1, 2, 3"
faster() { # faster DEVICE DESIGN BASE: how many times, in the order of README's networks
  ask "SELECT group_concat(t, ', ') FROM (SELECT printf('%.1f', a.fps / b.fps) AS t FROM frames a JOIN frames b
         USING (technology, network) WHERE technology = '$1' AND a.design = '$2' AND b.design = '$3'
         ORDER BY network LIKE 'mobilenet%', network)"
}
for device in XC7Z020 XC7Z045 ZU9EG; do
  d=${device,,}
  row "$device" "$(faster "$d" 'mixed, one a slice' 'DSP only, one a slice') times | $(faster "$d" mixed 'DSP only') times"
done
says 'packing' "makes the baseline $(ask "SELECT printf('%.1f to %.1f', min(b.fps / a.fps), max(b.fps / a.fps)) FROM frames a
  JOIN frames b USING (technology, network) WHERE a.design = 'DSP only, one a slice' AND b.design = 'DSP only'") times"
says 'quality on FPGAs' "$(ask "SELECT printf('%.1f dB in SP2 of 4 bits, %.1f dB in fixed point', max(sqnr_db) FILTER
  (WHERE design = 'LUT only'), max(sqnr_db) FILTER (WHERE design = 'DSP only')) FROM fpga_mixed_scheme_points")"

# ---- a precision of its own for each layer ----
ask "CREATE VIEW slow AS SELECT technology, network, design, channels, precision, noise, latency_us / 1000 AS ms
     FROM heterogeneous_quantization_points"
ask "CREATE VIEW assigned AS SELECT a.*, a.noise / (SELECT noise FROM slow u WHERE u.precision = '8 bit' AND
       u.technology = a.technology AND u.network = a.network AND u.design = a.design AND u.channels = a.channels) AS budget,
       w.precision AS width, min(w.ms) AS width_ms FROM slow a JOIN slow w USING (technology, network, design, channels)
     WHERE a.precision = 'assigned' AND w.precision <> 'assigned' AND w.noise <= a.noise * (1 + 1e-9)
     GROUP BY a.technology, a.network, a.design, a.channels, a.noise"
for budget in 0.846 1 10.2 92.9 121; do
  row "$budget" "$(ask "SELECT printf('%ss, %.1f ms | %.1f ms | ', width, width_ms, ms) ||
      iif(width_ms > ms * 1.005, printf('%.2f times', width_ms / ms), 'none') FROM assigned
    WHERE technology = 'fdsoi28' AND network LIKE 'mobilenet_v1%' AND design = 'RDM' AND channels = 4 AND
      printf('%.3g', budget) = '$budget'")"
done
says 'gain of an SDM' "$(ask "SELECT printf('An SDM gains at most %.2f times, at %d lanes', max(width_ms / ms), channels)
  FROM assigned WHERE design = 'SDM'")"

# ---- DRAM ----
fused() { # fused METRIC CLOCK: saved by fusion, least to most over the devices
  ask "SELECT printf('%.0f', min(s)) || iif(max(s) - min(s) < 0.5, '', printf(' to %.0f', max(s))) || ' %' FROM (SELECT
         100 - 100 * f.$1 / u.$1 AS s FROM dram_energy_points f JOIN dram_energy_points u USING (clock_mhz, memory_device)
         WHERE f.design = 'fused' AND u.design = 'unfused' AND clock_mhz = $2)"
}
says 'traffic and energy that fusion saves' \
  "saves $(fused traffic_bytes 500) of the traffic; of the DRAM's energy it saves $(fused energy_dram_uj 500), by device, at 500 MHz"
says 'energy that fusion saves where compute binds' "$(fused energy_dram_uj 40) at 40 MHz"

# ---- beside what is published ----
published() { # published FILE: figure,model lines
  "$quarry" validate published "db/published/$1.yaml" --format csv --columns figure,model 2>/dev/null
}
figure() { # figure NAME EXPRESSION: the model's m, as the expression of awk has it
  awk -F, -v name="$1" "\$1 == name { m = \$2; printf $2 }" "$dir/published"
}
thousands() { sed -E ':a; s/([0-9])([0-9]{3})($|,)/\1,\2\3/; ta' <<<"$1"; }
published locality >"$dir/published"
says 'layer by layer and each bottleneck by itself' "$(thousands "$(figure mobilenet_v2_raster_64k '"%d", m')") entries and in \
\`scan\` $(thousands "$(figure mobilenet_v2_scan_64k '"%d", m')"), each bottleneck by itself (\`block\`) \
$(thousands "$(figure mobilenet_v2_block_64k '"%d", m')")"
says 'DRAM energy of MobileNetV2' "$(figure mobilenet_v2_dram_energy_fused '"-%.0f %% where the memory bounds the run", 100 - 100 * m'), \
$(figure mobilenet_v2_dram_energy_fused_compute_bound '"-%.0f %% where compute does", 100 - 100 * m')"
says 'VGG-E' "$(thousands "$(figure vgg_e_layer_by_layer '"%d", m')") to $(thousands "$(figure vgg_e_fused '"%d", m')") words of 4 bytes \
($(figure vgg_e_layer_by_layer '"%.1f", m / 2 ^ 18') to $(figure vgg_e_fused '"%.2f", m / 2 ^ 18') MB), \
$(figure vgg_e_buffer '"%.0f", m / 2 ^ 8') KB"
says 'FSRCNN, cycles' "| $(figure fsrcnn_fastest '"%.1f", m / 1e6') to $(figure fsrcnn_slowest '"%.0f", m / 1e6') |"
says 'FSRCNN, energy' "| $(figure fsrcnn_least_energy '"%.1f", m / 1e3') to $(figure fsrcnn_most_energy '"%.1f", m / 1e3'), without"
published bit_fusion >"$dir/published"
says 'from 8 to 4 bits' "takes $(figure apq_taps_w4a4_energy '"%.2f", m') of the energy and $(figure apq_taps_w4a4_latency '"%.2f", m') \
of the latency on an RDM of 16 lanes, $(figure apq_channels_w4a4_energy '"%.2f", m') and $(figure apq_channels_w4a4_latency '"%.2f", m') \
with products kept apart"
says 'held out of the calibration' "$("$quarry" calibrate db/published/calibration/fdsoi28_psma.yaml |
  sed -nE 's/^Held out: .* mean error ([0-9.]+ %) (\([0-9.]+ % before\)).*/to \1 in the mean \2/p')"
lut() { # lut FILE FLOW COLUMN: of LUTs in the 7-series
  "$quarry" validate fpga "$data/$1.csv" --format csv | awk -F, -v flow="$2" -v name="$3" '
    $1 == "quantity" { for (i = 1; i <= NF; i++) if ($i == name) column = i }
    $1 == "lut" && $2 == "all" && $3 == "xc7" && $4 == flow && !n++ { print $column }'
}
says 'LUTs of components' "$(printf 'off by %.1f %% in the mean (7-series, flow `abc9_nowide`, %d rows' \
  "$(lut fpga_synth abc9_nowide mean_pct)" "$(lut fpga_synth abc9_nowide count)")"
says 'LUTs in other sizes' "$(printf '%.1f %% on %d components in sizes' "$(lut fpga_other_sizes abc9_nowide mean_pct)" \
  "$(lut fpga_other_sizes abc9_nowide count)")"
says "LUTs beside Vivado's" "$(printf 'come out 0 to %.0f %% below' "$(lut fpga_vivado_circuits vivado max_pct)")"
"$quarry" validate mixed db/sensitivity/mlperf_tiny.csv db/sensitivity/mlperf_tiny_mixed.csv --format csv >"$dir/mixed"
mixed() { # mixed FORMAT COLUMN WIDTHS PREDICTION: of both networks, " and " between
  awk -F, -v name="$2" -v widths="$3" -v prediction="$4" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) column = i }
    $2 == widths && $3 == prediction { printf "%s'"$1"'", n++ ? " and " : "", $column }' "$dir/mixed"
}
measured='measured layers'
says 'rank correlations' "is $(mixed %.2f spearman weights "$measured") of weights alone"
says 'rank correlations with activations' "and $(mixed %.2f spearman 'with activations' "$measured") with activations"
says 'errors of noise' "the mean absolute error is $(mixed %.1f mean_absolute_error_db all "$measured") dB"
says 'equal weights' "($(mixed %.2f spearman weights 'equal weights'); $(mixed %.2f spearman 'with activations' 'equal weights')), \
but miss the level by $(mixed %.1f mean_absolute_error_db all 'equal weights') dB"
echo "1..$n"
} | tee "$dir/results"
! grep -q '^not ok' "$dir/results"
