#!/usr/bin/perl
# readme.pl README: runs the commands of README that stand behind "$ " in the working folder and compares what they print
# with what is shown, line by line: README shows extracts, so further lines may stand between; times and the path of the
# database may differ.  Then those within `backquotes` that name no file or experiment of the reader's: they succeed, or,
# where only a command is named, its --help does.  TAP.
use strict;
use warnings;
use open qw(:std :encoding(UTF-8));

my $n = 0;

sub result {
  my ($good, $name, @why) = @_;
  $n++;
  print $good ? 'ok' : 'not ok', " $n - $name\n", map { "# $_\n" } @why;
}

sub plain {
  my $line = shift;
  $line =~ s/\s+$//;
  $line =~ s/\bin [\d.]+ s\b/in T s/g;
  $line =~ s/results in \S+/results in DATABASE/;
  return $line;
}

# The first wanted line that does not stand behind the ones before it; undef: all do.
sub missing {
  my ($wanted, $found) = @_;
  my $at = 0;
  for my $line (grep { $_ ne '...' && $_ ne '' } @$wanted) {
    $at++ while $at < @$found && $found->[$at] ne $line;
    return "expected \"$line\"" if $at == @$found;
    $at++;
  }
  return undef;
}

sub run {
  my $command = shift;
  open my $pipe, '-|', 'bash', '-c', "{ $command\n} 2>&1" or die "bash: $!\n";
  my @lines = map { plain($_) } <$pipe>;
  close $pipe;
  return ($? >> 8, @lines);
}

open my $in, '<', $ARGV[0] or die "$ARGV[0]: $!\n";
my @readme = <$in>;
chomp @readme;
my (@shown, $block);    # [command, wanted lines...]
for my $line (@readme) {
  if ($line =~ /^    \$ (.*)/) {
    push @shown, $block = [$1];
  } elsif ($block && @$block == 1 && ($block->[0] =~ /\\$/ || ($block->[0] =~ tr/'//) % 2)) {
    $block->[0] .= "\n$line";
  } elsif ($block && $line =~ /^(?:    (.*))?$/) {
    push @$block, plain($1 // '');
  } elsif ($line ne '') {
    $block = undef;
  }
}
for my $one (@shown) {
  my ($command, @wanted) = @$one;
  pop @wanted while @wanted && $wanted[-1] eq '';
  my ($code, @found) = run($command);
  pop @found while @found && $found[-1] eq '';
  my $why = @wanted ? missing(\@wanted, \@found) : undef;
  my ($name) = $command =~ /^(.{1,90})/;
  result($code <= 1 && !defined $why, $name, defined $why ? $why : $code > 1 ? "exit $code: $found[0]" : ());
}
my %seen;
for my $command (join(' ', @readme) =~ /`(quarry [^`]+)`/g) {
  next if $command =~ /\b[A-Z]{2,}\b|\b[A-Z]\b|…|\.\.\.|\||NAME|my[_.]|mine\// || $seen{$command}++;
  my ($code, @found) = run($command);
  $code = (run("$command --help"))[0] if $code == 2;
  result($code <= 1, $command, $code > 1 ? "exit $code: " . ($found[0] // '') : ());
}
print "1..$n\n";
