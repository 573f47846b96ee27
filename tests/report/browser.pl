# Reports in a real browser, through chromedriver (W3C WebDriver).  Arguments: port of the driver, folder with
# small.html, small.json, large.html, large.json and hostile.html, file for a screenshot.  Expectations come from the
# JSON files, rows of the database.  TAP.
use strict;
use warnings;
use HTTP::Tiny;
use JSON::PP;
use MIME::Base64;
my ($port, $folder, $picture) = @ARGV;
my ($http, $run, $session) = (HTTP::Tiny->new(timeout => 60), 0);
sub check { my ($pass, $name) = @_; $run++; print(($pass ? 'ok' : 'not ok') . " $run - $name\n"); return $pass }
sub same { my ($got, $expected, $name) = @_; check($got eq $expected,
  $name) or print "# got $got, expected $expected\n" }
sub ask { my ($method, $path, $what) = @_;
  my $answer = $http->request($method, "http://127.0.0.1:$port$path",
    {headers => {'content-type' => 'application/json'},
    $method eq 'POST' ? (content => encode_json($what // {})) : ()});
  my $value = eval { decode_json($answer->{content})->{value} };
  die "$method $path: $answer->{content}\n" unless $answer->{success};
  return $value }
sub own { my ($method, $path, $what) = @_; ask($method, "/session/$session/$path", $what) }
sub js { my ($text, @arguments) = @_; own('POST', 'execute/sync', {script => $text, args => \@arguments}) }
sub rows { my ($name) = @_; open my $in, '<', "$folder/$name.json" or die; local $/; @{decode_json(<$in>)} }
sub pointer { own('POST', 'actions', {actions => [{type => 'pointer', id => 'mouse',
  parameters => {pointerType => 'mouse'},
  actions => [map { my ($type, $x, $y) = @$_; {type => $type, $type eq 'pointerMove' ? (x => int $x, y => int $y,
    duration => 20) : (button => 0)} } @_]}]}) }
my @arguments = ('--headless=new', '--disable-gpu', '--window-size=1280,2400', '--force-device-scale-factor=1',
  $> == 0 ? '--no-sandbox' : ());
$session = ask('POST', '/session', {capabilities => {alwaysMatch => {'goog:chromeOptions' => {args => \@arguments},
  'goog:loggingPrefs' => {browser => 'ALL', performance => 'ALL'}}}})->{sessionId};
END { eval { ask('DELETE', "/session/$session") } if $session }

# Open a page; what it logs and asks for is judged when all is done with it.
my $address;
sub open_page { my ($name) = @_;
  own('POST', 'se/log', {type => $_}) for 'browser', 'performance';
  own('POST', 'url', {url => $address = "file://$folder/$name.html"});
  my $done = 'return document.documentElement.dataset.ready || !document.getElementById("failure").hidden';
  for (1 .. 100) { last if js($done); select undef, undef, undef, 0.1 }
  same(js('return document.documentElement.dataset.ready || document.getElementById("failure").textContent'), 'yes',
    "$name: drawn") }
sub close_page { my ($name) = @_;
  my @said = map { $_->{message} } @{own('POST', 'se/log', {type => 'browser'})};
  same("@said", '', "$name: nothing on the console");
  my @asked = grep { $_ ne $address } map { my $m = decode_json($_->{message})->{message};
    $m->{method} eq 'Network.requestWillBeSent' ? $m->{params}{request}{url} : () } @{own('POST', 'se/log',
      {type => 'performance'})};
  same("@asked", '', "$name: no request") }
my $count = 'return document.getElementById("count").textContent';
my $drawn = 'return [...document.querySelectorAll(".stage")].map(s => s.querySelectorAll("path.point").length).join()';
my $chip = 'const all = [...document.querySelectorAll("[aria-label=" + arguments[0] + "] label")];
  const l = all.find(l => l.textContent === arguments[1]); l.querySelector("input").click()';
my $button = '[...document.querySelectorAll("#controls button")].find(b => b.textContent === arguments[0]).click()';

# ---- an experiment of a thousand points
my @all = rows('small');
my @front = grep { $_->{front} } @all;
my $plots = 3;
open_page('small');
same(js('return document.querySelectorAll(".stage").length'), $plots, 'every plot of the file');
same(js($drawn), join(',', (scalar @all) x $plots), 'every feasible point in each');
check(!js('return document.querySelectorAll("canvas").length'), 'as shapes');
my $titled = 'const has = t => /\(\u00b5/.test(t.textContent);
  return [...document.querySelectorAll(".stage")].every(s =>
    [...s.querySelectorAll("text.title")].filter(has).length === 2)';
check(js($titled), 'both axes have units');
check(js('return [...document.querySelectorAll(".stage")].every(s => s.querySelectorAll("g path").length > 20)'),
  'intervals are drawn');
same(js($count), sprintf('%d of %d points shown; %d of %d rows of the front', (scalar @all) x 2,
  (scalar @front) x 2), 'counts');
js($chip, 'technology', 'lp55');
my @left = grep { $_->{technology} eq 'fdsoi28' } @all;
same(js($drawn), join(',', (scalar @left) x $plots), 'a filter takes its points out of all plots');
same(js($count), sprintf('%d of %d points shown; %d of %d rows of the front', scalar @left, scalar @all,
  scalar(grep { $_->{front} } @left), scalar @front), 'and out of the table');
js($chip, 'points', 'on a front only');
same(js($drawn), join(',', (scalar grep { $_->{front} } @left) x $plots), 'fronts only');
js($button, 'Reset filters');
same(js($drawn), join(',', (scalar @all) x $plots), 'filters taken back');

js('[...document.querySelectorAll("#rows th button")].find(b => b.textContent.startsWith("Energy")).click()');
my @sorted = sort { $a->{energy_uj} <=> $b->{energy_uj} || $a->{point} <=> $b->{point} } @front;
my $points = 'return [...document.querySelectorAll("#rows tbody tr")].map(r => r.lastChild.textContent).join()';
same(js($points), join(',', map { $_->{point} } @sorted[0 .. 99]), 'the table by energy, its first hundred rows');
js('[...document.querySelectorAll("#rows th button")].find(b => b.textContent.startsWith("Energy")).click()');
same((split /,/, js($points))[0], $sorted[-1]{point}, 'and falling');
js('document.getElementById("more").click()');
same(scalar(split /,/, js($points)), scalar @front, 'more rows');

# A point under the pointer: told of, and marked in every plot.
js('document.querySelectorAll(".stage")[2].scrollIntoView({block: "center"})');
my $where = js('const p = document.querySelectorAll(".stage")[2].querySelector("path.rim").getBoundingClientRect();
  return [p.x + p.width / 2, p.y + p.height / 2]');
pointer(['pointerMove', @$where]);
my ($told) = js('return document.getElementById("tip").innerText') =~ /^Point (\d+)/;
check(!js('return document.getElementById("tip").hidden') && defined $told, 'hovering tells of a point');
my ($own) = grep { defined $told && $_->{point} == $told } @all;
check($own && index(js('return document.getElementById("tip").innerText'), "$own->{precision}") > 0,
  'of its own precision');
same(js('return document.querySelectorAll("circle.focus").length'), $plots, 'marked in every plot');

# A rectangle over the left panel of the last plot: all of one technology.
my $box = js('const p = document.querySelectorAll(".stage")[2].querySelector("rect.frame").getBoundingClientRect();
  return [p.left, p.top, p.right, p.bottom]');
pointer(['pointerMove', $box->[0] + 1, $box->[1] + 1], ['pointerDown'], ['pointerMove', $box->[0] + 50, $box->[1] + 50],
  ['pointerMove', $box->[2] - 1, $box->[3] - 1], ['pointerUp']);
my $selected = scalar(grep { $_->{technology} eq 'fdsoi28' } @all);
same(js($count), sprintf('%d of %d points shown, %d selected; %d of %d rows of the front', (scalar @all) x 2, $selected,
  scalar(grep { $_->{technology} eq 'fdsoi28' } @front), scalar @front), 'a rectangle selects');
js($button, 'Clear selection');
check(js($count) !~ /selected/, 'and is taken back');
js('const s = document.querySelector("[aria-label=\'horizontal axis\']"); s.selectedIndex = 2;
  s.dispatchEvent(new Event("change"))');
check(js('const titles = [...document.querySelector(".stage").querySelectorAll("text.title")];
  return titles.some(t => t.textContent.startsWith("Energy"))'), 'another axis');
js('scrollTo(0, 0)');
if ($picture) { open my $out, '>:raw', $picture or die; print $out decode_base64(own('GET', 'screenshot')) }
close_page('small');

# ---- more points than shapes can be
@all = rows('large');
open_page('large');
check(js('return document.querySelectorAll("canvas").length') == $plots, 'a large experiment: on canvases');
check(js('return [...document.querySelectorAll("canvas")].every(c => c.getContext("2d").getImageData(0, 0, c.width,
  c.height).data.some(x => x > 0))'), 'that are not empty');
js($chip, 'technology', 'lp55');
js($chip, 'technology', 'fdsoi28');
same((js($count) =~ /^(\d+)/)[0], 0, 'no point is left: no plot fails');
js($button, 'Reset filters');
close_page('large');

# ---- a plot of each kind
@all = rows('kinds');
open_page('kinds');
same(js('return document.querySelectorAll(".stage").length'), 6, 'plots of all kinds, and two of the same axes');
same(js('return [0, 1].map(k => document.querySelectorAll(".stage")[k].querySelectorAll("path.point").length).join()'),
  join(',', scalar @all, scalar grep { $_->{precision} eq '8 bit' } @all), 'the other one of some points');
my (%least, %bar);
for (@all) {
  my ($cell, $bar) = ("$_->{technology} $_->{precision} $_->{channels}", "$_->{technology} $_->{precision} $_->{design}");
  for my $to ([\%least, $cell], [\%bar, $bar]) {
    my ($of, $at) = @$to;
    $of->{$at} = $_->{energy_uj} if !exists $of->{$at} || $_->{energy_uj} < $of->{$at} } }
my $texts = 'return [...document.querySelectorAll(".stage")[3].querySelectorAll("text.light, text.dark")].map(
  t => t.textContent)';
same(js('return document.querySelectorAll(".stage")[3].querySelectorAll("rect.cell").length'), scalar keys %least,
  'a cell for each pair');
my @told = @{js($texts)};
same(join(' ', map { sprintf '%.2f', log $_ } sort { $a <=> $b } @told),
  join(' ', map { sprintf '%.2f', log sprintf '%.3g', $_ } sort { $a <=> $b } values %least), 'its least energy');
same(js('return document.querySelectorAll(".stage")[4].querySelectorAll("rect.block").length'), scalar keys %bar,
  'a bar for each design and precision');
my $threads = 'return [...document.querySelectorAll(".stage")[5].querySelectorAll("path.thread")].reduce(
  (n, p) => n + (p.getAttribute("d").match(/M/g) || []).length, 0)';
same(js($threads), scalar @all, 'a line for each point');
js($chip, 'precision', '16 bit');
same(js($threads), scalar(grep { $_->{precision} ne '16 bit' } @all), 'filters are of all kinds');
js($button, 'Reset filters');
$box = js('document.querySelectorAll(".stage")[3].scrollIntoView({block: "center"});
  const p = document.querySelectorAll(".stage")[3].querySelector("rect.cell").getBoundingClientRect();
  return [p.x + p.width / 2, p.y + p.height / 2]');
pointer(['pointerMove', @$box]);
check(!js('return document.getElementById("tip").hidden'), 'a cell tells of its point');
$box = js('document.querySelectorAll(".stage")[5].scrollIntoView({block: "center"});
  const p = document.querySelectorAll(".stage")[5].getBoundingClientRect(); return [p.left, p.top, p.right, p.bottom]');
pointer(['pointerMove', $box->[0] + 2, $box->[1] + 60], ['pointerDown'], ['pointerMove', $box->[0] + 20, $box->[1] + 80],
  ['pointerMove', $box->[0] + 40, $box->[3] - 2], ['pointerUp']);
check(js($count) =~ /, \d+ selected/, 'a rectangle selects lines');
js($button, 'Clear selection');
if ($picture) { js('document.getElementById("charts").scrollIntoView()'); (my $file = $picture) =~ s/(\.png)$/_kinds$1/;
  open my $out, '>:raw', $file or die; print $out decode_base64(own('GET', 'screenshot')) }
close_page('kinds');

# ---- what the models chose, and supplies, as columns of numbers
@all = rows('autos');
open_page('autos');
check(js('return !document.body.innerText.match(/\bauto\b/)'), 'no auto in filters and table');
my $column = 'const heads = [...document.querySelectorAll("#rows thead th")], head = heads.findIndex(h =>
  h.textContent.startsWith(arguments[0])); if (head < 0) return "none";
  return [heads[head].className, ...[...document.querySelectorAll("#rows tbody tr")].map(r =>
  r.lastChild.textContent + " " + r.children[head].textContent).sort()].join()';
my $chosen = sub { $_[0]{columns} eq 'auto' ? $_[0]{chosen} : $_[0]{columns} };
@front = grep { $_->{front} } @all;
same(js($column, 'Columns'), join(',', 'number', sort map { "$_->{point} " . $chosen->($_) } @front),
  'columns that were chosen');
same(js($column, 'Supply voltage'), join(',', 'number', sort map { "$_->{point} " . (0 + $_->{voltage_v}) } @front),
  'supplies');
js('[...document.querySelectorAll("#rows th button")].find(b => b.textContent.startsWith("Columns")).click()');
same(js('const heads = [...document.querySelectorAll("#rows thead th")], head = heads.findIndex(h =>
  h.textContent.startsWith("Columns")); return [...document.querySelectorAll("#rows tbody tr")].map(r =>
  r.children[head].textContent).join()'), join(',', sort { $a <=> $b } map { $chosen->($_) } @front),
  'sorted as numbers');
js($chip, 'columns', '32');
same((js($count) =~ /^(\d+)/)[0], scalar(grep { $chosen->($_) != 32 } @all), 'a filter by a chosen number');
if ($picture) { js('scrollTo(0, 0)'); (my $file = $picture) =~ s/(\.png)$/_autos$1/;
  open my $out, '>:raw', $file or die; print $out decode_base64(own('GET', 'screenshot')) }
close_page('autos');

# ---- names that would like to run
open_page('hostile');
check(js('return typeof pwned === "undefined"'), 'no text of the database has run');
check(js('return document.scripts.length === 2 && !document.querySelector("img, iframe, object, embed, link, a")'),
  'none became an element');
check(js('return document.querySelector("#rows").textContent.includes("<img src=x onerror=pwned=2>")'),
  'the table shows them as they are');
check(js('return document.querySelectorAll(".stage path.point").length') > 0, 'its points are drawn');
js('document.querySelectorAll("details").forEach(d => { d.open = true })');
js('document.querySelectorAll(".stage")[0].scrollIntoView({block: "center"})');
$where = js('const p = document.querySelector("path.rim").getBoundingClientRect(); return [p.x + p.width / 2,
  p.y + p.height / 2]');
pointer(['pointerMove', @$where]);
check(js('return typeof pwned === "undefined" && document.getElementById("tip").textContent.includes("onerror")'),
  'nor does the tip run them');
my $blocked = js('const s = document.createElement("script"); s.textContent = "pwned = 10"; document.body.append(s);
  return typeof pwned === "undefined"');
check($blocked, 'the policy refuses a script that is not its own');
js('const i = document.createElement("img"); i.src = "https://example.org/x.png"; document.body.append(i); return 1');
select undef, undef, undef, 0.3;
my @said = map { $_->{message} } @{own('POST', 'se/log', {type => 'browser'})};
same(scalar(grep { /Content Security Policy/ } @said), scalar @said, 'the console holds these two refusals alone');
same(scalar @said, 2, 'both');
print "1..$run\n";
