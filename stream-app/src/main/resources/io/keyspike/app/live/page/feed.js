// The stream of one device: connects, and reconnects when the service is back.

const RETRY_MILLIS = 1000;

export class Feed {
  #source = null;
  #timer = 0;
  #device = null;

  /** @param on handlers by kind of message, and `connection` for changes of the connection's state */
  constructor(on) {
    this.on = on;
  }

  watch(device) {
    this.#device = device;
    this.#open();
  }

  #open() {
    clearTimeout(this.#timer);
    this.#source?.close();
    const source = new EventSource(`/live/stream?device=${encodeURIComponent(this.#device)}`);
    this.#source = source;
    source.onopen = () => this.on.connection("live");
    source.onerror = () => {
      if (source === this.#source) {
        source.close();
        this.on.connection("lost");
        this.#timer = setTimeout(() => this.#open(), RETRY_MILLIS);
      }
    };
    for (const kind of ["stream", "slice", "second", "keyword", "earlier", "state", "training", "dropped"]) {
      source.addEventListener(kind, event => {
        if (source === this.#source) {
          this.on[kind](JSON.parse(event.data));
        }
      });
    }
  }
}

/** Decodes base64. */
export function bytes(text) {
  const raw = atob(text);
  const array = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) {
    array[i] = raw.charCodeAt(i);
  }
  return array;
}

/** Posts a request to the service. Throws an Error with the service's message if it fails. */
export async function post(path, body) {
  const response = await fetch(path, {
    method: "POST",
    headers: {"Content-Type": "application/json"},
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) {
    let sentence = `the service answered ${response.status}`;
    try {
      sentence = JSON.parse(text).error ?? sentence;
    } catch {
      // not JSON: the status says enough
    }
    throw new Error(sentence);
  }
  return text ? JSON.parse(text) : null;
}

export async function get(path) {
  const response = await fetch(path);
  if (!response.ok) {
    throw new Error(`the service answered ${response.status}`);
  }
  return response.json();
}
