# One table of what benchmarks print (bench.h): awk -v old=FILE -f table.awk goals.tsv FIGURES; lines of several runs of
# one work are put together; what has a goal stands first.  "met": the median over the goal, or the goal over it where
# more is better, so that 1 or less meets it; "peer/own" and "gain" (with old, figures of another checkout) are above 1
# where this program is faster.
BEGIN { FS = "\t"; while (old != "" && (getline line < old) > 0) take(line, "old"); }

function take(line, side,   f, n, i, key) {
  n = split(line, f, FS)
  if (line ~ /^#/ || n < 3) return
  key = f[1]
  if (side == "new" && !(key in unit)) { order[++works] = key; unit[key] = f[2] }
  for (i = 3; i <= n; i++) value[side, key, ++count[side, key]] = f[i] + 0
}

# Sorted where they stand; the median.
function sort(side, key,   i, k, v) {
  for (i = 2; i <= count[side, key]; i++) {
    v = value[side, key, i]
    for (k = i - 1; k >= 1 && value[side, key, k] > v; k--) value[side, key, k + 1] = value[side, key, k]
    value[side, key, k + 1] = v
  }
  return value[side, key, int(count[side, key] / 2) + 1]
}

# Rates are better the larger they are; the goal says so where it has a sign.
function more_is_better(key) { return goal[key] ~ /^>/ || (goal[key] !~ /^</ && unit[key] ~ /\/s$/) }

function ratio(key, better, worse) {
  if (!better || !worse) return "-"
  return sprintf("%.3g", more_is_better(key) ? worse / better : better / worse)
}

function source_number(text) {
  if (!(text in source_at)) { source[++sources] = text; source_at[text] = sources }
  return source_at[text]
}

function row(a, b, c, d, e, f, g, h) {
  printf "%-69s %9s %-8s %-19s %8s %6s %12s %9s", a, b, c, d, e, f, g, h
}

FNR == NR {
  if ($0 ~ /^#/) next
  if ($1 == "peer") { text_of[$2] = $3; next }
  if ($3 != "-") { goal[$1] = $3; goals[++goal_count] = $1 }
  if ($4 != "-") { peer[$1] = $4 + 0; whose[$1] = $5 }
  goal_unit[$1] = $2
  next
}
/^#/ { notes[++note_count] = $0; next }
{ take($0, "new") }

END {
  row("work", "median", "unit", "[min, max]", "goal", "met", "peer", "peer/own")
  print old != "" ? sprintf(" %9s %6s", "old", "gain") : ""
  for (i = 1; i <= goal_count; i++) if (goals[i] in unit) shown[++rows] = goals[i] # first what has a goal
  for (w = 1; w <= works; w++) if (!(order[w] in goal)) shown[++rows] = order[w]
  for (w = 1; w <= rows; w++) {
    key = shown[w]
    median = sort("new", key)
    if (key in goal_unit && goal_unit[key] != unit[key]) { print "goals.tsv: " key ": unit " goal_unit[key]; wrong = 1 }
    split(goal[key], g, " ")
    met = key in goal ? ratio(key, median, g[2] + 0) : "-"
    row(key, sprintf("%.4g", median), unit[key],
        sprintf("[%.3g, %.3g]", value["new", key, 1], value["new", key, count["new", key]]),
        key in goal ? g[1] " " g[2] : "-", met == "-" || met + 0 <= 1 ? met : met " !",
        key in peer ? sprintf("%.4g [%d]", peer[key], source_number(whose[key])) : "-",
        key in peer ? ratio(key, peer[key], median) : "-")
    if (old == "") print ""
    else if (count["old", key]) {
      before = sort("old", key)
      printf " %9.4g %6s\n", before, ratio(key, before, median)
    } else printf " %9s %6s\n", "-", "-"
  }
  print ""
  print "CPU time of all threads of a process, unless wall time is said; met: at most 1 where a goal is reached (!: not)"
  for (s = 1; s <= sources; s++) printf "[%d] %s\n", s, text_of[source[s]]
  for (n = 1; n <= note_count; n++) print notes[n]
  for (i = 1; i <= goal_count; i++) if (!(goals[i] in unit) && !some) print "not measured: " goals[i]
  exit wrong
}
