# Is a report's page what it says it is?  Prints what is wrong, nothing where all is well: every tag closed in its
# order,
# attributes quoted, nothing but known elements and attributes, no address, the policy's hashes those of style and
# script.
use strict;
use warnings;
use Digest::SHA 'sha256_base64';
local $/;
my $page = <STDIN>;
sub wrong { print "@_\n" }
utf8::decode(my $copy = $page) or wrong 'no UTF-8';
wrong 'a control character' if $copy =~ /[\x00-\x08\x0b-\x1f\x7f-\x9f\x{202a}-\x{202e}\x{2066}-\x{2069}]/;
my ($policy) = $page =~ /<meta http-equiv="Content-Security-Policy" content="([^"]*)"/ or wrong 'no policy';
my $hash = qr/'sha256-[^' ]*'/;
wrong "policy: $policy" unless $policy =~
  /^default-src 'none'; style-src $hash; script-src $hash; base-uri 'none'; form-action 'none'$/;
wrong 'something stands before the policy'
  unless $page =~ /^<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8" \/>\n<meta http-equiv/;
my %raw;
$page =~ s{<(style|script)((?: [a-z]+="[^"<>]*")*)>(.*?)</\1>}{push @{$raw{"$1$2"}}, $3; "<$1$2></$1>"}gse;
wrong 'scripts and styles: ' . join ', ', sort keys %raw
  unless join(',', sort keys %raw) eq 'script,script type="text/plain" id="data",style';
for my $kind ('style', 'script') {
  wrong "several: $kind" if @{$raw{$kind}} != 1;
  my $own = sha256_base64($raw{$kind}[0]);
  $own .= '=' while length($own) % 4;
  wrong "$kind is not that of the policy" if index($policy, "$kind-src 'sha256-$own'") < 0;
}
wrong 'the data are no base64' if $raw{'script type="text/plain" id="data"'}[0] =~ m{[^A-Za-z0-9+/=]};
wrong 'the style loads something' if $raw{style}[0] =~ /url\(|\@import|image-set/i;
wrong 'the script has an address' if $raw{script}[0] =~ s{'http://www\.w3\.org/2000/svg'}{}gr =~
  m{https?:|//www|fetch\(|XMLHttp|import\(|WebSocket|sendBeacon};
wrong 'the script makes markup'
  if $raw{script}[0] =~ /innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function/;
my %element = map { $_ => 1 } qw(html head meta title style body header main section h1 h2 p ul li b pre div table thead
  tbody tr th td span form button figure dl dt dd details summary code noscript script);
my %attribute = map { $_ => 1 } qw(lang charset http-equiv content name class id type scope colspan hidden aria-live);
my @open;
pos($page) = 0;
$page =~ /\G<!DOCTYPE html>\n/gc or wrong 'no document type';
while (pos $page < length $page) {
  if ($page =~ /\G[^<>&]+/gc || $page =~ /\G&(?:lt|gt|amp|quot|#39);/gc) { next }
  if ($page =~ m{\G</([a-z0-9]+)>}gc) { my $top = pop @open // ''; wrong "</$1> closes <$top>" if $top ne $1; next }
  if ($page =~ m{\G<([a-z0-9]+)((?: [a-z-]+="[^"<>]*")*)( /)?>}gc) {
    my ($name, $attributes, $closed) = ($1, $2, $3);
    wrong "element $name" unless $element{$name};
    $attributes =~ s/ ([a-z-]+)="/wrong "attribute $1" unless $attribute{$1}; ''/ge;
    push @open, $name unless $closed;
    next;
  }
  wrong 'no markup: ' . substr $page, pos $page, 40;
  last;
}
wrong "open: @open" if @open;
