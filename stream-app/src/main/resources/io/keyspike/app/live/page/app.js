// The page: routes messages from the service to the parts that display them.

import {Feed, bytes, get} from "./feed.js";
import {Minutes, Stage} from "./plots.js";
import {DevicePicker, Events, Models, Words, element} from "./controls.js";
import {Studio} from "./studio.js";

const MINUTES = 300;
const DESCRIBE_MILLIS = 3000;
const find = id => document.getElementById(id);

const stage = new Stage(find);
const power = new Minutes(find("power"), MINUTES);
const rates = new Minutes(find("rates"), MINUTES);
const events = new Events(find("events"), find("no-events"), find("only-device"), find("player"));
const words = new Words(find("words"), find("save"), find("undo"), find("words-note"), values => stage.thresholds(values));
const models = new Models(find("model"), sentence => status("live", sentence));
const studio = new Studio(find, () => device);
let device = "";
let facts = null;
let seconds = [];
let described = 0;

/** Activity of the outputs over the last second. */
const outputs = {
  reset(stream) {
    this.slices = [];
    this.spiking = stream.layers.at(-1)?.neurons === stream.labels.length;
    this.most = Math.round(1 / stream.stepSeconds);
  },
  add(slice) {
    this.slices.push(slice);
    let steps = this.slices.reduce((sum, each) => sum + each.steps, 0);
    while (steps - this.slices[0].steps >= this.most) {
      steps -= this.slices.shift().steps;
    }
    return slice.outputs.map((_, i) => {
      const sum = this.slices.reduce((all, each) => all + each.outputs[i], 0);
      return this.spiking ? sum.toFixed(0) : (sum / steps).toFixed(2);
    });
  },
};

const picker = new DevicePicker(find("device"), find("devices"), name => watch(name));

const feed = new Feed({
  connection(now) {
    status(now, now === "live" ? "Live" : "Connection lost; reconnecting");
    if (now === "live") {
      refresh();
    }
  },
  stream: show,
  slice(slice) {
    const scores = stage.slice(slice, bytes);
    if (scores) {
      words.scores(facts.labels, scores, outputs.add(slice));
      level(slice.levelDb);
      describe(slice);
    }
  },
  second(second) {
    seconds.push(second);
    seconds = seconds.slice(-MINUTES);
    power.push([second.staticWatts * 1e6, (second.staticWatts + second.dynamicWatts) * 1e6]);
    rates.push(second.rates);
    figures();
  },
  keyword(note) {
    if (events.add(note)) {
      announce(note);
    }
  },
  earlier(list) {
    list.keywords.forEach(note => events.add(note));
  },
  state: apply,
  training: run => {
    studio.training(run);
    if (run.status === "done") {
      refresh();
    }
  },
  dropped(lost) {
    status("live", `Live; this browser missed ${lost.messages} messages`);
  },
});

function status(state, sentence) {
  const shown = find("status");
  shown.dataset.state = state;
  shown.textContent = sentence;
}

function watch(name) {
  device = name;
  picker.show(name);
  events.watch(name);
  history.replaceState(null, "", `#${encodeURIComponent(name)}`);
  feed.watch(name);
}

function show(stream) {
  facts = stream;
  outputs.reset(stream);
  stage.stream(stream);
  seconds = stream.seconds;
  power.reset(seconds.map(s => [s.staticWatts * 1e6, (s.staticWatts + s.dynamicWatts) * 1e6]));
  rates.reset(seconds.map(s => s.rates));
  figures();
  find("features-name").textContent = stream.features;
  const hz = stream.centresHz.map(Math.round);
  find("features-note").textContent = `${hz.length} channels, ${hz[0]} Hz at the bottom to ${hz.at(-1)} Hz at the top`;
  find("spikes-note").textContent = `${stream.layers.reduce((sum, layer) => sum + layer.neurons, 0)} neurons`;
  find("legend").replaceChildren(...stream.layers.map((layer, i) => {
    const item = element("li");
    const sign = element("i");
    sign.style.background = `var(--l${i % 6})`;
    item.append(sign, layer.name);
    return item;
  }));
  refresh();
}

function level(db) {
  find("level").value = Math.max(-80, db);
  find("level-text").textContent = `${db.toFixed(0)} dBFS`;
}

function figures() {
  const last = seconds.at(-1);
  if (!last) {
    return;
  }
  const watts = s => s.staticWatts + s.dynamicWatts;
  find("power-now").textContent = microwatts(watts(last));
  find("power-mean").textContent = microwatts(seconds.reduce((sum, s) => sum + watts(s), 0) / seconds.length);
  find("rate-now").textContent = last.rates.map(rate => rate.toFixed(1)).join(" · ");
}

function microwatts(watts) {
  return watts >= 1e-3 ? `${(watts * 1e3).toFixed(2)} mW` : watts >= 1e-6 ? `${(watts * 1e6).toFixed(1)} µW` : `${(watts * 1e9).toFixed(0)} nW`;
}

/** Describes the canvases for screen readers. */
function describe(slice) {
  const now = performance.now();
  if (now - described < DESCRIBE_MILLIS) {
    return;
  }
  described = now;
  find("wave").setAttribute("aria-label", `Waveform; level ${slice.levelDb.toFixed(0)} decibels below full scale`);
  const last = seconds.at(-1);
  if (last) {
    find("spikes").setAttribute("aria-label", `Spikes: ${facts.layers.map((layer, i) =>
      `${layer.name} ${last.rates[i].toFixed(1)} per second and neuron`).join(", ")}`);
    find("power").setAttribute("aria-label", `Chip power over the last minutes; now ${find("power-now").textContent}`);
    find("rates").setAttribute("aria-label", `Firing rates over the last minutes; now ${find("rate-now").textContent} spikes per second and neuron`);
  }
}

function announce(note) {
  if (note.device !== device) {
    return;
  }
  stage.mark(note.keyword, note.position);
  const latency = note.latencyMillis === undefined ? "" : `, after ${note.latencyMillis.toFixed(0)} ms`;
  find("now-word").textContent = note.keyword;
  find("now-detail").textContent = `score ${note.score.toFixed(2)}${latency}, ${note.model}`;
  const box = find("now-word").parentNode;
  box.classList.remove("fresh");
  void box.offsetWidth;
  box.classList.add("fresh");
}

function apply(state) {
  models.state(state);
  words.state(state);
  stage.thresholds(state.thresholds);
  studio.state(state.studio);
  find("about").textContent = state.keepsSound
    ? `The last ten seconds of each watched stream are kept in memory; clips that you mark or keep are written to ${state.studio.folder}.`
    : "No audio leaves this machine, and none is stored.";
}

async function refresh() {
  try {
    apply(await get("/live/state"));
  } catch {
    // the stream's own connection reports that the service is unavailable
  }
}

/** Watches the device named in the address, or else the first active one. */
async function begin() {
  const named = decodeURIComponent(location.hash.slice(1));
  if (named) {
    watch(named);
    return;
  }
  try {
    const {devices} = await get("/live/devices?limit=1");
    if (devices.length) {
      watch(devices[0].name);
      return;
    }
    status("waiting", "Waiting for a device");
    refresh();
  } catch {
    status("lost", "Connection lost; reconnecting");
  }
  setTimeout(begin, 1000);
}

begin();
