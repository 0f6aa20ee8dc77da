// The page: routes messages from the service to the parts that display them.

import {Feed, bytes, get} from "./feed.js";
import {Minutes, Stage} from "./plots.js";
import {DevicePicker, Events, Models, Words, element} from "./controls.js";
import {Surface, distinct, heatMap, onLook} from "./draw.js";
import {Studio} from "./studio.js";

const MINUTES = 300;
const DESCRIBE_MILLIS = 3000;
const SILENT_MILLIS = 3000;
const SILENCE_DB = -90;
const find = id => document.getElementById(id);
const plots = ["scores", "wave", "features", "spikes"];

const stage = new Stage(find, under => plots.forEach(name => {
  find(`${name}-note`).textContent = under?.[name] ?? notes[name];
}));
const power = new Minutes(find("power"), find("power-legend"), find("power-note"), MINUTES, value => microwatts(value / 1e6));
const rates = new Minutes(find("rates"), find("rates-legend"), find("rates-note"), MINUTES, value => value.toFixed(1));
const events = new Events(find("events"), find("no-events"), find("only-device"), find("player"));
const words = new Words(find("words"), find("save"), find("undo"), find("words-note"), find("measured"), values => stage.thresholds(values));
const models = new Models(find("model"), sentence => status("live", sentence));
const studio = new Studio(find, () => device);
/** What the captions say while nothing is pointed at. */
const notes = {scores: find("scores-note").textContent, wave: find("wave-note").textContent, features: "", spikes: ""};
let device = "";
let facts = null;
let state = null;
let seconds = [];
let described = 0;
let connected = false;
let lastSlice = 0;

const picker = new DevicePicker(find("device"), find("devices"), name => watch(name), elsewhere);

const feed = new Feed({
  connection(now) {
    connected = now === "live";
    lastSlice = performance.now();
    status(now, connected ? "Live" : "Connection lost; reconnecting");
    if (connected) {
      refresh();
    }
  },
  stream: show,
  slice(slice) {
    lastSlice = performance.now();
    const scores = stage.slice({...slice, wave: bytes(slice.wave), features: bytes(slice.features), scores: bytes(slice.scores), spikes: slice.spikes.map(bytes)});
    if (scores) {
      words.scores(facts.labels, scores);
      level(slice.levelDb);
      describe(slice);
    }
  },
  second(second) {
    seconds.push(second);
    seconds = seconds.slice(-MINUTES);
    power.push(powers(second));
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
  place("");
  picker.show(name);
  events.watch(name);
  history.replaceState(null, "", `#${encodeURIComponent(name)}`);
  feed.watch(name);
}

/** A device that another instance of the service hears: its page can show it. */
function elsewhere(name, instance) {
  const link = element("a", "", `Open its page at ${instance}`);
  link.href = `http://${instance}/#${encodeURIComponent(name)}`;
  place(`“${name}” is heard by another instance of the service. `, link);
}

/** Says what is particular about the place from which this page looks; nothing for no parts. */
function place(...parts) {
  find("place").replaceChildren(...parts);
  find("place").hidden = !parts.join("");
}

function powers(second) {
  return [second.staticWatts * 1e6, (second.staticWatts + second.dynamicWatts) * 1e6];
}

function show(stream) {
  facts = stream;
  stage.stream(stream);
  seconds = stream.seconds;
  power.reset(["without spikes", "with spikes"], seconds.map(powers));
  rates.reset(stream.layers.map(layer => layer.name), seconds.map(s => s.rates));
  figures();
  find("features-name").textContent = stream.features;
  find("scale-low").textContent = `${stream.floorDb} dBFS`.replace("-", "−");
  scale();
  const hz = stream.centresHz.map(Math.round);
  notes.features = `level in ${hz.length} channels, ${hz[0]} to ${hz.at(-1)} Hz`;
  notes.spikes = `${stream.layers.reduce((sum, layer) => sum + layer.neurons, 0)} neurons`;
  plots.forEach(name => {
    find(`${name}-note`).textContent = notes[name];
  });
  legend();
  refresh();
}

/** The names of the score curves. */
function legend() {
  find("score-legend").replaceChildren(...(facts?.labels ?? []).map((label, i) => {
    const item = element("li");
    const sign = element("i");
    sign.style.background = distinct(i);
    item.append(sign, label in facts.thresholds ? label : `${label} (never reported)`);
    return item;
  }));
}

/** The colours of the levels, from silence to full scale. */
function scale() {
  const s = new Surface(find("scale"));
  const heat = heatMap();
  const width = find("scale").clientWidth;
  for (let x = 0; x < width; x++) {
    const v = Math.floor(x / width * 256) * 3;
    s.context.fillStyle = `rgb(${heat[v]} ${heat[v + 1]} ${heat[v + 2]})`;
    s.context.fillRect(x, 0, 1.5, 20);
  }
}

function level(db) {
  find("level").value = Math.max(-80, db);
  find("level-text").textContent = db <= SILENCE_DB ? "silence" : `${db.toFixed(0)} dBFS`;
}

function figures() {
  const last = seconds.at(-1);
  if (!last) {
    return;
  }
  const watts = s => s.staticWatts + s.dynamicWatts;
  find("power-now").textContent = microwatts(watts(last));
  find("power-mean").textContent = microwatts(seconds.reduce((sum, s) => sum + watts(s), 0) / seconds.length);
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
    find("rates").setAttribute("aria-label", `Firing rates over the last minutes; now ${find("rates-legend").textContent} spikes per second and neuron`);
  }
}

function announce(note) {
  if (note.device !== device) {
    return;
  }
  stage.mark(note.keyword, note.position);
  const threshold = facts?.thresholds[note.keyword];
  const needed = threshold === undefined ? "" : ` (threshold ${threshold.toFixed(2)})`;
  const latency = note.latencyMillis === undefined ? "" : `, reported ${note.latencyMillis.toFixed(0)} ms after the sound that decided it`;
  find("now-word").textContent = note.keyword;
  find("now-detail").textContent = `score ${note.score.toFixed(2)}${needed}${latency}`;
  const box = find("now-word").parentNode;
  box.classList.remove("fresh");
  void box.offsetWidth;
  box.classList.add("fresh");
}

function apply(now) {
  state = now;
  models.state(state);
  words.state(state);
  if (facts?.model === state.running) {
    stage.thresholds(state.thresholds);
  }
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

find("pause").addEventListener("click", () => {
  const paused = find("pause").getAttribute("aria-pressed") !== "true";
  find("pause").setAttribute("aria-pressed", String(paused));
  find("pause").textContent = paused ? "Continue" : "Pause";
  stage.pause(paused);
});

onLook(() => {
  scale();
  legend();
});

/** A connection alone is no sound: a device that sends nothing is told as such. */
setInterval(() => {
  if (!connected) {
    return;
  }
  const silent = performance.now() - lastSlice;
  if (silent > SILENT_MILLIS) {
    status("waiting", `No audio from ${device} for ${(silent / 1000).toFixed(0)} s`);
  } else if (find("status").dataset.state === "waiting") {
    status("live", "Live");
  }
  const own = facts && state && facts.device === device && facts.model !== state.running;
  if (own) {
    place(`${device} runs ${facts.model}, by settings of its own; the sliders are those of all other devices.`);
    find("place").dataset.own = "true";
  } else if (find("place").dataset.own) {
    delete find("place").dataset.own;
    place("");
  }
}, 1000);

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
