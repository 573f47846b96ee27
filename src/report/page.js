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
    d.keys.forEach((k, c) => { k.implied = k.labels.length < 2 || d.keys.slice(0, c).some(other => follows(k, other)); });
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

  // Labels that no point has go; numbers rise, a lead like "8" of "8 bit" counts where all have one.
  const tidy = key => {
    const used = new Set(key.of), numbers = key.labels.map(l => parseFloat(l));
    const order = [...used];
    if (order.every(l => !Number.isNaN(numbers[l]) || key.labels[l] === '–'))
      order.sort((a, b) => (numbers[a] || 0) - (numbers[b] || 0));
    else order.sort((a, b) => a - b);
    const place = new Map(order.map((l, i) => [l, i]));
    key.of = key.of.map(l => place.get(l));
    key.labels = order.map(l => key.labels[l]);
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

  const layout = chart => {
    const mx = d.metrics[chart.x], my = d.metrics[chart.y], width = Math.max(280, chart.stage.clientWidth),
          height = 360;
    const key = panelKey >= 0 ? d.keys[panelKey] : null;
    const panels = key ? key.labels.map((l, p) => p).filter(p => !key.hidden.has(p)) : [0];
    const rows = visible.filter(i => d.flags[i] & 2), step = Math.ceil(rows.length / BARS_MOST);
    chart.bars = new Set(rows.filter((i, k) => k % step === 0));
    const ends = m => visible.flatMap(i => m.p05 && chart.bars.has(i) ? [m.of[i], m.p05[i], m.p95[i]] : [m.of[i]]);
    chart.ax = axis(ends(mx), chart.xlog);
    chart.ay = axis(ends(my), chart.ylog);
    const left = 66, right = 10, top = key ? 24 : 10, bottom = 46, gap = 14;
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
    for (const i of visible) {
      const panel = chart.panelOf(i), x = mx.of[i], y = my.of[i];
      if (!panel || !Number.isFinite(x) || !Number.isFinite(y) || (chart.ax.log && x <= 0) ||
          (chart.ay.log && y <= 0))
        continue;
      chart.place.set(i, [chart.px(panel, x), chart.py(panel, y)]);
    }
  };

  const frame = (chart, svg) => {
    const mx = d.metrics[chart.x], my = d.metrics[chart.y];
    chart.panels.forEach((p, index) => {
      let room = -Infinity;
      for (const x of chart.ax.ticks) {
        const px = chart.px(p, x), words = tick(x);
        svg.append(draw('line', {class: 'grid', x1: px, x2: px, y1: p.y0, y2: p.y1}));
        if (px - 3.4 * words.length < room || px + 3.4 * words.length > p.x1 + 12) continue;
        room = px + 3.4 * words.length + 8;
        svg.append(draw('text', {x: px, y: p.y1 + 16, 'text-anchor': 'middle'}, words));
      }
      for (const y of chart.ay.ticks) {
        const py = chart.py(p, y);
        svg.append(draw('line', {class: 'grid', x1: p.x0, x2: p.x1, y1: py, y2: py}));
        if (index === 0) svg.append(draw('text', {x: p.x0 - 6, y: py + 4, 'text-anchor': 'end'}, tick(y)));
      }
      svg.append(draw('rect', {class: 'frame', x: p.x0, y: p.y0, width: p.x1 - p.x0, height: p.y1 - p.y0}));
      if (panelKey >= 0)
        svg.append(draw(
            'text', {class: 'title', x: (p.x0 + p.x1) / 2, y: p.y0 - 8, 'text-anchor': 'middle'},
            d.keys[panelKey].labels[p.label]));
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
    for (const [m, a, along] of [[d.metrics[chart.x], chart.ax, true], [d.metrics[chart.y], chart.ay, false]]) {
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
    for (const points of groups.values()) {
      const steps = front(points, d.metrics[chart.x], d.metrics[chart.y]).map(i => chart.place.get(i));
      if (steps.length < 2) continue;
      let text = '';
      steps.forEach(
          ([x, y], k) => { text += k ? `H${x.toFixed(1)}V${y.toFixed(1)}` : `M${x.toFixed(1)} ${y.toFixed(1)}`; });
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

  const paintChart = chart => {
    layout(chart);
    const [width, height] = chart.size;
    chart.stage.style.height = height + 'px';
    const svg = draw('svg', {
      viewBox: `0 0 ${width} ${height}`,
      role: 'img',
      'aria-label': title(d.metrics[chart.y]) + ' against ' + title(d.metrics[chart.x])
    });
    const over = draw('svg', {viewBox: `0 0 ${width} ${height}`, 'aria-hidden': 'true'});
    chart.over = over;
    chart.stage.replaceChildren(svg);
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
    if (focused < 0 || !chart.place.has(focused)) return;
    const [x, y] = chart.place.get(focused);
    chart.over.append(bar(chart, focused, 'focusbar'), draw('circle', {class: 'focus', cx: x, cy: y, r: 7}));
  };

  // ---- looking and selecting

  const nearest = (chart, x, y) => {
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
      m.p05 && Number.isFinite(m.p05[i]) ? number(m.p05[i], 3) + ' … ' + number(m.p95[i], 3) : '';
  const tell = (i, x, y) => {
    const tip = byId('tip'), rows = [];
    tip.hidden = i < 0;
    if (i < 0) return;
    for (const k of d.keys) rows.push([k.name, k.labels[k.of[i]]]);
    for (const m of d.metrics)
      if (Number.isFinite(m.of[i])) rows.push([m.label, number(m.of[i]) + ' ' + m.unit, interval(m, i)]);
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
    brushed = b - a < 4 && e - c < 4 ?
        null :
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
      [...d.keys.filter(k => !k.implied).map(k => ({name: k.name, of: i => k.of[i], cell: i => [k.labels[k.of[i]]]})),
       ...d.metrics.map((m, c) => ({
                          name: m.label,
                          unit: m.unit,
                          help: m.help,
                          number: true,
                          of: i => m.of[i],
                          metric: c,
                          cell: i => [number(m.of[i], 5), make('span', {class: 'interval'}, ' ' + interval(m, i))]
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
    for (const [name, label] of d.plots.length === 1 ? Object.entries(JSON.parse(d.plots[0].where)) : []) {
      const key = d.keys[keyOf(name)];
      if (key && key.labels.includes(label))
        key.labels.forEach((l, k) => {
          if (l !== label) key.hidden.add(k);
        });
    }
    paint();
    document.body.append(make('div', {id: 'tip', role: 'status', hidden: true}));
    const names = d.metrics.map(title);
    for (const p of d.plots) {
      const chart = {x: p.x, y: p.y, xlog: p.xlog, ylog: p.ylog, drag: null, stage: make('div', {class: 'stage'})};
      const axes = make('div', {class: 'axes'}, choice('vertical axis', names, chart.y, k => {
                          chart.y = k;
                          chart.ylog = -1;
                        }), 'against', choice('horizontal axis', names, chart.x, k => {
                          chart.x = k;
                          chart.xlog = -1;
                        }));
      byId('charts').append(make('figure', {class: 'chart'}, axes, chart.stage));
      charts.push(chart);
      listen(chart);
    }
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
