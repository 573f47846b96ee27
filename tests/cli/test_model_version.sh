#!/bin/bash
# The version of the models, by which stored results are told from what another program would compute, is raised
# whenever numbers change: those of small experiments over all models, with libraries and tables of their own
# (tests/data/models), have the digests that were written beside the version.  `--write` writes them.  TAP.
. tests/check.sh
data=tests/data/models
held=$data/digests.csv
version=$(sed -n 's/^#define QY_MODEL_VERSION //p' include/quarry/version.h)
# experiment,metric,digest of one database: values, intervals, layers and members to eight digits; choices and reasons.
digests() { # experiment
  local db=$dir/$1.sqlite
  {
    sqlite3 "$db" "SELECT m.name, EXISTS (SELECT 1 FROM pragma_table_info('interval') WHERE name = m.name || '_p05'),
      EXISTS (SELECT 1 FROM pragma_table_info('layer_result') WHERE name = m.name),
      EXISTS (SELECT 1 FROM pragma_table_info('member_result') WHERE name = m.name) FROM metric m" |
      while IFS='|' read -r m interval layer member; do
        echo "SELECT '$m', sum(value IS NOT NULL), substr(hex(sha3(group_concat(at || '=' || printf('%.8g', value)))), 1, 16)
          FROM (SELECT at, value FROM (SELECT id AS at, $m AS value FROM result"
        [ "$interval" = 1 ] && echo "UNION ALL SELECT id || ' p05', ${m}_p05 FROM interval UNION ALL SELECT id || ' p95', ${m}_p95 FROM interval"
        [ "$layer" = 1 ] && echo "UNION ALL SELECT point || ' layer ' || position, $m FROM layer_result"
        [ "$member" = 1 ] && echo "UNION ALL SELECT point || ' member ' || position, $m FROM member_result"
        echo ") WHERE value IS NOT NULL ORDER BY at);"
      done
    echo "SELECT 'choices', count(*), substr(hex(sha3(group_concat(at || value))), 1, 16) FROM (SELECT r.id AS at,
      coalesce(v.value, '') || coalesce(t.text, '') || coalesce(a.assignment, '') AS value FROM result r LEFT JOIN
      resolved v ON v.id = r.resolved LEFT JOIN reason t ON t.id = r.reason LEFT JOIN assignment a ON a.point = r.id
      ORDER BY 1);
      SELECT 'chances', count(*), substr(hex(sha3(group_concat(at || value))), 1, 16) FROM (SELECT point AS at,
      printf(' %.8g', probability) AS value FROM front_chance ORDER BY 1);"
  } | sqlite3 "$db" | awk -F'|' -v e="$1" '$2 > 0 {print e "," $1 "," $3}'
}
for file in "$data"/*.yaml; do
  e=$(basename "$file" .yaml)
  "$quarry" run --quiet --no-cache --no-plots --db-dir $data/db --database "$dir/$e.sqlite" "$file" >"$dir/out" 2>&1 ||
    cat "$dir/out"
  digests "$e"
done >"$dir/now"
check 'experiments have results' test "$(wc -l <"$dir/now")" -gt 100
{ echo "version,$version,"; cat "$dir/now"; } >"$dir/new"
# Those of a digest that is held: a new metric or a new experiment changes none.
changed=$(awk -F, 'NR == FNR {now[$1 "," $2] = $3; next} $1 != "version" && now[$1 "," $2] != $3 {print $1 ": " $2}' \
  "$dir/now" "$held")
was=$(sed -n 's/^version,\(.*\),$/\1/p' "$held")
if [ "$1" = --write ]; then
  if [ "$changed" ] && [ "$was" = "$version" ]; then
    echo "results changed: raise QY_MODEL_VERSION in include/quarry/version.h ($version), then write" >&2
    exit 1
  fi
  cp "$dir/new" $held
  exit
fi
said="raise QY_MODEL_VERSION in include/quarry/version.h, then: BUILD=$BUILD bash tests/cli/test_model_version.sh --write"
unchanged() { [ -z "$changed" ] || { echo "$changed" | head -3; echo "changed; $said"; return 1; }; }
if [ "$was" = "$version" ]; then
  check 'the same results as when the version was raised' unchanged
else
  check "digests of version $version: BUILD=$BUILD bash tests/cli/test_model_version.sh --write" false
fi
# Every element and accelerator is in one of them.
for what in elements accelerators; do
  for name in $("$quarry" list $what --format csv | tail -n +2 | cut -d, -f1); do
    grep -qwE "(kind|accelerator): $name" $data/*.yaml || { [ "$name" = multiples ] && grep -q 'shared: yes' $data/*.yaml; } ||
      echo "# none of $data/*.yaml has $name: results of it may change unseen"
  done
done
echo "1..$n"
