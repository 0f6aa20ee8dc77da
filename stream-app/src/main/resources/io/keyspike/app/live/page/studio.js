// Recording samples of a new word, and training on them.

import {get, post} from "./feed.js";
import {element} from "./controls.js";

const LOOK_MILLIS = 150;
const VERDICTS = {
  "good": ["good", "Good: clear and loud enough."],
  "too-quiet": ["bad", "Too quiet. Move closer, or turn the microphone up."],
  "clipped": ["bad", "Clipped. Step back, or turn the microphone down."],
  "noisy": ["bad", "Noisy: the word hardly stands out from the background."],
};

export class Studio {
  constructor(find, device) {
    this.find = find;
    this.device = device;
    this.id = null;
    find("record-form").addEventListener("submit", event => {
      event.preventDefault();
      this.#record();
    });
    find("keep").addEventListener("click", () => this.#keep());
    find("again").addEventListener("click", () => this.#discard(""));
    find("train-form").addEventListener("submit", event => {
      event.preventDefault();
      if (find("word").reportValidity()) {
        this.#ask("/live/training", {
          word: find("word").value,
          name: find("train-name").value,
          falseAlarmsPerHour: Number(find("train-rate").value),
        });
      }
    });
    find("word").addEventListener("input", () => this.#named());
    this.#explain("word", "One to four words of the letters a to z, digits and apostrophes, such as: hey penguin");
    this.#explain("train-name", "Up to 64 of the letters a to z, digits and hyphens, such as: hey-penguin");
    find("train-stop").addEventListener("click", () => this.#ask("/live/training/stop", {}));
  }

  state(studio) {
    this.find("studio-off").hidden = studio.canRecord;
    this.find("record-form").hidden = !studio.canRecord && !studio.canTrain;
    this.find("record").hidden = !studio.canRecord;
    this.find("train-form").hidden = !studio.canTrain;
    this.find("samples").replaceChildren(...Object.entries(studio.words).map(([word, count]) =>
      element("li", "", `${word}: ${count} sample${count === 1 ? "" : "s"}`)));
    if (studio.training) {
      this.training(studio.training);
    }
  }

  training(run) {
    const running = run.status === "running";
    this.find("train").disabled = running;
    this.find("train-stop").hidden = !running;
    const best = run.epoch ? `, epoch ${run.epoch}, ${run.validationPercent.toFixed(1)} % heard at a few false alarms an hour` : "";
    this.find("train-note").textContent = {
      idle: "",
      running: `Training ${run.name}${best}`,
      done: `${run.name} is trained and can be chosen above. ${run.expectation}`,
      stopped: `Training of ${run.name} was stopped.`,
      failed: `Training of ${run.name} failed; see its last lines for the reason.`,
    }[run.status];
    const lines = this.find("train-lines");
    lines.hidden = !run.lines.length;
    lines.textContent = run.lines.join("\n");
    lines.scrollTop = lines.scrollHeight;
  }

  /** A browser only says that a format does not match, not which. */
  #explain(id, sentence) {
    const field = this.find(id);
    const check = () => field.setCustomValidity(field.validity.patternMismatch ? sentence : "");
    field.addEventListener("input", check);
    field.addEventListener("invalid", check);
  }

  // The model is named after the word until a name is typed.
  #named() {
    const name = this.find("word").value.toLowerCase().replaceAll("'", "").replaceAll(/[^a-z0-9]+/g, "-");
    const field = this.find("train-name");
    if (!field.value || field.value === this.name) {
      field.value = name.replaceAll(/^-|-$/g, "");
      field.setCustomValidity("");
      this.name = field.value;
    }
  }

  #say(text, className = "") {
    const note = this.find("record-note");
    note.textContent = text;
    note.className = `note ${className}`;
  }

  async #record() {
    this.#discard("");
    try {
      const begun = await post("/live/recordings", {word: this.find("word").value, device: this.device()});
      this.#say(`Say “${this.find("word").value}” now…`);
      for (let tries = 0; tries < 60; tries++) {
        await new Promise(done => setTimeout(done, LOOK_MILLIS));
        const recording = await get(`/live/recordings/${encodeURIComponent(begun.id)}`);
        if (recording.done) {
          this.#judge(begun.id, recording);
          return;
        }
      }
      this.#say("No audio arrived from this device.", "bad");
    } catch (e) {
      this.#say(e.message, "bad");
    }
  }

  #judge(id, recording) {
    this.id = id;
    const [className, sentence] = VERDICTS[recording.verdict];
    this.#say(`${sentence} Speech ${recording.speechDb} dB, background ${recording.noiseDb} dB, peak ${recording.peakDb} dB.`, className);
    this.find("take-sound").src = `/live/recorded/${encodeURIComponent(id)}`;
    this.find("take").hidden = false;
  }

  #discard(sentence) {
    this.id = null;
    this.find("take").hidden = true;
    this.find("take-sound").removeAttribute("src");
    this.#say(sentence);
  }

  async #keep() {
    try {
      const studio = await post("/live/recordings/keep", {id: this.id});
      this.#discard("Kept.");
      this.state(studio);
    } catch (e) {
      this.#say(e.message, "bad");
    }
  }

  async #ask(path, body) {
    try {
      this.training(await post(path, body));
    } catch (e) {
      this.find("train-note").textContent = e.message;
    }
  }
}
