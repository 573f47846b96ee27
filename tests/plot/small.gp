# A plot by quarry.  Draw it again: gnuplot --default-settings THIS_FILE
# Another format: gnuplot -e "format='svg'" THIS_FILE (png, svg, pdf, eps)
if (!exists('format')) format = 'png'
if (!exists('picture')) picture = './small'.'.'.format
set encoding utf8
bold = 'DejaVu Sans:Bold,14'; strong = 'DejaVu Sans:Bold,11'; small = 'DejaVu Sans,9'
dot = 1.0; drop = 0; row = 1.35; indent = 0 # markers, axis title, key, caption
if (format eq 'png') set terminal pngcairo noenhanced size 1200,700 font 'DejaVu Sans,11' background rgb '#ffffff'
if (format eq 'pdf') set terminal pdfcairo noenhanced size 12.5in,7.29167in font 'DejaVu Sans,11' fontscale 0.75 pointscale 0.75 linewidth 1.6 background rgb '#ffffff'
if (format eq 'eps') set terminal epscairo noenhanced size 12.5in,7.29167in font 'DejaVu Sans,11' fontscale 0.75 pointscale 0.75 linewidth 1.6 background rgb '#ffffff'
if (format eq 'svg') set terminal svg noenhanced mouse standalone dynamic size 1200,700 font 'sans-serif,14.5' background rgb '#ffffff'
if (format eq 'svg') bold = 'sans-serif,19'; strong = 'sans-serif,15.5'; small = 'sans-serif,12'
if (format eq 'svg') dot = 0.7; drop = 0.6; row = 1.1
if (format eq 'svg') indent = 0.018 # room for the button that shows coordinates
set output picture
set label 'Which design is smallest?' at screen 0.0183, screen 0.9619 left noenhanced font bold
set multiplot
set border 3 lc rgb '#555555' lw 1
set tics nomirror out scale 0.7,0.35 textcolor rgb '#333333'
set grid back lt 1 lc rgb '#e4e4e4' lw 0.8
set label '4 designs' at screen 0.0183+indent, screen 0.0317 left noenhanced font small
$series_1_1 << END
1 1000 "RDM: 1, 1000"
10 100 "RDM: 10, 100"
100 10 "RDM: 100, 10"
1000 1 "RDM: 1000, 1"
END
set lmargin at screen 0.0850
set rmargin at screen 0.8868
set bmargin at screen 0.1343
set tmargin at screen 0.9026
set label '28 nm' at screen 0.0850, screen 0.9226 left noenhanced font strong
set logscale x 10
set xrange [0.707945784:1412.53754]
set xtics ('' 0.8 1, '' 0.9 1, '1' 1, '' 2 1, '' 3 1, '' 4 1, '' 5 1, '' 6 1, '' 7 1, '' 8 1, '' 9 1, '10' 10, '' 20 1, '' 30 1, '' 40 1, '' 50 1, '' 60 1, '' 70 1, '' 80 1, '' 90 1, '100' 100, '' 200 1, '' 300 1, '' 400 1, '' 500 1, '' 600 1, '' 700 1, '' 800 1, '' 900 1, '1k' 1000)
set logscale y 10
set yrange [0.707945784:1412.53754]
set ytics ('' 0.8 1, '' 0.9 1, '1' 1, '' 2 1, '' 3 1, '' 4 1, '' 5 1, '' 6 1, '' 7 1, '' 8 1, '' 9 1, '10' 10, '' 20 1, '' 30 1, '' 40 1, '' 50 1, '' 60 1, '' 70 1, '' 80 1, '' 90 1, '100' 100, '' 200 1, '' 300 1, '' 400 1, '' 500 1, '' 600 1, '' 700 1, '' 800 1, '' 900 1, '1k' 1000)
set xlabel 'Area (µm²)' noenhanced offset 0,drop
set ylabel 'Latency (µs)' noenhanced
set key at screen 0.9908, screen 0.9026 right top Left reverse noenhanced samplen 4 width 0 spacing row
plot $series_1_1 using 1:2 with steps lt 1 lw 1.8 lc rgb '#0072b2' notitle, \
     $series_1_1 using 1:2 with points pt 7 ps 1.5*dot lc rgb '#ffffff' notitle, \
     $series_1_1 using 1:2:3 with labels hypertext point pt 7 ps 1.1*dot lc rgb '#0072b2' notitle, \
     keyentry with linespoints lt 1 lw 1.8 pt 7 ps 1.1*dot lc rgb '#0072b2' title 'RDM'
unset label
unset multiplot
set output
