// Scrolling canvases: newest on the right, six seconds wide.

import {Surface, colour, distinct, heatMap, onLook, rgb, roundAxis} from "./draw.js";

const SECONDS = 6;
const MOST_HELD = 480;
const LAYER_GAP = 16;

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

/** Draws all that scrolls. Fed with `slice`; draws when the browser is about to show a picture. */
export class Stage {
  /** @param onHover told what is under the pointer, by canvas; null when it leaves */
  constructor(find, onHover) {
    this.canvases = {scores: find("scores"), wave: find("wave"), features: find("features"), spikes: find("spikes")};
    this.onHover = onHover;
    this.facts = null;
    this.held = null;
    this.cursor = null;
    onLook(() => this.#look());
    for (const canvas of Object.values(this.canvases)) {
      canvas.addEventListener("pointermove", event => this.#point(canvas, event));
      canvas.addEventListener("pointerleave", () => this.#leave());
    }
  }

  /** Another stream, or the same with another model. */
  stream(facts) {
    this.facts = facts;
    this.held &&= [];
    this.steps = Math.round(SECONDS / facts.stepSeconds);
    this.pairs = Math.round(SECONDS / facts.waveSeconds);
    this.wave = new Int8Array(this.pairs * 2);
    this.waveNext = 0;
    this.features = new Columns(this.steps, facts.channels);
    this.levels = new Uint8Array(this.steps * facts.channels);
    this.layers = facts.layers.map(layer => ({...layer, columns: new Columns(this.steps, layer.neurons), counts: new Uint16Array(this.steps)}));
    this.words = facts.labels.map(label => ({label, threshold: facts.thresholds[label], ring: new Float32Array(this.steps)}));
    this.next = 0;
    this.position = 0;
    this.marks = [];
    this.#look();
  }

  /** What is drawn stands still while the stream goes on, and catches up afterwards. */
  pause(paused) {
    const held = this.held;
    this.held = paused ? [] : null;
    if (!paused && held) {
      held.forEach(slice => this.slice(slice));
    }
  }

  /** @return best score of each word in the slice; null before the stream is known */
  slice(slice) {
    if (!this.facts) {
      return null;
    }
    if (this.held) {
      this.held.push(slice);
      if (this.held.length > MOST_HELD) {
        this.held.shift();
      }
    } else {
      this.#take(slice);
    }
    return this.words.map((word, k) => {
      let best = 0;
      for (let t = 0; t < slice.steps; t++) {
        best = Math.max(best, slice.scores[t * this.words.length + k] / 255);
      }
      return best;
    });
  }

  #take(slice) {
    for (let i = 0; i < slice.wave.length; i++) {
      this.wave[this.waveNext] = slice.wave[i] << 24 >> 24;
      this.waveNext = (this.waveNext + 1) % this.wave.length;
    }
    const n = this.facts.channels;
    for (let t = 0; t < slice.steps; t++) {
      const levels = slice.features.subarray(t * n, (t + 1) * n);
      this.levels.set(levels, this.next * n);
      this.features.push(pixels => this.#paintLevels(pixels, levels));
      this.layers.forEach((layer, k) => this.#takeSpikes(layer, slice.spikes[k], t));
      this.words.forEach((word, k) => {
        word.ring[this.next] = slice.scores[t * this.words.length + k] / 255;
      });
      this.next = (this.next + 1) % this.steps;
    }
    this.position = slice.position;
    this.#later();
  }

  #paintLevels(pixels, levels) {
    const n = levels.length;
    for (let c = 0; c < n; c++) {
      const row = (n - 1 - c) * 4;
      const v = levels[c] * 3;
      pixels[row] = this.heat[v];
      pixels[row + 1] = this.heat[v + 1];
      pixels[row + 2] = this.heat[v + 2];
      pixels[row + 3] = 255;
    }
  }

  #takeSpikes(layer, bits, t) {
    const rowBytes = layer.neurons + 7 >> 3;
    let count = 0;
    layer.columns.push(pixels => {
      for (let i = 0; i < layer.neurons; i++) {
        const fired = bits[t * rowBytes + (i >> 3)] >> (i & 7) & 1;
        pixels.set(layer.rgb, i * 4);
        pixels[i * 4 + 3] = fired ? 255 : 0;
        count += fired;
      }
    });
    layer.counts[this.next] = count;
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

  /** Colours belong to the theme. Spikes drawn before keep theirs, the levels are painted again. */
  #look() {
    if (!this.facts) {
      return;
    }
    this.heat = heatMap();
    this.layers.forEach((layer, i) => {
      layer.rgb = rgb(distinct(i));
    });
    this.words.forEach((word, i) => {
      word.colour = distinct(i);
    });
    const n = this.facts.channels;
    this.features = new Columns(this.steps, n);
    for (let i = 0; i < this.steps; i++) {
      const at = (this.next + i) % this.steps;
      this.features.push(pixels => this.#paintLevels(pixels, this.levels.subarray(at * n, (at + 1) * n)));
    }
    this.#later();
  }

  #point(canvas, event) {
    this.cursor = this.facts ? Surface.share(canvas, event) : null;
    if (this.cursor === null) {
      this.#leave();
      return;
    }
    this.pointed = {canvas, share: event.offsetY / canvas.clientHeight, y: event.offsetY};
    this.#later();
  }

  #leave() {
    this.cursor = null;
    this.onHover(null);
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
    this.#drawScores();
    this.#drawWave();
    this.#drawFeatures();
    this.#drawSpikes();
    if (this.cursor !== null) {
      this.onHover(this.#under());
    }
  }

  /** What is under the pointer, in words, by canvas. */
  #under() {
    const at = (this.next + Math.min(this.steps - 1, Math.floor(this.cursor * this.steps))) % this.steps;
    const when = `${((1 - this.cursor) * SECONDS).toFixed(1)} s ago`;
    const pair = (this.waveNext + 2 * Math.min(this.pairs - 1, Math.floor(this.cursor * this.pairs))) % this.wave.length;
    const peak = Math.max(Math.abs(this.wave[pair]), Math.abs(this.wave[pair + 1])) / 128;
    const best = [...this.words].sort((a, b) => b.ring[at] - a.ring[at]).slice(0, 3);
    return {
      scores: `${when}: ${best.map(word => `${word.label} ${word.ring[at].toFixed(2)}`).join(", ")}`,
      wave: `${when}: peak ${peak > 0 ? `${(20 * Math.log10(peak)).toFixed(0)} dBFS` : "below −42 dBFS"}`,
      features: `${when}: ${this.#levelUnder(at)}`,
      spikes: `${when}: ${this.layers.map(layer => `${layer.name} ${layer.counts[at]} of ${layer.neurons}`).join(", ")}`,
    };
  }

  #levelUnder(at) {
    const levels = this.levels.subarray(at * this.facts.channels, (at + 1) * this.facts.channels);
    let channel = levels.indexOf(Math.max(...levels));
    if (this.pointed.canvas === this.canvases.features && this.levelArea) {
      const share = (this.levelArea.bottom - this.pointed.y) / this.levelArea.height;
      channel = Math.max(0, Math.min(levels.length - 1, Math.floor(share * levels.length)));
    }
    const db = this.facts.floorDb * (1 - levels[channel] / 255);
    return `${Math.round(this.facts.centresHz[channel])} Hz ${levels[channel] ? `${db.toFixed(0)} dBFS`.replace("-", "−") : "silent"}`;
  }

  #drawWave() {
    const s = new Surface(this.canvases.wave);
    const height = v => (1 + Math.sign(v) * Math.sqrt(Math.abs(v))) / 2;
    s.valueAxis([[height(1), "0 dB"], [height(0.1), "−20"], [height(0), ""], [height(-0.1), "−20"], [height(-1), "0"]]);
    s.timeAxis(SECONDS, 1, "s");
    // Speech uses a fraction of full scale: a square root makes it visible and still shows clipping at the edge.
    s.context.fillStyle = colour("--wave");
    s.context.beginPath();
    const step = s.width / this.pairs;
    for (let i = 0; i < this.pairs; i++) {
      const at = (this.waveNext + i * 2) % this.wave.length;
      const top = s.y(height(this.wave[at + 1] / 128));
      s.context.rect(s.left + i * step, top, Math.max(step, 1), Math.max(1, s.y(height(this.wave[at] / 128)) - top));
    }
    s.context.fill();
    s.cursor(this.cursor);
  }

  #drawFeatures() {
    const s = new Surface(this.canvases.features);
    this.levelArea = s;
    this.features.draw(s.context, s.left, s.top, s.width, s.height, false);
    const hz = this.facts.centresHz;
    const ticks = [];
    for (const wanted of [100, 250, 500, 1000, 2000, 4000, 8000, 16000]) {
      const above = hz.findIndex(each => each >= wanted);
      if (above >= 0 && (above > 0 || hz[0] < wanted * 1.1)) {
        const below = Math.max(0, above - 1);
        const part = hz[above] === hz[below] ? 0 : (wanted - hz[below]) / (hz[above] - hz[below]);
        const share = (below + part * (above - below) + 0.5) / hz.length;
        if (!ticks.length || (share - ticks.at(-1)[0]) * s.height > 13) {
          ticks.push([share, wanted < 1000 ? `${wanted} Hz` : `${wanted / 1000} kHz`]);
        }
      }
    }
    s.valueAxis(ticks);
    s.timeAxis(SECONDS, 1, "s");
    s.cursor(this.cursor);
  }

  #drawSpikes() {
    const s = new Surface(this.canvases.spikes);
    s.timeAxis(SECONDS, 1, "s");
    const room = s.height - LAYER_GAP * this.layers.length;
    // Small layers get visible rows, large ones the rest.
    const weights = this.layers.map(layer => Math.sqrt(layer.neurons) + 2);
    const sum = weights.reduce((a, b) => a + b, 0);
    let y = s.top;
    this.layers.forEach((layer, k) => {
      const h = room * weights[k] / sum;
      const c = s.context;
      c.fillStyle = colour("--text");
      c.fillText(`${layer.name}, ${layer.neurons} neurons`, s.left + 4, y + 10);
      y += LAYER_GAP;
      layer.columns.draw(c, s.left, y, s.width, h, h < layer.neurons);
      c.fillStyle = colour("--soft");
      c.textAlign = "right";
      c.fillText("1", s.left - 5, y + 8);
      if (h > 24) {
        c.fillText(String(layer.neurons), s.left - 5, y + h);
      }
      c.textAlign = "left";
      y += h;
    });
    s.cursor(this.cursor);
  }

  #drawScores() {
    const s = new Surface(this.canvases.scores);
    const c = s.context;
    s.top += 12;
    s.height -= 12;
    s.valueAxis([[0, "0"], [0.5, "0.5"], [1, "1"]]);
    s.timeAxis(SECONDS, 1, "s");
    c.setLineDash([5, 5]);
    for (const word of this.words.filter(each => each.threshold !== undefined)) {
      c.strokeStyle = word.colour;
      c.globalAlpha = 0.6;
      s.line(s.left, s.y(word.threshold), s.right, s.y(word.threshold));
    }
    c.globalAlpha = 1;
    c.setLineDash([]);
    for (const word of this.words) {
      c.strokeStyle = word.colour;
      c.lineWidth = word.threshold === undefined ? 1 : 1.8;
      s.curve(this.steps, i => s.x(i / this.steps), i => s.y(word.ring[(this.next + i) % this.steps]));
    }
    this.#drawMarks(s);
    s.cursor(this.cursor);
  }

  #drawMarks(s) {
    const c = s.context;
    const length = SECONDS * this.facts.sampleRateHz;
    c.font = "600 12px system-ui, sans-serif";
    this.marks = this.marks.filter(mark => this.position - mark.position < length);
    for (const mark of this.marks.filter(each => each.position <= this.position)) {
      const x = s.x(1 - (this.position - mark.position) / length);
      c.strokeStyle = this.words.find(word => word.label === mark.keyword)?.colour ?? colour("--hot");
      c.lineWidth = 2.5;
      s.line(x, s.top, x, s.bottom);
      const text = mark.keyword.length > 16 ? `${mark.keyword.slice(0, 15)}…` : mark.keyword;
      c.fillStyle = colour("--text");
      c.fillText(text, Math.min(Math.max(s.left, x - 10), s.right - c.measureText(text).width), s.top - 6);
    }
  }
}

/** Lines over the last minutes, one value a second, with a legend that tells the latest ones. */
export class Minutes {
  /**
   * @param note where the value under the pointer is told
   * @param write a value with its unit
   */
  constructor(canvas, legend, note, most, write) {
    Object.assign(this, {canvas, legend, note, most, write, values: [], names: [], cursor: null});
    this.usual = note.textContent;
    onLook(() => this.draw());
    canvas.addEventListener("pointermove", event => {
      this.cursor = Surface.share(canvas, event);
      this.draw();
    });
    canvas.addEventListener("pointerleave", () => {
      this.cursor = null;
      this.draw();
    });
  }

  reset(names, values) {
    this.names = names;
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
    const s = new Surface(this.canvas);
    const [top, step] = roundAxis(Math.max(0, ...this.values.flat()));
    const ticks = [];
    for (let v = 0; v <= top * 1.0001; v += step) {
      ticks.push([v / top, String(Number(v.toPrecision(3)))]);
    }
    s.valueAxis(ticks);
    s.timeAxis(this.most / 60, 1, "min");
    s.context.lineWidth = 1.8;
    const x = i => s.x(1 - (this.values.length - 1 - i) / (this.most - 1));
    this.names.forEach((_, line) => {
      s.context.strokeStyle = distinct(line);
      s.curve(this.values.length, x, i => s.y(this.values[i][line] / top));
    });
    s.cursor(this.cursor);
    this.#tell();
  }

  #tell() {
    this.names.forEach((name, i) => {
      const item = this.legend.children[i] ?? this.legend.appendChild(document.createElement("li"));
      if (item.dataset.name !== name) {
        item.dataset.name = name;
        const sign = document.createElement("i");
        item.replaceChildren(sign, `${name} `, document.createElement("b"));
      }
      item.firstChild.style.background = distinct(i);
      const last = this.values.at(-1)?.[i];
      item.lastChild.textContent = last === undefined ? "" : this.write(last);
    });
    while (this.legend.children.length > this.names.length) {
      this.legend.lastChild.remove();
    }
    const ago = this.cursor === null ? -1 : Math.round((1 - this.cursor) * (this.most - 1));
    const value = this.values[this.values.length - 1 - ago];
    this.note.textContent = ago < 0 || !value ? this.usual
      : `${ago} s ago: ${this.names.map((name, i) => `${name} ${this.write(value[i])}`).join(", ")}`;
  }
}
