// Plots, filters and table of one experiment.  Every text of the data becomes a text node or an attribute's value,
// never markup.  A point is a number from 0 on; columns are arrays over points.
'use strict';
(() => {
  const CANVAS_ABOVE = 5000, BARS_MOST = 150, PAGE_ROWS = 100, CHIPS_MOST = 14, COLOURS = 8, SHAPES = 4, REACH = 18;
  const byId = id => document.getElementById(id);
  const make = (name, options, ...children) => {
    const e = document.createElement(name);
    for (const [k, v] of Object.entries(options || {}))
      if (v !== null && v !== false) e.setAttribute(k, v === true ? k : v);
    e.append(...children);
    return e;
  };
  const draw = (name, options, ...children) => {
    const e = document.createElementNS('http://www.w3.org/2000/svg', name);
    for (const [k, v] of Object.entries(options || {})) e.setAttribute(k, v);
    e.append(...children);
    return e;
  };

  // ---- data: report_data.c says how they lie

  const inflate = async () => {
    const text = atob(byId('data').textContent), bytes = new Uint8Array(text.length);
    for (let i = 0; i < bytes.length; i++) bytes[i] = text.charCodeAt(i);
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate'));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  };

  const unpack = bytes => {
    const length = new DataView(bytes.buffer).getUint32(0, true);
    const d = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
    let at = 4 + length;
    const plane = count => bytes.subarray(at, at += count);
    const n = d.points, t = d.rows;
    d.number = new Float64Array(n);
    for (let i = 0, before = 0; i < n; i++) {
      let step = 0, scale = 1, byte;
      do {
        byte = bytes[at++];
        step += (byte & 127) * scale;
        scale *= 128;
      } while (byte > 127);
      d.number[i] = before += step;
    }
    d.flags = plane(n);
    d.probability = d.chance ? Float64Array.from(plane(n), x => x / d.probability_steps) : null;
    for (const key of d.keys) {
      const high = key.labels.length > 256 ? plane(n) : null, low = plane(n);
      key.of = Uint16Array.from(low, (x, i) => high ? high[i] << 8 | x : x);
      tidy(key);
    }
    d.keys.forEach((k, c) => {
      k.implied = k.labels.length < 2 ||
          (k.name !== 'voltage_v' && d.keys.slice(0, c).some(other => follows(k, other)));
    });
    d.row = [];
    for (let i = 0; i < n; i++)
      if (d.flags[i] & 2) d.row.push(i);
    const value = (m, code) => {
      if (code >> 8 === 0xffff) return NaN;
      const place = code / d.code_most;
      return m.log ? m.low * Math.exp(place * Math.log(m.high / m.low)) : m.low + place * (m.high - m.low);
    };
    const codes = (high, middle, low) =>
        Uint32Array.from(high, (x, i) => x << 16 | middle[i] << 8 | (low ? low[i] : 128));
    const coded = d.metrics.map(() => codes(plane(n), plane(n), null));
    d.metrics.forEach((m, k) => {
      const lowest = plane(t);
      d.row.forEach((i, r) => { coded[k][i] = coded[k][i] & ~255 | lowest[r]; });
      m.of = Float64Array.from(coded[k], c => m.low === m.high && c >> 8 !== 0xffff ? m.low : value(m, c));
      m.p05 = m.p95 = null;
      if (!m.uncertain) return;
      for (const end of ['p05', 'p95']) {
        m[end] = new Float64Array(n).fill(NaN);
        codes(plane(t), plane(t), null).forEach((c, r) => { m[end][d.row[r]] = value(m, c); });
      }
    });
    return d;
  };

  // Labels that no point has go; numbers rise, "none" is last.  A unit stands in the title alone.
  const isNone = label => label === '–' || label === '-';
  const tidy = key => {
    const order = [...new Set(key.of)], at = l => isNone(key.labels[l]) ? Infinity : parseFloat(key.labels[l]);
    const last = l => isNone(key.labels[l]) ? 1 : 0;
    order.sort((a, b) => key.number ? (at(a) > at(b)) - (at(a) < at(b)) : last(a) - last(b) || a - b);
    const place = new Map(order.map((l, i) => [l, i]));
    key.of = key.of.map(l => place.get(l));
    key.labels = order.map(l => key.labels[l]);
    key.cells = key.labels.map(l => key.number ? l.replace(/ .*/, '') : l);
    key.at = key.labels.map((l, p) => isNone(l) ? NaN : key.number ? parseFloat(l) : p);
    key.hidden = new Set();
  };

  // Does each label of the other key have one label of this?  Then it says nothing more: the tip alone shows it.
  const follows = (key, other) => {
    const own = new Map();
    return key.of.every((l, i) => {
      if (!own.has(other.of[i])) own.set(other.of[i], l);
      return own.get(other.of[i]) === l;
    });
  };

  // ---- words

  const number = (x, digits = 4) => {
    if (!Number.isFinite(x)) return '–';
    const size = Math.abs(x);
    if (size !== 0 && (size < 1e-3 || size >= 1e7)) return x.toExponential(digits - 1).replace('e+', 'e');
    return x.toFixed(size > 0 ? Math.max(0, digits - 1 - Math.floor(Math.log10(size))) : 0);
  };
  // Numbers with an interval as tables have them (table.h): bounds to the second digit of half its width, values to
  // that digit or, for a whole column, to as many more as tell its rows apart, five at most.
  const firstPlace = x => Math.floor(Math.log10(Math.abs(x)));
  const rounded = (x, place) => {
    if (!Number.isFinite(x)) return '–';
    const size = Math.abs(x);
    if (size !== 0 && (size < 1e-3 || size >= 1e7))
      return x.toExponential(Math.min(15, Math.max(0, firstPlace(x) - place))).replace('e+', 'e');
    if (place <= 0) return x.toFixed(Math.min(20, -place));
    return String(Math.round(x / 10 ** place) * 10 ** place);
  };
  const placeOf = (m, i) => {
    const half = m.p05 && Number.isFinite(m.p05[i]) ? (m.p95[i] - m.p05[i]) / 2 : NaN;
    return half > 0 ? firstPlace(half) - 1 : NaN;
  };
  const columnPlace = m => {
    if (m.place !== undefined) return m.place;
    const rows = [...m.of.keys()].filter(i => Number.isFinite(m.of[i]) && Number.isFinite(placeOf(m, i)));
    const values = rows.map(i => m.of[i]).sort((a, b) => a - b);
    const last = firstPlace(Math.max(...values.map(Math.abs), 1e-300)) - 4;
    const many = place => new Set(values.map(x => rounded(x, place))).size;
    m.place = Math.max(last, ...rows.map(i => placeOf(m, i)));
    while (m.place > last && many(m.place) < many(last)) m.place--;
    return m.place;
  };
  const value = (m, i, digits) => {
    const place = placeOf(m, i);
    return Number.isFinite(place) ? rounded(m.of[i], Math.min(place, columnPlace(m))) : number(m.of[i], digits);
  };
  const raised = n => [...String(n)].map(c => c === '-' ? '⁻' : '⁰¹²³⁴⁵⁶⁷⁸⁹'[c]).join('');
  const tick = x => {
    const size = Math.abs(x);
    if (size !== 0 && (size < 1e-3 || size >= 1e6)) {
      const [digits, power] = x.toExponential().split('e');
      return (digits === '1' ? '' : +(+digits).toPrecision(4) + '·') + '10' + raised(+power);
    }
    return String(+x.toPrecision(6)).replace(/(\d)(?=(\d{3})+$)/g, size >= 1e4 ? '$1\u2009' : '$1');
  };
  const title = m => m.label + (m.unit ? ' (' + m.unit + ')' : '');

  // ---- state

  let d, colours, charts = [], visible = [], brushed = null, focused = -1, sort = {by: -1, down: false},
                  shown = PAGE_ROWS;
  let colourKeys = [], panelKey = -1, frontOnly = false, least = 0;
  const keyOf = name => d.keys.findIndex(k => k.name === name);
  // What axes can show: the metrics, then the keys by their numbers, or by places 0, 1, ... of words.
  let dims = [];
  const makeDims = () => {
    dims = [...d.metrics, ...d.keys.map(k => {
      const at = k.number ? k.at : k.labels.map((l, p) => p);
      return {
        label: k.title, unit: '', sense: 0, key: k, words: !k.number, at, p05: null, names: k.cells,
        of: Float64Array.from(k.of, l => at[l])
      };
    })];
  };
  const dimOf = name => {
    const m = d.metrics.findIndex(m => m.name === name), k = keyOf(name);
    return m >= 0 ? m : k >= 0 ? d.metrics.length + k : -1;
  };

  const passes = i => {
    if (frontOnly && !(d.flags[i] & 1)) return false;
    if (least > 0 && d.probability && d.probability[i] < least) return false;
    return d.keys.every(k => k.hidden.size === 0 || !k.hidden.has(k.of[i]));
  };

  // Colour and shape of a point: by the labels of some keys together, as far as there are points.
  const paint = () => {
    const found = new Map(), own = new Array(d.points);
    for (let i = 0; i < d.points; i++) {
      let code = 0;
      for (const k of colourKeys) code = code * d.keys[k].labels.length + d.keys[k].of[i];
      own[i] = code;
      found.set(code, i);
    }
    const order = [...found.keys()].sort((a, b) => a - b), place = new Map(order.map((c, p) => [c, p]));
    colours = {
      of: own.map(c => place.get(c)),
      labels: order.map(
          c => colourKeys.map(k => d.keys[k].labels[d.keys[k].of[found.get(c)]]).join(', ') || 'all points'),
    };
  };
  // Groups beyond the colours have them again, with other shapes.
  const tone = group => 'k' + group % COLOURS;
  const path = (group, x, y, r) => {
    const a = n => n.toFixed(1);
    switch ((group + Math.floor(group / COLOURS)) % SHAPES) {
      case 1:
        return `M${a(x - r)} ${a(y - r)}h${a(2 * r)}v${a(2 * r)}h${a(-2 * r)}z`;
      case 2:
        return `M${a(x)} ${a(y - 1.3 * r)}L${a(x + 1.2 * r)} ${a(y + 0.9 * r)}H${a(x - 1.2 * r)}z`;
      case 3:
        return `M${a(x)} ${a(y - 1.35 * r)}L${a(x + 1.35 * r)} ${a(y)}L${a(x)} ${a(y + 1.35 * r)}L${
            a(x - 1.35 * r)} ${a(y)}z`;
      default:
        return `M${a(x - r)} ${a(y)}a${a(r)} ${a(r)} 0 1 0 ${a(2 * r)} 0a${a(r)} ${a(r)} 0 1 0 ${a(-2 * r)} 0z`;
    }
  };
  const mark = group => draw(
      'svg', {viewBox: '0 0 14 14', 'aria-hidden': 'true', class: tone(group)},
      draw('path', {class: 'point', d: path(group, 7, 7, 4.5)}));

  // ---- axes

  const axis = (values, log) => {
    let low = Infinity, high = -Infinity, least = Infinity;
    for (const x of values) {
      if (!Number.isFinite(x)) continue;
      low = Math.min(low, x);
      high = Math.max(high, x);
      if (x > 0) least = Math.min(least, x);
    }
    if (low > high) return null;
    if (log < 0) log = low > 0 && high > 20 * low ? 1 : 0;
    if (log && !(high > 0)) log = 0;
    if (log) low = least;
    const to = log ? Math.log10 : x => x;
    let a = to(low), b = to(high);
    if (a === b) {
      const gap = log ? 0.2 : Math.abs(a) * 0.1 || 1;
      a -= gap;
      b += gap;
    }
    const gap = 0.05 * (b - a), bottom = !log && low >= 0 && a - gap < 0 ? 0 : a - gap;
    return {log, to, low: bottom, high: b + gap, ticks: log ? logTicks(bottom, b + gap) : evenTicks(bottom, b + gap)};
  };
  // Of a key: its values; words at even steps.
  const axisOf = (m, values, log) => {
    if (!m.key) return axis(values, log);
    const shown = m.at.filter((x, l) => Number.isFinite(x) && !m.key.hidden.has(l));
    if (!shown.length) return null;
    const geometric = shown.length > 2 && shown[0] > 0 &&
        shown.every((x, l) => l === 0 || Math.abs(x / shown[l - 1] / (shown[1] / shown[0]) - 1) < 0.02);
    const a = axis(shown, m.words ? 0 : log >= 0 ? log : geometric ? 1 : 0);
    if (m.words) Object.assign(a, {low: shown[0] - 0.5, high: shown[shown.length - 1] + 0.5});
    a.ticks = shown;
    a.words = x => m.names[m.at.indexOf(x)];
    return a;
  };
  const evenTicks = (low, high) => {
    const raw = (high - low) / 5, size = 10 ** Math.floor(Math.log10(raw));
    const step = [1, 2, 5, 10].map(f => f * size).find(s => s >= raw), ticks = [];
    for (let k = Math.ceil(low / step); k * step <= high; k++) ticks.push(+(k * step).toPrecision(12));
    return ticks;
  };
  const logTicks = (low, high) => {
    const parts = high - low > 3 ? [1] : high - low > 1.2 ? [1, 2, 5] : [1, 1.5, 2, 3, 4, 5, 7], ticks = [];
    for (let e = Math.floor(low); e <= high; e++)
      for (const p of parts) {
        const x = +(p * 10 ** e).toPrecision(3);
        if (Math.log10(x) >= low && Math.log10(x) <= high) ticks.push(x);
      }
    return ticks.length > 1 ? ticks : evenTicks(10 ** low, 10 ** high).filter(x => x > 0);
  };

  // ---- one plot

  // The steps of the front over x and y of these points, in data: x rises.
  const front = (points, mx, my) => {
    const sx = mx.sense > 0 ? -1 : 1, sy = my.sense > 0 ? -1 : 1, out = [];
    const sorted = points.filter(i => Number.isFinite(mx.of[i]) && Number.isFinite(my.of[i]))
                       .sort((a, b) => sx * (mx.of[a] - mx.of[b]) || sy * (my.of[a] - my.of[b]));
    for (const i of sorted)
      if (!out.length || sy * my.of[i] < sy * my.of[out[out.length - 1]]) out.push(i);
    return out;
  };

  // Of the points that agree in the key the best by the metric, or that in the middle, along the key.
  const choose = (points, m, which) => {
    const all = points.filter(i => Number.isFinite(m.of[i]));
    all.sort((a, b) => (m.sense > 0 ? -1 : 1) * (m.of[a] - m.of[b]) || a - b);
    return all.length ? all[which === 'median' || !m.sense ? (all.length - 1) >> 1 : 0] : -1;
  };
  const groupBy = (points, of) => {
    const found = new Map();
    for (const i of points) {
      const k = of(i);
      if (!found.has(k)) found.set(k, []);
      found.get(k).push(i);
    }
    return found;
  };
  const alongKey = (chart, points) => {
    const key = dims[chart.x].key ? dims[chart.x] : dims[chart.y],
          other = key === dims[chart.x] ? dims[chart.y] : dims[chart.x];
    if (other.key) return [];
    return [...groupBy(points, i => key.of[i])].sort((a, b) => a[0] - b[0]).map(
        ([, own]) => choose(own, other, chart.which)).filter(i => i >= 0);
  };

  const layout = chart => {
    const mx = dims[chart.x], my = dims[chart.y], width = Math.max(280, chart.stage.clientWidth), height = 360;
    const asked = panelKey >= 0 ? d.keys[panelKey] : null;
    const key = asked && chart.kind !== 'parallel' && mx.key !== asked && my.key !== asked ? asked : null;
    chart.panelKey = key;
    const panels = key ? key.labels.map((l, p) => p).filter(p => !key.hidden.has(p)) : [0];
    const points = visible.filter(i => chart.shows(i));
    const rows = points.filter(i => d.flags[i] & 2), step = Math.ceil(rows.length / BARS_MOST);
    chart.bars = new Set(rows.filter((i, k) => k % step === 0));
    const ends = m => points.flatMap(i => m.p05 && chart.bars.has(i) ? [m.of[i], m.p05[i], m.p95[i]] : [m.of[i]]);
    chart.ax = axisOf(mx, ends(mx), chart.xlog);
    chart.ay = axisOf(my, ends(my), chart.ylog);
    const widest = my.key ? Math.max(...my.names.map(n => n.length)) : 0;
    const left = Math.min(Math.max(66, 30 + 6.5 * widest), width / 3), heat = chart.kind === 'heatmap',
          right = heat ? 78 : 10;
    const top = (key ? 24 : 10) + (heat ? 14 : 0), bottom = 46, gap = 14;
    const each = (width - left - right - gap * (panels.length - 1)) / Math.max(1, panels.length);
    chart.size = [width, height];
    chart.panels = panels.map(
        (label, p) =>
            ({label, x0: left + p * (each + gap), x1: left + p * (each + gap) + each, y0: top, y1: height - bottom}));
    chart.panelOf = i => key ? chart.panels.find(p => p.label === key.of[i]) : chart.panels[0];
    const at = (a, x, p0, p1) => p0 + (a.to(x) - a.low) / (a.high - a.low) * (p1 - p0);
    chart.px = (panel, x) => at(chart.ax, x, panel.x0, panel.x1);
    chart.py = (panel, y) => at(chart.ay, y, panel.y1, panel.y0);
    chart.place = new Map();
    if (!chart.ax || !chart.ay) return;
    for (const i of points) {
      const panel = chart.panelOf(i), x = mx.of[i], y = my.of[i];
      if (!panel || !Number.isFinite(x) || !Number.isFinite(y) || (chart.ax.log && x <= 0) ||
          (chart.ay.log && y <= 0))
        continue;
      chart.place.set(i, [chart.px(panel, x), chart.py(panel, y)]);
    }
  };

  const frame = (chart, svg) => {
    const mx = dims[chart.x], my = dims[chart.y];
    chart.panels.forEach((p, index) => {
      let room = -Infinity;
      for (const x of chart.ax.ticks) {
        const px = chart.px(p, x), words = chart.ax.words ? chart.ax.words(x) : tick(x);
        svg.append(draw('line', {class: 'grid', x1: px, x2: px, y1: p.y0, y2: p.y1}));
        if (px - 3.4 * words.length < room || px + 3.4 * words.length > p.x1 + 12) continue;
        room = px + 3.4 * words.length + 8;
        svg.append(draw('text', {x: px, y: p.y1 + 16, 'text-anchor': 'middle'}, words));
      }
      for (const y of chart.ay.ticks) {
        const py = chart.py(p, y);
        svg.append(draw('line', {class: 'grid', x1: p.x0, x2: p.x1, y1: py, y2: py}));
        if (index === 0)
          svg.append(draw(
              'text', {x: p.x0 - 6, y: py + 4, 'text-anchor': 'end'}, chart.ay.words ? chart.ay.words(y) : tick(y)));
      }
      svg.append(draw('rect', {class: 'frame', x: p.x0, y: p.y0, width: p.x1 - p.x0, height: p.y1 - p.y0}));
      if (chart.panelKey)
        svg.append(draw(
            'text', {class: 'title', x: (p.x0 + p.x1) / 2, y: p.y0 - 8, 'text-anchor': 'middle'},
            chart.panelKey.labels[p.label]));
    });
    if (!chart.panels.length) return;
    const p = chart.panels[0], last = chart.panels[chart.panels.length - 1], middle = (p.y0 + p.y1) / 2;
    svg.append(draw(
        'text', {class: 'title', x: (p.x0 + last.x1) / 2, y: p.y1 + 38, 'text-anchor': 'middle'},
        title(mx) + (chart.ax.log ? ', logarithmic' : '')));
    svg.append(draw(
        'text', {class: 'title', x: 14, y: middle, 'text-anchor': 'middle', transform: `rotate(-90 14 ${middle})`},
        title(my) + (chart.ay.log ? ', logarithmic' : '')));
  };

  const bar = (chart, i, name) => {
    const panel = chart.panelOf(i), [x, y] = chart.place.get(i), out = draw('g', {});
    for (const [m, a, along] of [[dims[chart.x], chart.ax, true], [dims[chart.y], chart.ay, false]]) {
      if (!m.p05 || !Number.isFinite(m.p05[i])) continue;
      const inside = v => a.log && v <= 0 ?
          10 ** a.low :
          Math.min(Math.max(v, a.log ? 10 ** a.low : a.low), a.log ? 10 ** a.high : a.high);
      const ends = [m.p05[i], m.p95[i]].map(v => along ? chart.px(panel, inside(v)) : chart.py(panel, inside(v)));
      out.append(
          draw('path', {class: name, d: along ? `M${ends[0]} ${y}H${ends[1]}` : `M${x} ${ends[0]}V${ends[1]}`}));
    }
    return out;
  };

  const lit = i => !brushed || brushed.has(i);
  const strength = i => {
    if (!(d.flags[i] & 1) && !(d.probability && d.probability[i] > 0.05)) return 0.28;
    return d.probability ? 0.35 + 0.65 * d.probability[i] : 0.95;
  };

  const lines = (chart, svg) => {
    const groups = new Map();
    for (const i of chart.place.keys()) {
      const panel = chart.panelOf(i), k = colours.of[i] + ':' + chart.panels.indexOf(panel);
      if (!groups.has(k)) groups.set(k, []);
      groups.get(k).push(i);
    }
    const mx = dims[chart.x], my = dims[chart.y], keyed = mx.key || my.key;
    for (const points of groups.values()) {
      const steps = (keyed ? alongKey(chart, points) : front(points, mx, my)).map(i => chart.place.get(i));
      if (steps.length < 2) continue;
      let text = '';
      steps.forEach(([x, y], k) => {
        text += !k ? `M${x.toFixed(1)} ${y.toFixed(1)}` : keyed ? `L${x.toFixed(1)} ${y.toFixed(1)}` :
                                                                  `H${x.toFixed(1)}V${y.toFixed(1)}`;
      });
      svg.append(draw('path', {
        class: 'step ' + tone(colours.of[points[0]]),
        d: text,
        'stroke-dasharray': colours.of[points[0]] < COLOURS ? 'none' : '5 3'
      }));
    }
  };

  const onCanvas = (chart, canvas) => {
    const scale = window.devicePixelRatio || 1, [width, height] = chart.size, c = canvas.getContext('2d');
    canvas.width = width * scale;
    canvas.height = height * scale;
    c.scale(scale, scale);
    const style = getComputedStyle(document.documentElement), fill = [];
    for (let k = 0; k < COLOURS; k++) fill.push(style.getPropertyValue('--c' + k).trim());
    for (const pass of [0, 1])
      for (const [i, [x, y]] of chart.place) {
        if ((d.flags[i] & 1) !== pass) continue;
        c.globalAlpha = lit(i) ? pass ? strength(i) : 0.3 : 0.05;
        c.fillStyle = fill[colours.of[i] % COLOURS];
        c.fill(new Path2D(path(colours.of[i], x, y, pass ? 3 : 1.7)));
      }
  };

  const asShapes = (chart, svg) => {
    for (const pass of [0, 1])
      for (const [i, [x, y]] of chart.place) {
        if ((d.flags[i] & 1) !== pass) continue;
        const shape = path(colours.of[i], x, y, pass ? 3.4 : 2.2), dim = lit(i) ? 1 : 0.12;
        svg.append(
            draw('path', {class: 'point ' + tone(colours.of[i]), d: shape, opacity: (strength(i) * dim).toFixed(2)}));
        if (pass && d.probability)
          svg.append(draw('path', {class: 'rim ' + tone(colours.of[i]), d: shape, opacity: dim}));
      }
  };

  // ---- heat maps: a cell for each pair of values, a colour for the chosen point of it

  const ramp = ['#440154', '#414487', '#2a788e', '#22a884', '#7ad151', '#fde725'].map(
      c => [1, 3, 5].map(k => parseInt(c.slice(k, k + 2), 16)));
  const heatColour = share => {
    const at = Math.min(Math.max(share, 0), 1) * (ramp.length - 1), k = Math.min(Math.floor(at), ramp.length - 2);
    const mix = ramp[k].map((c, p) => Math.round(c + (at - k) * (ramp[k + 1][p] - c)));
    return `rgb(${mix.join(',')})`;
  };
  // Where a value lies among the cells of an axis, and what they are called.
  const cellsOf = (m, log, bins, points) => {
    const a = axisOf(m, points.map(i => m.of[i]), log);
    if (!a) return null;
    if (m.key)
      return {count: a.ticks.length, at: x => a.ticks.indexOf(x), tick: a.ticks.map((x, k) => [k + 0.5, a.words(x)])};
    const own = points.map(i => m.of[i]).filter(x => Number.isFinite(x) && (!a.log || x > 0));
    const low = a.to(own.reduce((p, q) => Math.min(p, q))), high = a.to(own.reduce((p, q) => Math.max(p, q)));
    const count = high > low ? bins : 1, place = x => high > low ? (a.to(x) - low) / (high - low) * count : 0.5;
    return {
      count, at: x => Number.isFinite(x) && (!a.log || x > 0) ? Math.min(Math.floor(place(x)), count - 1) : -1,
      tick: a.ticks.map(x => [place(x), tick(x)]).filter(([p]) => p >= 0 && p <= count)
    };
  };
  const paintHeat = (chart, svg) => {
    const mx = dims[chart.x], my = dims[chart.y], mc = dims[chart.colour], points = [...chart.place.keys()];
    const x = cellsOf(mx, chart.xlog, chart.bins, points), y = cellsOf(my, chart.ylog, chart.bins, points);
    const cells = groupBy(points, i => [chart.panels.indexOf(chart.panelOf(i)), x.at(mx.of[i]), y.at(my.of[i])].join());
    const found = [];
    chart.place = new Map();
    for (const [where, own] of cells) {
      const [p, cx, cy] = where.split(',').map(Number), i = choose(own, mc, chart.which), panel = chart.panels[p];
      if (cx < 0 || cy < 0 || !panel) continue;
      const w = (panel.x1 - panel.x0) / x.count, h = (panel.y1 - panel.y0) / y.count;
      const box = [panel.x0 + cx * w, panel.y1 - (cy + 1) * h, w, h];
      for (const k of own) chart.place.set(k, [box[0] + w / 2, box[1] + h / 2]);
      if (i >= 0) found.push({i, box, own});
    }
    chart.cells = found;
    const a = axis(found.map(c => mc.of[c.i]), chart.clog);
    for (const p of chart.panels) {
      let room = -Infinity;
      for (const [at, words] of x.tick) {
        const px = p.x0 + at * (p.x1 - p.x0) / x.count, half = 3.4 * words.length;
        if (px - half < room || px + half > p.x1 + 12) continue;
        room = px + half + 8;
        svg.append(draw('text', {x: px, y: p.y1 + 16, 'text-anchor': 'middle'}, words));
      }
      for (const [at, words] of p === chart.panels[0] ? y.tick : [])
        svg.append(
            draw('text', {x: p.x0 - 6, y: p.y1 - at * (p.y1 - p.y0) / y.count + 4, 'text-anchor': 'end'}, words));
    }
    for (const {i, box: [bx, by, w, h], own} of found) {
      const share = (a.to(mc.of[i]) - a.low) / (a.high - a.low);
      const cell = draw('rect', {class: 'cell', x: bx, y: by, width: w, height: h, fill: heatColour(share),
                                 opacity: own.some(lit) ? 1 : 0.15});
      svg.append(cell);
      if (w > 30 && h > 16)
        svg.append(draw('text', {x: bx + w / 2, y: by + h / 2 + 4, 'text-anchor': 'middle',
                                 class: share > 0.6 ? 'dark' : 'light'}, number(mc.of[i], 3)));
    }
    const [width] = chart.size, x0 = width - 56, last = chart.panels[chart.panels.length - 1], steps = 24;
    const [y0, y1] = [last.y0, last.y1], each = (y1 - y0) / steps;
    for (let k = 0; k < steps; k++)
      svg.append(draw('rect', {x: x0, y: y1 - (k + 1) * each, width: 10, height: each + 0.5,
                               fill: heatColour((k + 0.5) / steps)}));
    for (const v of a.ticks.slice(0, 12))
      svg.append(draw('text', {x: x0 + 14, y: y1 - (a.to(v) - a.low) / (a.high - a.low) * (y1 - y0) + 4}, tick(v)));
    frameTitles(chart, svg, title(mx), title(my));
    svg.append(draw('text', {class: 'title', x: width - 6, y: 12, 'text-anchor': 'end'},
                    (mc.sense > 0 ? 'largest ' : chart.which === 'median' ? 'median ' : 'least ') + title(mc)));
  };

  // ---- bars: one for each group, or for each group and value of a key

  const paintBars = (chart, svg) => {
    const mx = dims[chart.x], my = dims[chart.y], points = [...chart.place.keys()];
    const place = mx.key ? i => mx.of[i] : () => 0, names = mx.key ? chart.ax.words : () => '';
    const cells = groupBy(points, i => [chart.panels.indexOf(chart.panelOf(i)), place(i), colours.of[i]].join());
    const bars = [...cells]
                     .map(([where, own]) => {
                       const [p, at, group] = where.split(',').map(Number);
                       return {p, at, group, own, i: choose(own, mx.key ? my : mx, chart.which)};
                     })
                     .filter(b => b.i >= 0 && Number.isFinite(my.of[b.i]))
                     .sort((a, b) => a.p - b.p || a.at - b.at || a.group - b.group);
    const top = axis([0, ...bars.flatMap(b => my.p95 && Number.isFinite(my.p95[b.i]) ? [my.of[b.i], my.p95[b.i]] :
                                                                                      [my.of[b.i]])], 0);
    chart.place = new Map();
    chart.cells = [];
    if (!top) return;
    chart.ay = top;
    const py = (p, v) => p.y1 - (top.to(v) - top.low) / (top.high - top.low) * (p.y1 - p.y0);
    chart.panels.forEach((p, index) => {
      for (const v of top.ticks) {
        svg.append(draw('line', {class: 'grid', x1: p.x0, x2: p.x1, y1: py(p, v), y2: py(p, v)}));
        if (!index) svg.append(draw('text', {x: p.x0 - 6, y: py(p, v) + 4, 'text-anchor': 'end'}, tick(v)));
      }
      const own = bars.filter(b => b.p === index), places = [...new Set(own.map(b => b.at))];
      const w = (p.x1 - p.x0) / (own.length + places.length);
      let at = p.x0 + w / 2;
      for (const value of places) {
        const from = at;
        for (const b of own.filter(o => o.at === value)) {
          const y0 = py(p, 0), y1 = py(p, my.of[b.i]),
                box = [at + 0.06 * w, Math.min(y0, y1), 0.88 * w, Math.abs(y1 - y0)];
          const g = draw('g', {class: tone(b.group), opacity: b.own.some(lit) ? 1 : 0.15});
          g.append(draw('rect', {class: 'block', x: box[0], y: box[1], width: box[2], height: box[3]}));
          if (my.p05 && Number.isFinite(my.p05[b.i]))
            g.append(draw('path', {class: 'whisker', d: `M${at + w / 2} ${py(p, my.p05[b.i])}V${py(p, my.p95[b.i])}`}));
          svg.append(g);
          for (const k of b.own) chart.place.set(k, [at + w / 2, y1]);
          chart.cells.push({i: b.i, box, own: b.own});
          at += w;
        }
        svg.append(draw('text', {x: (from + at) / 2, y: p.y1 + 16, 'text-anchor': 'middle'}, names(value)));
        at += w;
      }
    });
    frameTitles(chart, svg, mx.key ? title(mx) : 'of the best ' + title(mx), title(my));
  };

  // ---- parallel coordinates: an upright axis each, a line a point

  const LINES_MOST = 1500;
  const paintParallel = (chart, svg) => {
    const own = visible.filter(i => chart.shows(i)), [width, height] = chart.size, n = chart.axes.length;
    const left = 14, right = 60, top = 52, bottom = 16;
    chart.uprights = chart.axes.map((c, k) => {
      const m = dims[c], a = axisOf(m, own.map(i => m.of[i]), -1), x = left + k * (width - left - right) / (n - 1);
      return {m, a, x, y: v => height - bottom - (a.to(v) - a.low) / (a.high - a.low) * (height - top - bottom)};
    });
    chart.place = new Map();
    chart.lines = new Map();
    if (!own.length || chart.uprights.some(u => !u.a)) return;
    const fits = own.filter(i => chart.uprights.every(u => Number.isFinite(u.m.of[i]) && (!u.a.log || u.m.of[i] > 0)));
    const front = fits.filter(i => d.flags[i] & 1), others = fits.filter(i => !(d.flags[i] & 1));
    const some = list => list.filter((i, k) => k % Math.ceil(list.length / LINES_MOST) === 0);
    const text = list =>
        list.map(i => 'M' + chart.lines.get(i).map(([x, y]) => x.toFixed(1) + ' ' + y.toFixed(1)).join('L')).join('');
    for (const i of [...some(others), ...some(front)])
      chart.lines.set(i, chart.uprights.map(u => [u.x, u.y(u.m.of[i])]));
    const shown = [...chart.lines.keys()];
    svg.append(draw('path', {class: 'thread other', d: text(shown.filter(i => !(d.flags[i] & 1)))}));
    for (const [group, list] of groupBy(shown.filter(i => d.flags[i] & 1), i => colours.of[i])) {
      const dim = list.filter(i => !lit(i)), strong = list.filter(lit);
      if (dim.length) svg.append(draw('path', {class: 'thread ' + tone(group), opacity: 0.1, d: text(dim)}));
      if (strong.length) svg.append(draw('path', {class: 'thread ' + tone(group), opacity: 0.85, d: text(strong)}));
    }
    const picked = brushed ? shown.filter(i => lit(i) && !(d.flags[i] & 1)) : [];
    if (picked.length) svg.append(draw('path', {class: 'thread', opacity: 0.7, d: text(picked)}));
    chart.uprights.forEach((u, k) => {
      svg.append(draw('line', {class: 'frame', x1: u.x, x2: u.x, y1: top, y2: height - bottom}));
      svg.append(draw(
          'text',
          {class: 'title', x: u.x, y: k % 2 ? 34 : 16, 'text-anchor': k ? k < n - 1 ? 'middle' : 'end' : 'start'},
          title(u.m)));
      for (const v of u.a.ticks)
        svg.append(draw('text', {class: 'over', x: u.x + 4, y: u.y(v) + 4}, u.a.words ? u.a.words(v) : tick(v)));
    });
  };

  const frameTitles = (chart, svg, x, y) => {
    const p = chart.panels[0], last = chart.panels[chart.panels.length - 1], middle = (p.y0 + p.y1) / 2;
    for (const one of chart.panels) {
      svg.append(draw('rect', {class: 'frame', x: one.x0, y: one.y0, width: one.x1 - one.x0, height: one.y1 - one.y0}));
      if (chart.panelKey)
        svg.append(draw('text', {class: 'title', x: (one.x0 + one.x1) / 2, y: one.y0 - 8, 'text-anchor': 'middle'},
                        chart.panelKey.labels[one.label]));
    }
    svg.append(draw('text', {class: 'title', x: (p.x0 + last.x1) / 2, y: p.y1 + 38, 'text-anchor': 'middle'}, x));
    svg.append(draw(
        'text', {class: 'title', x: 14, y: middle, 'text-anchor': 'middle', transform: `rotate(-90 14 ${middle})`}, y));
  };

  const painters = {heatmap: paintHeat, bars: paintBars, parallel: paintParallel};
  const paintOther = (chart, svg, over) => {
    chart.cells = [];
    chart.lines = null;
    if (chart.place.size || chart.kind === 'parallel') painters[chart.kind](chart, svg);
    if (!chart.place.size && !(chart.lines && chart.lines.size))
      svg.replaceChildren(
          draw('text', {x: chart.size[0] / 2, y: chart.size[1] / 2, 'text-anchor': 'middle'}, 'no point to show'));
    chart.stage.append(over);
    point(chart);
  };

  const paintChart = chart => {
    layout(chart);
    const [width, height] = chart.size;
    chart.stage.style.height = height + 'px';
    const svg = draw('svg', {
      viewBox: `0 0 ${width} ${height}`,
      role: 'img',
      'aria-label': chart.axes.length ? 'parallel coordinates' :
                                        title(dims[chart.y]) + ' against ' + title(dims[chart.x])
    });
    const over = draw('svg', {viewBox: `0 0 ${width} ${height}`, 'aria-hidden': 'true'});
    chart.over = over;
    chart.stage.replaceChildren(svg);
    if (painters[chart.kind]) {
      paintOther(chart, svg, over);
      return;
    }
    if (!chart.ax || !chart.ay) {
      svg.append(draw('text', {x: width / 2, y: height / 2, 'text-anchor': 'middle'}, 'no point to show'));
    } else {
      frame(chart, svg);
      for (const i of chart.bars) {
        if (!chart.place.has(i) || !lit(i)) continue;
        const bars = bar(chart, i, 'bar');
        bars.setAttribute('class', tone(colours.of[i]));
        svg.append(bars);
      }
      lines(chart, svg);
      if (visible.length > CANVAS_ABOVE) {
        const canvas = make('canvas', {});
        chart.stage.append(canvas);
        onCanvas(chart, canvas);
      } else asShapes(chart, svg);
    }
    chart.stage.append(over);
    point(chart);
  };

  // What lies over a plot: the point looked at, the rectangle dragged.
  const point = chart => {
    chart.over.replaceChildren();
    if (chart.drag) {
      const [x0, y0, x1, y1] = chart.drag;
      chart.over.append(draw('rect', {
        class: 'brush',
        x: Math.min(x0, x1),
        y: Math.min(y0, y1),
        width: Math.abs(x1 - x0),
        height: Math.abs(y1 - y0)
      }));
    }
    if (chart.lines && chart.lines.has(focused))
      chart.over.append(
          draw('path', {class: 'thread focus', d: 'M' + chart.lines.get(focused).map(p => p.join(' ')).join('L')}));
    if (focused < 0 || !chart.place.has(focused)) return;
    if (painters[chart.kind]) {
      const cell = (chart.cells || []).find(c => c.own.includes(focused));
      if (cell)
        chart.over.append(
            draw('rect', {class: 'focus', x: cell.box[0], y: cell.box[1], width: cell.box[2], height: cell.box[3]}));
      return;
    }
    const [x, y] = chart.place.get(focused);
    chart.over.append(bar(chart, focused, 'focusbar'), draw('circle', {class: 'focus', cx: x, cy: y, r: 7}));
  };

  // ---- looking and selecting

  // The height of a line of parallel coordinates at x.
  const heightAt = (line, x) => {
    const k = Math.min(Math.max(line.findIndex(p => p[0] >= x), 1), line.length - 1), [a, b] = [line[k - 1], line[k]];
    return a[1] + (x - a[0]) / (b[0] - a[0]) * (b[1] - a[1]);
  };
  const nearest = (chart, x, y) => {
    if (chart.cells && painters[chart.kind] && !chart.lines) {
      const cell =
          chart.cells.find(c => x >= c.box[0] && x <= c.box[0] + c.box[2] && y >= c.box[1] && y <= c.box[1] + c.box[3]);
      return cell ? cell.i : -1;
    }
    if (chart.lines) {
      let best = -1, least = REACH / 2;
      for (const [i, line] of chart.lines) {
        const far = Math.abs(heightAt(line, x) - y) - (d.flags[i] & 1 ? 2 : 0);
        if (far < least) {
          least = far;
          best = i;
        }
      }
      return best;
    }
    let best = -1, least = REACH * REACH;
    for (const [i, [px, py]] of chart.place) {
      const far = (px - x) ** 2 + (py - y) ** 2 - (d.flags[i] & 1 ? 9 : 0);
      if (far < least) {
        least = far;
        best = i;
      }
    }
    return best;
  };
  const interval = (m, i) =>
      !m.p05 || !Number.isFinite(m.p05[i]) ? '' : Number.isFinite(placeOf(m, i)) ?
                                             rounded(m.p05[i], placeOf(m, i)) + ' … ' + rounded(m.p95[i], placeOf(m, i)) :
                                             number(m.p05[i], 3) + ' … ' + number(m.p95[i], 3);
  const tell = (i, x, y) => {
    const tip = byId('tip'), rows = [];
    tip.hidden = i < 0;
    if (i < 0) return;
    for (const k of d.keys) {
      const label = k.labels[k.of[i]];
      rows.push([k.number && !/ /.test(label) ? k.title : k.name, label]);
    }
    for (const m of d.metrics)
      if (Number.isFinite(m.of[i])) rows.push([m.label, value(m, i, 4) + ' ' + m.unit, interval(m, i)]);
    if (d.probability) rows.push(['Front probability', (100 * d.probability[i]).toFixed(0) + ' %']);
    tip.replaceChildren(
        make('b', {}, 'Point ' + d.number[i] + (d.flags[i] & 1 ? ', on its front' : '')),
        make(
            'table', {},
            ...rows.map(
                r => make('tr', {}, ...r.map((c, k) => make('td', {class: k === 2 ? 'interval' : null}, c))))));
    const width = document.documentElement.clientWidth,
          left = x + 14 + tip.offsetWidth > width ? x - tip.offsetWidth - 14 : x + 14;
    tip.style.left = Math.max(4, left) + window.scrollX + 'px';
    tip.style.top = Math.max(4, Math.min(y + 14, window.innerHeight - tip.offsetHeight - 8)) + window.scrollY + 'px';
  };
  const look = i => {
    if (i === focused) return;
    focused = i;
    charts.forEach(point);
    for (const row of byId('rows').querySelectorAll('tr.near')) row.classList.remove('near');
    const own = i >= 0 && byId('rows').querySelector('tr[data-point="' + i + '"]');
    if (own) own.classList.add('near');
  };
  const select = (chart, [x0, y0, x1, y1]) => {
    const [a, b] = [Math.min(x0, x1), Math.max(x0, x1)], [c, e] = [Math.min(y0, y1), Math.max(y0, y1)];
    const through = i => chart.uprights.some(
        (u, k) => u.x >= a && u.x <= b && chart.lines.get(i)[k][1] >= c && chart.lines.get(i)[k][1] <= e);
    brushed = b - a < 4 && e - c < 4 ?
        null :
        chart.lines ?
        new Set([...chart.lines.keys()].filter(through)) :
        new Set([...chart.place].filter(([, [x, y]]) => x >= a && x <= b && y >= c && y <= e).map(([i]) => i));
    update();
  };
  const listen = chart => {
    const at = event => {
      const box = chart.stage.getBoundingClientRect();
      return [
        (event.clientX - box.left) * chart.size[0] / box.width, (event.clientY - box.top) * chart.size[1] / box.height
      ];
    };
    chart.stage.addEventListener('pointerdown', event => {
      if (event.button) return;
      chart.stage.setPointerCapture(event.pointerId);
      chart.drag = [...at(event), ...at(event)];
    });
    chart.stage.addEventListener('pointermove', event => {
      const [x, y] = at(event);
      if (chart.drag) {
        chart.drag[2] = x;
        chart.drag[3] = y;
        point(chart);
        return;
      }
      const i = nearest(chart, x, y);
      look(i);
      tell(i, event.clientX, event.clientY);
    });
    chart.stage.addEventListener('pointerup', () => {
      const drag = chart.drag;
      chart.drag = null;
      if (drag) select(chart, drag);
    });
    chart.stage.addEventListener('pointercancel', () => {
      chart.drag = null;
      point(chart);
    });
    chart.stage.addEventListener('pointerleave', () => {
      if (!chart.drag) {
        look(-1);
        tell(-1);
      }
    });
  };

  // ---- table

  const columns = () =>
      [...d.keys.filter(k => !k.implied).map(k => ({
                                               name: k.title,
                                               number: k.number,
                                               of: i => k.at[k.of[i]],
                                               cell: i => [k.cells[k.of[i]]]
                                             })),
       ...d.metrics.map((m, c) => ({
                          name: m.label,
                          unit: m.unit,
                          help: m.help,
                          number: true,
                          of: i => m.of[i],
                          metric: c,
                          cell: i => [value(m, i, 5), make('span', {class: 'interval'}, ' ' + interval(m, i))]
                        })),
       ...(d.probability ? [{
         name: 'front probability',
         number: true,
         of: i => d.probability[i],
         cell: i => [(100 * d.probability[i]).toFixed(0) + ' %']
       }] :
                           []),
       {name: 'point', number: true, of: i => d.number[i], cell: i => [String(d.number[i])]},
  ];
  const table = () => {
    const cols = columns(), by = sort.by < 0 ? cols.findIndex(c => c.metric === 0) : sort.by;
    const rows = visible.filter(i => d.flags[i] & 2 && lit(i));
    const sign = sort.down ? -1 : 1, of = cols[by].of;
    rows.sort((a, b) => {
      const x = of(a), y = of(b);
      return Number.isNaN(x) ? Number.isNaN(y) ? a - b : 1 : Number.isNaN(y) ? -1 : sign * (x - y) || a - b;
    });
    const head = cols.map((c, k) => {
      const button = make(
          'button', {type: 'button', title: c.help || null}, c.name,
          ...(c.unit ? [' ', make('span', {class: 'unit'}, c.unit)] : []), k === by ? sort.down ? ' ↓' : ' ↑' : '');
      button.addEventListener('click', () => {
        sort = {by: k, down: k === by && !sort.down};
        table();
        byId('rows').querySelectorAll('th button')[k].focus();
      });
      return make(
          'th', {
            scope: 'col',
            class: c.number ? 'number' : null,
            'aria-sort': k === by ? sort.down ? 'descending' : 'ascending' : null
          },
          button);
    });
    const body = rows.slice(0, shown).map(i => {
      const row = make(
          'tr', {'data-point': i},
          ...cols.map((c, k) => make('td', {class: c.number ? 'number' : null}, ...(k ? c.cell(i) : [
                                       make('span', {class: 'mark'}, mark(colours.of[i]), ...c.cell(i))
                                     ]))));
      row.addEventListener('pointerenter', () => look(i));
      row.addEventListener('pointerleave', () => look(-1));
      return row;
    });
    byId('rows').replaceChildren(make('thead', {}, make('tr', {}, ...head)), make('tbody', {}, ...body));
    byId('more').hidden = rows.length <= shown;
    byId('more').textContent = 'Show more (' + (rows.length - shown) + ')';
    byId('count').textContent = `${visible.length} of ${d.points} points shown` +
        (brushed ? `, ${visible.filter(lit).length} selected` : '') +
        `; ${rows.length} of ${d.rows} rows of the front`;
  };

  // ---- controls

  const choice = (label, names, value, set) => {
    const list = make('select', {'aria-label': label}, ...names.map((n, k) => make('option', {value: k}, n)));
    list.selectedIndex = value;
    list.addEventListener('change', () => {
      set(list.selectedIndex);
      update();
    });
    return list;
  };
  const chip = (label, checked, set, plain) => {
    const box = make('input', {type: 'checkbox'});
    box.checked = checked;
    box.addEventListener('change', () => {
      set(box.checked);
      update();
    });
    return make('label', {class: plain ? 'chip plain' : 'chip'}, box, label);
  };
  const filter = (name, ...items) =>
      make('div', {class: 'filter', role: 'group', 'aria-label': name}, make('span', {}, name), ...items);
  const keyFilter = key => {
    if (key.labels.length <= CHIPS_MOST)
      return filter(key.name, ...key.labels.map((l, k) => chip(l, !key.hidden.has(k), on => {
                                                  if (on) key.hidden.delete(k);
                                                  else key.hidden.add(k);
                                                })));
    let from = 0, to = key.labels.length - 1;
    const keep = () => { key.hidden = new Set(key.labels.map((l, k) => k).filter(k => k < from || k > to)); };
    return filter(key.name, choice(key.name + ' from', key.labels, from, k => {
                    from = k;
                    keep();
                  }), 'to', choice(key.name + ' to', key.labels, to, k => {
                    to = k;
                    keep();
                  }));
  };
  const controls = () => {
    const single = d.keys.map((k, i) => i).filter(i => d.keys[i].labels.length <= 24 && !d.keys[i].implied);
    const ways = [colourKeys, ...single.filter(i => colourKeys.length !== 1 || colourKeys[0] !== i).map(i => [i])];
    const panels = [-1, ...single.filter(i => d.keys[i].labels.length <= 4)];
    const colour =
        choice('colour by', ways.map(w => w.map(i => d.keys[i].name).join(' and ') || 'one colour'), 0, k => {
          colourKeys = ways[k];
          paint();
        });
    const panel = choice(
        'panels by', panels.map(i => i < 0 ? 'none' : d.keys[i].name), Math.max(0, panels.indexOf(panelKey)),
        k => { panelKey = panels[k]; });
    const clear = make('button', {type: 'button'}, 'Clear selection'),
          reset = make('button', {type: 'button'}, 'Reset filters');
    clear.addEventListener('click', () => {
      brushed = null;
      update();
    });
    reset.addEventListener('click', () => {
      d.keys.forEach(k => k.hidden.clear());
      brushed = null;
      frontOnly = false;
      least = 0;
      controls();
      update();
    });
    const shares = [0, 0.05, 0.5, 0.9];
    byId('controls')
        .replaceChildren(
            ...d.keys.filter(k => !k.implied).map(keyFilter),
            filter(
                'points', chip('on a front only', frontOnly, on => { frontOnly = on; }, true),
                ...(d.probability ?
                        [
                          'front probability',
                          choice(
                              'front probability', shares.map(s => s ? 'at least ' + 100 * s + ' %' : 'any'),
                              shares.indexOf(least), k => { least = shares[k]; })
                        ] :
                        [])),
            filter('view', 'colour', colour, 'panels', panel, clear, reset));
  };

  const update = () => {
    visible = [];
    for (let i = 0; i < d.points; i++)
      if (passes(i)) visible.push(i);
    focused = -1;
    tell(-1);
    byId('legend').replaceChildren(
        ...colours.labels.slice(0, 24).map((l, g) => make('span', {}, mark(g), l)),
        colours.labels.length > 24 ? `and ${colours.labels.length - 24} more` : '');
    charts.forEach(paintChart);
    table();
  };

  const start = async () => {
    d = unpack(await inflate());
    const groups = (d.plots[0] ? d.plots[0].group.split(',') : ['design'])
                       .map(keyOf)
                       .filter(k => k >= 0 && d.keys[k].labels.length > 1);
    colourKeys = groups.length ? groups : [keyOf('design')].filter(k => k >= 0);
    const fits = k => k >= 0 && !d.keys[k].implied && d.keys[k].labels.length > 1 && d.keys[k].labels.length <= 4;
    const asked = d.plots.map(p => keyOf(p.panel)).find(fits),
          within = d.within.map(keyOf).filter(k => !colourKeys.includes(k)).find(fits);
    panelKey = asked ?? within ?? -1;
    colourKeys = colourKeys.filter(k => k !== panelKey);
    makeDims();
    paint();
    document.body.append(make('div', {id: 'tip', role: 'status', hidden: true}));
    const names = dims.map(title), undrawn = [];
    for (const p of d.plots) {
      const parallel = p.kind === 'parallel', heat = p.kind === 'heatmap';
      const chart = {
        kind: p.kind,
        x: parallel ? 0 : dimOf(p.x),
        y: parallel ? 0 : dimOf(p.y),
        xlog: p.xlog,
        ylog: p.ylog,
        clog: p.clog,
        bins: p.bins,
        which: p.which,
        colour: heat ? dimOf(p.colour) : -1,
        drag: null,
        axes: parallel ? p.axes.split(',').map(dimOf).filter(c => c >= 0) : [],
        stage: make('div', {class: 'stage'})
      };
      if (chart.x < 0 || chart.y < 0 || (heat && chart.colour < 0) || (parallel && chart.axes.length < 2)) {
        undrawn.push(p.name);
        continue;
      }
      const only = Object.entries(JSON.parse(p.where)).map(([name, label]) => [d.keys[keyOf(name)], label])
                       .filter(([key, label]) => key && key.labels.includes(label))
                       .map(([key, label]) => [key, key.labels.indexOf(label)]);
      chart.only = only.length > 0;
      chart.shows = i => !chart.only || only.every(([key, l]) => key.of[i] === l);
      const vertical = choice('vertical axis', names, chart.y, k => {
        chart.y = k;
        chart.ylog = -1;
      });
      const horizontal = choice('horizontal axis', names, chart.x, k => {
        chart.x = k;
        chart.xlog = -1;
      });
      const axes = make(
          'div', {class: 'axes'},
          ...(parallel ? ['Front points in colour, over ' + chart.axes.map(c => dims[c].label).join(', ')] :
                  heat ? [choice('colour of cells', d.metrics.map(title), chart.colour, k => {
                            chart.colour = k;
                            chart.clog = -1;
                          }), 'over', vertical, 'and', horizontal] :
                         [vertical, 'against', horizontal]));
      if (only.length)
        axes.append(chip('only ' + only.map(([key, l]) => key.title + ' ' + key.labels[l]).join(', '), true, on => {
          chart.only = on;
        }));
      byId('charts').append(make('figure', {class: 'chart'}, axes, chart.stage));
      charts.push(chart);
      listen(chart);
    }
    if (undrawn.length)
      byId('charts').append(
          make('p', {class: 'note'}, 'Not drawn, as their points do not differ in an axis: ' + undrawn.join(', ')));
    byId('more').addEventListener('click', () => {
      shown += 5 * PAGE_ROWS;
      table();
    });
    byId('controls').addEventListener('submit', event => event.preventDefault());
    controls();
    update();
    let waiting = 0;
    window.addEventListener('resize', () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => charts.forEach(paintChart), 120);
    });
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => charts.forEach(paintChart));
    document.documentElement.setAttribute('data-ready', 'yes');
  };
  start().catch(problem => {
    byId('failure').hidden = false;
    byId('failure').textContent = 'Plots and table could not be made: ' + problem.message +
        (typeof DecompressionStream === 'undefined' ? ' (a browser of 2023 or newer is needed)' : '');
  });
})();
