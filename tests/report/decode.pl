# The data of a report's page, decoded from the layout that src/report/report_data.c states: prints a line a point,
# columns
# with tabs between: point, flags, probability or -, label of each key, value of each metric, and for rows of the table
# p05 and p95 of each or -.  The first line names the columns.
use strict;
use warnings;
use Compress::Zlib;
use JSON::PP;
use MIME::Base64;
binmode STDOUT, ':utf8';
local $/;
my $page = <STDIN>;
my ($text) = $page =~ m{<script type="text/plain" id="data">([A-Za-z0-9+/=]*)</script>} or die "no data";
my $bytes = uncompress(decode_base64($text)) // die "no zlib stream";
my $length = unpack 'V', $bytes;
my $head = decode_json(substr $bytes, 4, $length);
my $at = 4 + $length;
sub plane { my ($count) = @_; my @p = unpack 'C*', substr $bytes, $at, $count; $at += $count; return \@p }
my ($n, $before, @point) = ($head->{points}, 0);
for (1 .. $n) {
  my ($step, $shift, $byte) = (0, 0);
  do { $byte = ord substr $bytes, $at++, 1; $step += ($byte & 127) << $shift; $shift += 7 } while $byte > 127;
  push @point, $before += $step;
}
my $flags = plane($n);
my $chance = $head->{chance} ? plane($n) : undef;
my @label;
for my $key (@{$head->{keys}}) {
  my @names = @{$key->{labels}};
  my $high = @names > 256 ? plane($n) : undef;
  my $low = plane($n);
  push @label, [map { $names[($high ? $high->[$_] << 8 : 0) + $low->[$_]] } 0 .. $n - 1];
}
my @row = grep { $flags->[$_] & 2 } 0 .. $n - 1;
sub value { my ($m, $code) = @_;
  return 'nan' if $code >> 8 == 0xffff;
  return $m->{low} if $m->{low} == $m->{high};
  my $place = $code / $head->{code_most};
  return $m->{low} * ($m->{high} / $m->{low}) ** $place if $m->{log};
  return $m->{low} + $place * ($m->{high} - $m->{low}) }
my @code;
for (@{$head->{metrics}}) { my ($high, $middle) = (plane($n), plane($n));
  push @code, [map { $high->[$_] << 16 | $middle->[$_] << 8 | 128 } 0 .. $n - 1] }
my @ends;
for my $k (0 .. $#{$head->{metrics}}) {
  my $m = $head->{metrics}[$k];
  my $low = plane(scalar @row);
  $code[$k][$row[$_]] = $code[$k][$row[$_]] & ~255 | $low->[$_] for 0 .. $#row;
  for my $end (0, 1) {
    next unless $m->{uncertain};
    my ($high, $middle) = (plane(scalar @row), plane(scalar @row));
    $ends[$k][$end]{$row[$_]} = value($m, $high->[$_] << 16 | $middle->[$_] << 8 | 128) for 0 .. $#row;
  }
}
die "$at bytes read of " . length $bytes if $at != length $bytes;
print join("\t", 'point', 'flags', 'probability', map({ $_->{name} } @{$head->{keys}}),
  map { ($_->{name}, "$_->{name}_p05", "$_->{name}_p95") } @{$head->{metrics}}), "\n";
for my $i (0 .. $n - 1) {
  print join("\t", $point[$i], $flags->[$i], $chance ? $chance->[$i] / $head->{probability_steps} : '-', map({
    $_->[$i] } @label),
    map { my $k = $_; (value($head->{metrics}[$k], $code[$k][$i]), map { $ends[$k][$_]{$i} // '-' } 0,
      1) } 0 .. $#{$head->{metrics}}), "\n";
}
