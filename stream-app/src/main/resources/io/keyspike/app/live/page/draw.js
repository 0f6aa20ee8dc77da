// What every plot needs: colours, a sharp canvas, axes with units.

const GOLDEN_ANGLE = 137.508;
const FIRST_HUE = 195;
const dark = matchMedia("(prefers-color-scheme: dark)");
const probe = new OffscreenCanvas(1, 1).getContext("2d", {willReadFrequently: true});

/** Calls back when the colours or the size of the page change. */
export function onLook(redraw) {
  dark.addEventListener("change", redraw);
  addEventListener("resize", redraw);
}

/** A colour of the style sheet. */
export function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/** The i-th of any number of colours that differ in hue or lightness, legible on the page's background. */
export function distinct(i) {
  const lightness = (dark.matches ? [0.78, 0.66, 0.88] : [0.5, 0.6, 0.4])[i % 3];
  return `oklch(${lightness} 0.14 ${(FIRST_HUE + i * GOLDEN_ANGLE) % 360})`;
}

/** Red, green and blue of a colour, 0 to 255. */
export function rgb(css) {
  probe.fillStyle = css;
  probe.fillRect(0, 0, 1, 1);
  return probe.getImageData(0, 0, 1, 1).data;
}

/** From silent to loud, on the page's own background: `[256 * 3]`. */
export function heatMap() {
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

/** The drawing surface of a canvas, as sharp as the screen, and the area inside its axes, in CSS pixels. */
export class Surface {
  constructor(canvas) {
    const ratio = window.devicePixelRatio || 1;
    const width = canvas.clientWidth;
    const height = canvas.clientHeight;
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
    }
    this.context = canvas.getContext("2d");
    this.context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.context.clearRect(0, 0, width, height);
    this.context.font = "11px system-ui, sans-serif";
    this.left = Surface.LEFT;
    this.top = 8;
    this.right = width - 10;
    this.bottom = height - 18;
    this.width = this.right - this.left;
    this.height = this.bottom - this.top;
  }

  /** Room for the labels of the vertical axis. */
  static LEFT = 44;

  /** Share of the horizontal axis under a pointer, 0 to 1; null outside of it. */
  static share(canvas, event) {
    const share = (event.offsetX - Surface.LEFT) / (canvas.clientWidth - 10 - Surface.LEFT);
    return share >= 0 && share <= 1 ? share : null;
  }

  x(share) {
    return this.left + share * this.width;
  }

  y(share) {
    return this.bottom - share * this.height;
  }

  line(x1, y1, x2, y2) {
    this.context.beginPath();
    this.context.moveTo(x1, y1);
    this.context.lineTo(x2, y2);
    this.context.stroke();
  }

  /** A line through `count` points. */
  curve(count, x, y) {
    this.context.beginPath();
    for (let i = 0; i < count; i++) {
      i === 0 ? this.context.moveTo(x(i), y(i)) : this.context.lineTo(x(i), y(i));
    }
    this.context.stroke();
  }

  /** Time up to now, a tick each `every` of the unit; ticks that would touch are left out. */
  timeAxis(length, every, unit) {
    const c = this.context;
    const step = every * Math.ceil((unit.length > 1 ? 62 : 44) / (this.width * every / length));
    c.fillStyle = colour("--soft");
    c.strokeStyle = colour("--grid");
    c.lineWidth = 1;
    for (let ago = 0; ago <= length + 1e-9; ago += step) {
      const x = this.x(1 - ago / length);
      this.line(x, this.top, x, this.bottom);
      const text = ago === 0 ? "now" : `−${ago} ${unit}`;
      c.textAlign = ago === 0 ? "right" : x < this.left + 12 ? "left" : "center";
      c.fillText(text, ago === 0 ? this.right + 6 : x, this.bottom + 13);
    }
    c.textAlign = "left";
  }

  /** @param ticks pairs of share of the axis, from the bottom, and text */
  valueAxis(ticks) {
    const c = this.context;
    c.fillStyle = colour("--soft");
    c.strokeStyle = colour("--grid");
    c.lineWidth = 1;
    c.textAlign = "right";
    c.textBaseline = "middle";
    for (const [share, text] of ticks) {
      const y = this.y(share);
      this.line(this.left, y, this.right, y);
      c.fillText(text, this.left - 5, y);
    }
    c.textAlign = "left";
    c.textBaseline = "alphabetic";
  }

  /** Where the pointer is. */
  cursor(share) {
    if (share !== null) {
      this.context.strokeStyle = colour("--text");
      this.context.lineWidth = 1;
      this.context.setLineDash([2, 3]);
      this.line(this.x(share), this.top, this.x(share), this.bottom);
      this.context.setLineDash([]);
    }
  }
}

/** Ticks from 0 to the first round number from `highest` on: `[end of the axis, distance of the ticks]`; to 1 where there is nothing. */
export function roundAxis(highest) {
  if (!(highest > 0)) {
    return [1, 0.5];
  }
  const rough = Math.max(highest, 1e-9) / 3;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find(each => each * power >= rough * 0.999);
  return [step * Math.ceil(highest / step - 1e-9) || step, step];
}
