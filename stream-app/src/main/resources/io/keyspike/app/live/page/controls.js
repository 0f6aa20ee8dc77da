// The controls: device, model, thresholds, and the verdict on a detection.

import {get, post} from "./feed.js";

const MOST_EVENTS = 50;
const SEND_MILLIS = 80;

/** An element with a class and a text; the text is never read as HTML. */
export function element(name, className, text) {
  const made = document.createElement(name);
  if (className) {
    made.className = className;
  }
  if (text !== undefined) {
    made.textContent = text;
  }
  return made;
}

/** The device picker: a combobox whose list comes from the service, so it copes with thousands of devices. */
export class DevicePicker {
  constructor(input, list, onPick) {
    this.input = input;
    this.list = list;
    this.onPick = onPick;
    this.chosen = "";
    this.active = -1;
    this.asked = 0;
    input.addEventListener("input", () => this.#ask(input.value));
    input.addEventListener("focus", () => {
      input.select();
      this.#ask("");
    });
    input.addEventListener("blur", () => setTimeout(() => this.#close(), 150));
    input.addEventListener("keydown", event => this.#key(event));
  }

  show(device) {
    this.chosen = device;
    this.input.value = device;
  }

  async #ask(text) {
    const asked = ++this.asked;
    try {
      const answer = await get(`/live/devices?limit=50&search=${encodeURIComponent(text)}`);
      if (asked === this.asked && document.activeElement === this.input) {
        this.#fill(answer);
      }
    } catch {
      this.#close();
    }
  }

  #fill(answer) {
    this.active = -1;
    this.list.replaceChildren(...answer.devices.map((device, i) => {
      const option = element("li");
      option.id = `device-${i}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.dataset.name = device.name;
      option.append(element("span", "", device.name), element("span", "", ago(device.secondsAgo)));
      option.addEventListener("mousedown", event => {
        event.preventDefault();
        this.#pick(device.name);
      });
      return option;
    }));
    if (!answer.devices.length) {
      const none = element("li", "", answer.all ? "no such device" : "no device active yet");
      none.setAttribute("role", "option");
      none.setAttribute("aria-disabled", "true");
      none.setAttribute("aria-selected", "false");
      this.list.append(none);
    }
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
  }

  #key(event) {
    const options = [...this.list.querySelectorAll("[data-name]")];
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (this.list.hidden) {
        this.#ask("");
        return;
      }
      this.active = (this.active + (event.key === "ArrowDown" ? 1 : -1) + options.length) % Math.max(1, options.length);
      options.forEach((option, i) => option.setAttribute("aria-selected", String(i === this.active)));
      options[this.active]?.scrollIntoView({block: "nearest"});
      this.input.setAttribute("aria-activedescendant", options[this.active]?.id ?? "");
    } else if (event.key === "Enter") {
      const option = options[this.active] ?? options[0];
      if (option && !this.list.hidden) {
        this.#pick(option.dataset.name);
      }
    } else if (event.key === "Escape") {
      this.input.value = this.chosen;
      this.#close();
    }
  }

  #pick(name) {
    this.show(name);
    this.#close();
    this.onPick(name);
  }

  #close() {
    this.asked++;
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
    this.input.value = this.chosen;
  }
}

function ago(seconds) {
  return seconds < 3 ? "now" : seconds < 90 ? `${seconds} s ago` : `${Math.round(seconds / 60)} min ago`;
}

/** The list of detections. */
export class Events {
  constructor(list, empty, onlyDevice, player) {
    this.list = list;
    this.empty = empty;
    this.only = onlyDevice;
    this.player = player;
    this.device = "";
    this.seen = new Set();
    onlyDevice.addEventListener("change", () => this.#filter());
  }

  watch(device) {
    this.device = device;
    this.#filter();
  }

  /** @return whether it is new */
  add(note) {
    if (this.seen.has(note.id)) {
      return false;
    }
    this.seen.add(note.id);
    const row = element("li");
    row.dataset.device = note.device;
    row.dataset.keyword = note.keyword;
    const what = element("div", "what");
    what.append(element("b", "", note.keyword), ` ${(100 * note.score).toFixed(0)} %`);
    const time = new Date(note.time).toLocaleTimeString();
    const latency = note.latencyMillis === undefined ? "" : ` · after ${note.latencyMillis.toFixed(0)} ms`;
    const buttons = element("div", "do");
    if (note.sound) {
      buttons.append(this.#button("▶", `Play the audio of ${note.keyword} at ${time}`, () => this.#play(note.id)));
    }
    buttons.append(this.#mark("✓", true, note, time), this.#mark("✗", false, note, time));
    const meta = element("div", "meta");
    meta.append(element("span", "from", `${note.device} · `), `${time}${latency} · ${note.model.split("@")[0]}`);
    meta.title = note.model;
    row.append(what, buttons, meta);
    this.list.prepend(row);
    while (this.list.children.length > MOST_EVENTS) {
      this.list.lastChild.remove();
    }
    this.#filter();
    return true;
  }

  #button(sign, name, act) {
    const button = element("button", "", sign);
    button.type = "button";
    button.setAttribute("aria-label", name);
    button.title = name;
    button.addEventListener("click", act);
    return button;
  }

  #mark(sign, right, note, time) {
    const button = this.#button(sign, `Mark ${note.keyword} at ${time} as ${right ? "right" : "a false alarm"}`, async () => {
      try {
        await post("/live/marks", {id: note.id, right});
        for (const other of button.parentNode.querySelectorAll("[aria-pressed]")) {
          other.setAttribute("aria-pressed", String(other === button));
        }
      } catch (e) {
        button.title = e.message;
      }
    });
    button.setAttribute("aria-pressed", "false");
    return button;
  }

  #play(id) {
    this.player.src = `/live/sounds/${encodeURIComponent(id)}`;
    this.player.play().catch(() => {});
  }

  #filter() {
    let shown = 0;
    for (const row of this.list.children) {
      const other = row.dataset.device !== this.device;
      row.querySelector(".from").hidden = !other;
      row.hidden = this.only.checked && other;
      shown += row.hidden ? 0 : 1;
    }
    this.empty.hidden = shown > 0;
    this.list.hidden = shown === 0;
  }
}

/** A rate with two digits that matter. */
function short(rate) {
  return rate >= 10 ? rate.toFixed(0) : rate >= 1 ? rate.toFixed(1) : rate.toFixed(2);
}

/** A row for each keyword: its current score, and a slider for its threshold. */
export class Words {
  constructor(box, save, undo, note, onChange) {
    this.box = box;
    this.note = note;
    this.save = save;
    this.undo = undo;
    this.rows = new Map();
    this.onChange = onChange;
    this.saved = {};
    this.measured = null;
    save.addEventListener("click", () => this.#act("/live/thresholds/save", {}, "Saved as a new version, now active."));
    undo.addEventListener("click", () => this.#act("/live/thresholds", this.saved, ""));
  }

  state(state) {
    this.saved = state.savedThresholds;
    this.measured = state.measured;
    this.box.classList.toggle("measured", this.measured !== null);
    this.box.title = this.measured ? `False alarms measured on ${this.measured.on}` : "";
    if (state.labels.join() !== [...this.rows.keys()].join()) {
      this.rows.clear();
      const head = element("div", "row head");
      head.append(element("span", "", "word"), element("span", "", "score, threshold"), element("span", "", ""), element("span", "rate", "false/h"), element("span", "", "out/s"));
      this.box.replaceChildren(head, ...state.labels.map(word => this.#row(word, word in state.thresholds)));
    }
    let changed = false;
    for (const [word, threshold] of Object.entries(state.thresholds)) {
      const row = this.rows.get(word);
      if (!row.sending) {
        row.slider.value = threshold;
      }
      this.#label(row);
      changed ||= Math.abs(threshold - state.savedThresholds[word]) > 1e-6;
    }
    this.save.disabled = !changed || !state.canSwitch;
    this.undo.disabled = !changed;
  }

  #row(word, reported) {
    const row = element("div", "row");
    const id = `threshold-${this.rows.size}`;
    const name = element(reported ? "label" : "span", "name", word);
    name.style.borderColor = reported ? `var(--l${this.rows.size % 6})` : "var(--line)";
    name.title = word;
    const bar = element("div", "bar");
    const fill = element("div", "fill");
    const output = element("output", "");
    const rate = element("span", "rate", "");
    const count = element("span", "count", "");
    bar.append(element("div", "track"), fill);
    const entry = {word, row, fill, output, rate, count, slider: null, sending: 0};
    if (reported) {
      name.htmlFor = id;
      output.htmlFor = id;
      entry.slider = this.#slider(id, word, entry);
      bar.append(entry.slider);
    }
    row.append(name, bar, output, rate, count);
    this.rows.set(word, entry);
    return row;
  }

  #slider(id, word, entry) {
    const slider = element("input");
    slider.type = "range";
    slider.id = id;
    slider.min = "0.02";
    slider.max = "1";
    slider.step = "0.01";
    slider.dataset.word = word;
    slider.setAttribute("aria-label", `Threshold of ${word}`);
    slider.addEventListener("input", () => {
      this.#label(entry);
      this.onChange({[word]: Number(slider.value)});
      clearTimeout(entry.sending);
      entry.sending = setTimeout(() => {
        entry.sending = 0;
        this.#act("/live/thresholds", {[word]: Number(slider.value)}, "In effect now; not saved.");
      }, SEND_MILLIS);
    });
    return slider;
  }

  #label(row) {
    row.output.textContent = Number(row.slider.value).toFixed(2);
    row.rate.textContent = this.#rate(row);
    const spoken = row.rate.textContent ? `, ${row.rate.textContent} false alarms an hour` : "";
    row.slider.setAttribute("aria-valuetext", row.output.textContent + spoken);
  }

  /** False alarms an hour measured at the row's threshold; empty where nothing was measured. */
  #rate(row) {
    const curve = this.measured?.words[row.word];
    if (!curve) {
      return "";
    }
    const at = curve.thresholds.findLastIndex(threshold => threshold <= Number(row.slider.value));
    if (at < 0) {
      return `> ${short(curve.falseAlarmsPerHour[0])}`;
    }
    const rate = curve.falseAlarmsPerHour[at];
    return rate > 0 ? short(rate) : `< ${short(1 / this.measured.hours)}`;
  }

  async #act(path, body, sentence) {
    try {
      const state = await post(path, body);
      this.state(state);
      this.note.textContent = sentence;
    } catch (e) {
      this.note.textContent = e.message;
    }
  }

  /**
   * @param scores by label, now
   * @param outputs by label: spikes, or the readout's mean, over the last second
   */
  scores(labels, scores, outputs) {
    labels.forEach((label, i) => {
      const row = this.rows.get(label);
      if (row) {
        row.fill.style.transform = `scaleX(${scores[i].toFixed(3)})`;
        row.row.classList.toggle("over", row.slider !== null && scores[i] >= Number(row.slider.value));
        row.count.textContent = outputs[i];
      }
    });
  }
}

/** The choice of a model. */
export class Models {
  constructor(select, status) {
    this.select = select;
    select.addEventListener("change", async () => {
      select.disabled = true;
      try {
        await post("/live/model", {name: select.value});
      } catch (e) {
        status(e.message);
      }
      select.disabled = false;
    });
  }

  state(state) {
    const names = state.models.includes(state.name) || !state.models.length ? state.models : [state.name, ...state.models];
    const wanted = names.length ? names : [state.name];
    if (wanted.join() !== [...this.select.options].map(option => option.value).join()) {
      this.select.replaceChildren(...wanted.map(name => {
        const option = element("option", "", name);
        option.value = name;
        return option;
      }));
    }
    this.select.value = state.name;
    this.select.title = state.model;
    this.select.disabled = !state.canSwitch;
  }
}
