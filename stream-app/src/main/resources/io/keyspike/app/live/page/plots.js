// Scrolling canvases: newest on the right, six seconds wide.

const SECONDS = 6;
const dark = matchMedia("(prefers-color-scheme: dark)");

/** A colour of the style sheet. */
export function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function rgb(name) {
  const n = parseInt(colour(name).slice(1), 16);
  return [n >> 16 & 255, n >> 8 & 255, n & 255];
}

/** Makes a canvas as sharp as the screen; gives its size in CSS pixels, drawing scaled to them. */
function prepare(canvas) {
  const ratio = window.devicePixelRatio || 1;
  const width = canvas.clientWidth;
  const height = canvas.clientHeight;
  if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
  }
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return {context, width, height};
}

/** Columns of pixels in a circle, drawn as a picture whose newest column is on the right. */
class Columns {
  constructor(columns, rows) {
    this.columns = columns;
    this.rows = rows;
    this.next = 0;
    this.picture = new OffscreenCanvas(columns, rows);
    this.context = this.picture.getContext("2d", {willReadFrequently: false});
    this.column = this.context.createImageData(1, rows);
  }

  /** @param paint writes `[r, g, b, a]` of each row into the bytes it is given */
  push(paint) {
    paint(this.column.data);
    this.context.putImageData(this.column, this.next, 0);
    this.next = (this.next + 1) % this.columns;
  }

  draw(context, x, y, width, height, smooth) {
    context.imageSmoothingEnabled = smooth;
    context.imageSmoothingQuality = "medium";
    const old = this.columns - this.next;
    const left = width * old / this.columns;
    context.drawImage(this.picture, this.next, 0, old, this.rows, x, y, left, height);
    if (this.next > 0) {
      context.drawImage(this.picture, 0, 0, this.next, this.rows, x + left, y, width - left, height);
    }
  }
}

/** From quiet to loud, on the page's own background. */
function heatMap() {
  const stops = dark.matches
    ? [[10, 15, 20], [30, 38, 92], [94, 42, 130], [196, 62, 92], [250, 150, 60], [255, 240, 170]]
    : [[238, 242, 245], [190, 215, 228], [110, 175, 200], [40, 118, 165], [34, 60, 130], [40, 10, 70]];
  const map = new Uint8ClampedArray(256 * 3);
  for (let i = 0; i < 256; i++) {
    const at = i / 255 * (stops.length - 1);
    const k = Math.min(stops.length - 2, Math.floor(at));
    for (let c = 0; c < 3; c++) {
      map[i * 3 + c] = stops[k][c] + (stops[k + 1][c] - stops[k][c]) * (at - k);
    }
  }
  return map;
}

/** Draws all that scrolls. Fed with `slice`; draws when the browser is about to show a picture. */
export class Stage {
  constructor(find) {
    this.canvases = {wave: find("wave"), features: find("features"), spikes: find("spikes"), scores: find("scores")};
    this.facts = null;
    this.marks = [];
    dark.addEventListener("change", () => this.facts && this.stream(this.facts));
    addEventListener("resize", () => this.#later());
  }

  /** Another stream, or the same with another model. */
  stream(facts) {
    this.facts = facts;
    this.steps = Math.round(SECONDS / facts.stepSeconds);
    this.pairs = Math.round(SECONDS / facts.waveSeconds);
    this.wave = new Int8Array(this.pairs * 2);
    this.waveNext = 0;
    this.heat = heatMap();
    this.features = new Columns(this.steps, facts.channels);
    this.layers = facts.layers.map((layer, i) => ({...layer, rgb: rgb(`--l${i % 6}`), columns: new Columns(this.steps, layer.neurons)}));
    this.words = facts.labels.map((label, i) => ({label, threshold: facts.thresholds[label], ring: new Float32Array(this.steps), colour: `--l${i % 6}`}));
    this.next = 0;
    this.position = 0;
    this.marks = [];
    this.#later();
  }

  slice(slice, decode) {
    const facts = this.facts;
    if (!facts) {
      return null;
    }
    const wave = decode(slice.wave);
    for (let i = 0; i < wave.length; i++) {
      this.wave[this.waveNext] = wave[i] << 24 >> 24;
      this.waveNext = (this.waveNext + 1) % this.wave.length;
    }
    const features = decode(slice.features);
    const scores = decode(slice.scores);
    const spikes = slice.spikes.map(decode);
    const n = facts.channels;
    for (let t = 0; t < slice.steps; t++) {
      this.features.push(pixels => {
        for (let c = 0; c < n; c++) {
          const row = (n - 1 - c) * 4;
          const v = features[t * n + c] * 3;
          pixels[row] = this.heat[v];
          pixels[row + 1] = this.heat[v + 1];
          pixels[row + 2] = this.heat[v + 2];
          pixels[row + 3] = 255;
        }
      });
      this.layers.forEach((layer, k) => {
        const rowBytes = layer.neurons + 7 >> 3;
        layer.columns.push(pixels => {
          for (let i = 0; i < layer.neurons; i++) {
            const fired = spikes[k][t * rowBytes + (i >> 3)] >> (i & 7) & 1;
            pixels[i * 4] = layer.rgb[0];
            pixels[i * 4 + 1] = layer.rgb[1];
            pixels[i * 4 + 2] = layer.rgb[2];
            pixels[i * 4 + 3] = fired ? 255 : 0;
          }
        });
      });
      this.words.forEach((word, k) => {
        word.ring[this.next] = scores[t * this.words.length + k] / 255;
      });
      this.next = (this.next + 1) % this.steps;
    }
    this.position = slice.position;
    this.#later();
    const last = slice.steps - 1;
    return this.words.map((word, k) => {
      let best = 0;
      for (let t = 0; t <= last; t++) {
        best = Math.max(best, scores[t * this.words.length + k] / 255);
      }
      return best;
    });
  }

  mark(keyword, position) {
    this.marks.push({keyword, position});
    this.#later();
  }

  thresholds(values) {
    this.words?.forEach(word => {
      if (word.label in values) {
        word.threshold = values[word.label];
      }
    });
    this.#later();
  }

  #later() {
    if (!this.waiting && this.facts) {
      this.waiting = true;
      requestAnimationFrame(() => {
        this.waiting = false;
        this.#draw();
      });
    }
  }

  #draw() {
    this.#drawWave();
    const f = prepare(this.canvases.features);
    this.features.draw(f.context, 0, 0, f.width, f.height, false);
    this.#drawSpikes();
    this.#drawScores();
  }

  #drawWave() {
    const {context, width, height} = prepare(this.canvases.wave);
    const middle = height / 2;
    // Speech uses a fraction of full scale: a square root makes it visible and still shows clipping at the edge.
    const y = v => middle - Math.sign(v) * Math.sqrt(Math.abs(v) / 128) * (middle - 2);
    context.fillStyle = colour("--wave");
    context.beginPath();
    const step = width / this.pairs;
    for (let i = 0; i < this.pairs; i++) {
      const at = (this.waveNext + i * 2) % this.wave.length;
      const top = y(this.wave[at + 1]);
      context.rect(i * step, top, Math.max(step, 1), Math.max(1, y(this.wave[at]) - top));
    }
    context.fill();
  }

  #drawSpikes() {
    const {context, width, height} = prepare(this.canvases.spikes);
    const gap = 18;
    const room = height - gap * this.layers.length;
    // Small layers get visible rows, large ones the rest.
    const weights = this.layers.map(layer => Math.sqrt(layer.neurons) + 2);
    const sum = weights.reduce((a, b) => a + b, 0);
    let y = 0;
    context.font = "11px system-ui, sans-serif";
    this.layers.forEach((layer, k) => {
      const h = room * weights[k] / sum;
      context.fillStyle = colour("--soft");
      context.fillText(`${layer.name} · ${layer.neurons} neurons`, 6, y + 12);
      layer.columns.draw(context, 0, y + gap, width, h, h < layer.neurons);
      y += gap + h;
    });
  }

  #drawScores() {
    const {context, width, height} = prepare(this.canvases.scores);
    const y = v => height - 4 - v * (height - 22);
    context.lineWidth = 1;
    this.words.forEach(word => {
      if (word.threshold === undefined) {
        return;
      }
      context.strokeStyle = colour(word.colour);
      context.globalAlpha = 0.45;
      context.setLineDash([5, 5]);
      context.beginPath();
      context.moveTo(0, y(word.threshold));
      context.lineTo(width, y(word.threshold));
      context.stroke();
    });
    context.globalAlpha = 1;
    context.setLineDash([]);
    context.lineWidth = 1.8;
    for (const word of this.words) {
      context.strokeStyle = word.threshold === undefined ? colour("--line") : colour(word.colour);
      context.beginPath();
      for (let i = 0; i < this.steps; i++) {
        const v = word.ring[(this.next + i) % this.steps];
        const x = i * width / this.steps;
        i === 0 ? context.moveTo(x, y(v)) : context.lineTo(x, y(v));
      }
      context.stroke();
    }
    this.#drawMarks(context, width, height);
  }

  #drawMarks(context, width, height) {
    context.font = "600 12px system-ui, sans-serif";
    this.marks = this.marks.filter(mark => this.position - mark.position < SECONDS * this.facts.sampleRateHz);
    for (const mark of this.marks) {
      const x = width * (1 - (this.position - mark.position) / (SECONDS * this.facts.sampleRateHz));
      context.strokeStyle = colour("--hot");
      context.fillStyle = colour("--text");
      context.beginPath();
      context.moveTo(x, 16);
      context.lineTo(x, height);
      context.stroke();
      const text = mark.keyword.length > 16 ? `${mark.keyword.slice(0, 15)}…` : mark.keyword;
      context.fillText(text, Math.min(Math.max(2, x - 10), width - context.measureText(text).width - 2), 12);
    }
  }
}

/** Lines over the last minutes, one value a second. */
export class Minutes {
  constructor(canvas, most) {
    this.canvas = canvas;
    this.most = most;
    this.values = [];
    addEventListener("resize", () => this.draw());
    dark.addEventListener("change", () => this.draw());
  }

  reset(values) {
    this.values = values.slice(-this.most);
    this.draw();
  }

  push(value) {
    this.values.push(value);
    if (this.values.length > this.most) {
      this.values.shift();
    }
    this.draw();
  }

  draw() {
    const {context, width, height} = prepare(this.canvas);
    if (!this.values.length) {
      return;
    }
    let top = 0;
    for (const value of this.values) {
      top = Math.max(top, ...value);
    }
    top = top * 1.15 || 1;
    const y = v => height - 3 - v / top * (height - 8);
    context.lineWidth = 1.8;
    for (let line = 0; line < this.values[0].length; line++) {
      context.strokeStyle = colour(`--l${line % 6}`);
      context.beginPath();
      this.values.forEach((value, i) => {
        const x = width - (this.values.length - 1 - i) * width / (this.most - 1);
        i === 0 ? context.moveTo(x, y(value[line])) : context.lineTo(x, y(value[line]));
      });
      context.stroke();
    }
  }
}
