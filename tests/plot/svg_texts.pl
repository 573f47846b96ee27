#!/usr/bin/perl
# svg_texts.pl [--paper] FILE.svg...: texts of gnuplot's SVG that lie on each other, or beyond the page; with --paper also
# pages that are not 252 pt wide and type below 7 pt.  A line a fault; exit 1 when there is one.
# The box of a text is estimated: advances of DejaVu Sans by kinds of letters, 0.74 em above the line and 0.2 em below.
use strict;
use warnings;
use utf8;
use open qw(:std :encoding(UTF-8));
use Math::Trig qw(deg2rad);

# In em: what boxes may overlap upwards, as they are estimates; and what texts keep apart sideways, at each side.
my ($px_per_pt, $slack, $gap) = (96 / 72, 0.08, 0.12);
my $titles_pt = 8.2;    # on paper: larger type is bold in PDF and PNG, which the SVG is not
my $paper = @ARGV && $ARGV[0] eq '--paper' && shift;
my $faults = 0;

sub advance {
  my $letter = shift;
  return 0.32 if $letter =~ /[ .,:;|'ijlI\x{a0}]/;
  return 0.39 if $letter =~ /[()\/ftr\-⁻]/;
  return 0.90 if $letter =~ /[mwMW%@]/;
  return 0.40 if $letter =~ /[⁰¹²³⁴⁵⁶⁷⁸⁹]/;
  return $letter =~ /[A-Z]/ ? 0.68 : 0.61;
}

# Corners of a text's box.
sub corners {
  my ($x, $y, $turn, $anchor, $size, $text, $bold) = @_;
  my $width = 0;
  $width += advance($_) for split //, $text;
  $width *= $size * ($bold ? 1.15 : 1);
  my $from = $anchor eq 'end' ? -$width : $anchor eq 'middle' ? -$width / 2 : 0;
  my ($in, $out) = ($slack * $size, $gap * $size);
  my ($c, $s) = (cos(deg2rad($turn)), sin(deg2rad($turn)));
  return [map { [$x + $_->[0] * $c - $_->[1] * $s, $y + $_->[0] * $s + $_->[1] * $c] }
      [$from - $out, -0.74 * $size + $in], [$from + $width + $out, -0.74 * $size + $in],
      [$from + $width + $out, 0.2 * $size - $in], [$from - $out, 0.2 * $size - $in]];
}

# Do two rectangles have a side that separates them?
sub apart {
  for my $pair ([@_], [reverse @_]) {
    my ($one, $two) = @$pair;
    for my $k (0, 1) {
      my @n = ($one->[$k + 1][1] - $one->[$k][1], $one->[$k][0] - $one->[$k + 1][0]);
      my @of_a = sort { $a <=> $b } map { $_->[0] * $n[0] + $_->[1] * $n[1] } @$one;
      my @of_b = sort { $a <=> $b } map { $_->[0] * $n[0] + $_->[1] * $n[1] } @$two;
      return 1 if $of_a[-1] <= $of_b[0] || $of_b[-1] <= $of_a[0];
    }
  }
  return 0;
}

sub fault {
  print "@_\n";
  $faults++;
}

for my $file (@ARGV) {
  open my $in, '<:encoding(UTF-8)', $file or die "$file: $!\n";
  my $svg = do { local $/; <$in> };
  my ($width, $height) = $svg =~ /viewBox="0 0 (\d+) (\d+)"/ or die "$file: no viewBox\n";
  fault("$file: $width px wide, expected 336 (252 pt)") if $paper && $width != 336;
  my @texts;
  while ($svg =~ /<g transform="translate\(([-\d.]+),([-\d.]+)\)(?: rotate\(([-\d.]+)\))?"([^>]*)>\s*<text[^>]*>(.*?)<\/text>/gs) {
    my ($x, $y, $turn, $attributes, $text) = ($1, $2, $3 // 0, $4, $5);
    $text =~ s/<[^>]*>//g;
    $text =~ s/&(lt|gt|amp|quot|apos|#39);/x/g;
    next if $text !~ /\S/;
    my ($size) = $attributes =~ /font-size="([\d.]+)"/ or die "$file: $text: no size\n";
    my ($anchor) = $attributes =~ /text-anchor="(\w+)"/;
    my $box = corners($x, $y, $turn, $anchor // 'start', $size, $text,
      $paper && $size / $px_per_pt > $titles_pt);
    fault(sprintf "%s: \"%s\" is of %.2f pt, expected 7 or more", $file, $text, $size / $px_per_pt)
        if $paper && $size / $px_per_pt < 6.95;
    fault(sprintf "%s: \"%s\" stands out of the page", $file, $text)
        if grep { $_->[0] < -$gap * $size || $_->[0] > $width + $gap * $size || $_->[1] < 0 || $_->[1] > $height } @$box;
    fault(sprintf "%s: \"%s\" is cut", $file, $text) if $paper && $text =~ /…$/;
    push @texts, [$text, $box];
  }
  die "$file: no texts\n" if !@texts;
  for my $i (0 .. $#texts) {
    for my $k (0 .. $i - 1) {
      fault(sprintf "%s: \"%s\" lies on \"%s\"", $file, $texts[$i][0], $texts[$k][0])
          if !apart($texts[$i][1], $texts[$k][1]);
    }
  }
}
exit($faults ? 1 : 0);
