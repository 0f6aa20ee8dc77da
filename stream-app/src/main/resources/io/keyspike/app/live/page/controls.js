// The controls: device, model, thresholds, and the verdict on a detection.

import {distinct, onLook} from "./draw.js";
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
  /**
   * @param onPick told the name of a device
   * @param onElsewhere told the name of a device that another instance hears, and that instance
   */
  constructor(input, list, onPick, onElsewhere) {
    this.input = input;
    this.list = list;
    this.onPick = onPick;
    this.onElsewhere = onElsewhere;
    this.chosen = "";
    this.active = -1;
    this.asked = 0;
    input.addEventListener("input", () => this.#ask(input.value));
    input.addEventListener("focus", () => {
      input.select();
      this.#ask("");
    });
    // A field that has kept the focus after a choice gets no event of focus.
    input.addEventListener("click", () => {
      if (this.list.hidden) {
        this.#ask("");
      }
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
    const current = () => asked === this.asked && document.activeElement === this.input;
    const query = `limit=50&search=${encodeURIComponent(text)}`;
    try {
      const answer = await get(`/live/devices?${query}`);
      if (current()) {
        this.#fill(answer);
      }
      // Apart, since another instance may take its time.
      const others = await get(`/live/devices/elsewhere?${query}`);
      if (current()) {
        this.#append(others);
      }
    } catch (e) {
      if (current()) {
        this.#fill({devices: []});
        this.#remark(`The devices cannot be listed: ${e.message}.`);
      }
    }
  }

  #fill(answer) {
    this.active = -1;
    this.list.replaceChildren();
    for (const device of answer.devices) {
      this.#option(device.name, ago(device.secondsAgo), () => this.#pick(device.name));
    }
    if (!answer.devices.length && answer.all !== undefined) {
      this.#remark(answer.all ? "no such device" : "no device active yet");
    }
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
  }

  #append(others) {
    const here = new Set([...this.list.querySelectorAll("[data-name]")].map(option => option.dataset.name));
    const more = others.devices.filter(device => !here.has(device.name));
    if (more.length) {
      this.list.querySelectorAll("[aria-disabled]").forEach(remark => remark.remove());
    }
    for (const device of more) {
      this.#option(device.name, `at ${device.instance}`, () => {
        this.#close();
        this.onElsewhere(device.name, device.instance);
      });
    }
    others.notes.forEach(note => this.#remark(note));
  }

  #option(name, detail, pick) {
    const option = element("li");
    option.id = `device-${this.list.children.length}`;
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    option.dataset.name = name;
    option.append(element("span", "", name), element("span", "", detail));
    option.addEventListener("mousedown", event => event.preventDefault());
    option.addEventListener("click", pick);
    this.list.append(option);
  }

  #remark(text) {
    const remark = element("li", "", text);
    remark.setAttribute("role", "option");
    remark.setAttribute("aria-disabled", "true");
    remark.setAttribute("aria-selected", "false");
    this.list.append(remark);
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
        option.click();
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
    what.append(element("b", "", note.keyword), ` score ${note.score.toFixed(2)}`);
    const time = new Date(note.time).toLocaleTimeString();
    const latency = note.latencyMillis === undefined ? "" : ` · latency ${note.latencyMillis.toFixed(0)} ms`;
    const buttons = element("div", "do");
    if (note.sound) {
      buttons.append(this.#button("▶", `Play ${note.keyword} at ${time}, from a second before it`, () => this.#play(note.id)));
    }
    buttons.append(this.#mark("✓", true, note, time), this.#mark("✗", false, note, time));
    const meta = element("div", "meta");
    meta.append(element("span", "from", `${note.device} · `), `${time}${latency} · ${note.model.split("@")[0]}`);
    meta.title = `${note.model}; latency: from the sound that decided it to the report`;
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

/** A row for each keyword: its current score against its threshold, which can be moved. */
export class Words {
  /** @param on where it is told what the false alarms were measured on */
  constructor(box, save, undo, note, on, onChange) {
    Object.assign(this, {box, save, undo, note, on, onChange});
    this.rows = new Map();
    this.saved = {};
    this.measured = null;
    this.model = null;
    save.addEventListener("click", () => this.#act("/live/thresholds/save", {}, "Saved as a new version, now active."));
    undo.addEventListener("click", () => this.#act("/live/thresholds", this.saved, ""));
    onLook(() => this.#colours());
  }

  state(state) {
    this.saved = state.savedThresholds;
    this.measured = state.measured;
    if (this.model !== state.model) {
      this.model = state.model;
      this.note.textContent = ""; // what it said was about the other model
    }
    this.box.classList.toggle("measured", this.measured !== null);
    this.on.hidden = !this.measured;
    this.on.textContent = this.measured ? `False alarms an hour at the threshold, measured on ${this.measured.on}.` : "";
    if (state.labels.join() !== [...this.rows.keys()].join()) {
      this.rows.clear();
      const head = element("div", "row head");
      head.append(element("span", "", "word"), element("span", "", "bar: score, handle: threshold"), element("span", "number", "score"),
        element("span", "number", "thresh."), element("span", "rate", "false/h"));
      this.box.replaceChildren(head, ...state.labels.map(word => this.#row(word, word in state.thresholds)));
      this.#colours();
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
    this.save.title = state.canSwitch ? "" : state.whyNot;
    this.undo.disabled = !changed;
  }

  #row(word, reported) {
    const row = element("div", "row");
    const id = `threshold-${this.rows.size}`;
    const name = element(reported ? "label" : "span", "name", word);
    name.title = reported ? word : `${word} is never reported`;
    const bar = element("div", "bar");
    const fill = element("div", "fill");
    const score = element("span", "number", "");
    const output = element("output", "number");
    const rate = element("span", "rate", "");
    bar.append(element("div", "track"), fill);
    const entry = {word, row, name, fill, score, output, rate, slider: null, sending: 0};
    if (reported) {
      name.htmlFor = id;
      output.htmlFor = id;
      entry.slider = this.#slider(id, word, entry);
      bar.append(entry.slider);
    }
    row.append(name, bar, score, output, rate);
    this.rows.set(word, entry);
    return row;
  }

  #colours() {
    [...this.rows.values()].forEach((row, i) => {
      row.name.style.borderColor = distinct(i);
      row.fill.style.background = distinct(i);
    });
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

  /** @param scores by label, now */
  scores(labels, scores) {
    labels.forEach((label, i) => {
      const row = this.rows.get(label);
      if (row) {
        row.fill.style.transform = `scaleX(${scores[i].toFixed(3)})`;
        row.row.classList.toggle("over", row.slider !== null && scores[i] >= Number(row.slider.value));
        row.score.textContent = scores[i].toFixed(2);
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
    this.select.title = state.canSwitch ? state.model : `${state.model}. ${state.whyNot}`;
    this.select.disabled = !state.canSwitch;
  }
}
